/**
 * Measures a whole `synth` on generated trees, and the applier on 10,000 objects (`--small`: 2,000) where there is a control plane:
 * ratios and counts of one run, never absolute bars. Output goes to /dev/shm where there is one, because creating files on a disk varies
 * more than the program.
 *
 * With PAASTA_ORACLE (a folder with gen_corpus.py and bench.py) and PAASTA_ORACLE_PYTHON (an interpreter that has paasta-tools)
 * the trees come from gen_corpus.py and the real PaaSTA is measured beside us.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepPortsUnique, writeCorpus } from './corpus.ts';
import { applierRows } from './applier.ts';
import { median, medianRun, runProgram, type Usage } from './measure.ts';
import { info, row, sizeRows, sizeTable, type Row } from './size-table.ts';
import { measureSize } from './sizes.ts';

const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const scratch = mkdtempSync(join(base, 'paasta-gitops-bench-'));
const oracle = process.env['PAASTA_ORACLE'];
const python = process.env['PAASTA_ORACLE_PYTHON'] ?? 'python3';
const CLUSTER = 'east-prod';
const RUNS = 3;

function corpus(services: number): string {
  const folder = join(scratch, `corpus-${services}`);
  if (existsSync(folder)) return folder;
  if (oracle === undefined) writeCorpus(services, 1, folder);
  else {
    const { status, stderr } = spawnSync(python, [join(oracle, 'gen_corpus.py'), String(services), '1', folder]);
    if (status !== 0) throw new Error(`gen_corpus.py failed: ${stderr.toString()}`);
  }
  keepPortsUnique(join(folder, 'soa-configs'));
  return folder;
}

function synth(tree: string, out: string, extra: readonly string[] = []): Usage {
  const input = ['--soa-dir', join(tree, 'soa-configs'), '--system-config-dir', join(tree, 'etc-paasta')];
  return runProgram(['synth', ...input, '--out', out, '-o', 'json', ...extra]);
}

/** A synth from nothing, which neither finds results of earlier runs nor keeps any. */
function fresh(tree: string, extra: readonly string[] = []): Usage {
  return medianRun(RUNS, () => freshOnce(tree, extra));
}

function freshOnce(tree: string, extra: readonly string[] = []): Usage {
  const out = join(scratch, 'out');
  rmSync(out, { recursive: true, force: true });
  return synth(tree, out, ['--no-cache', ...extra]);
}

/** What a run costs, compared with one that leaves something out. */
function ratio(tree: string, without: string): number {
  return medianOf(() => freshOnce(tree).cpuSeconds / freshOnce(tree, [without]).cpuSeconds);
}

function ratioText(a: number, b: number): string {
  return `${(a / b).toFixed(2)}x`;
}

/** The median of comparisons whose two sides run in turn, so that what else the machine does weighs on both alike. */
function medianOf(compare: () => number): number {
  return median(Array.from({ length: RUNS }, compare));
}

/** What makes a cluster render synapse, and nothing of nerve. */
const SMARTSTACK = {
  synapse_image: 'registry.example.com/synapse:1',
  location_types: ['superregion', 'region'],
  location_mapping: { west_superregion: { 'west-1_region': {} } },
  locations: { superregion: { static: 'west' }, region: { static: 'west-1' } },
  zookeeper_topology: { west: ['zk1.example.com:2181', 'zk2.example.com:2181', 'zk3.example.com:2181'] },
};

/** A copy of a tree that renders synapse in every cluster. */
function withSynapse(tree: string): string {
  const folder = join(scratch, 'mesh');
  const system = join(folder, 'etc-paasta');
  cpSync(tree, folder, { recursive: true });
  for (const cluster of readdirSync(system)) {
    writeFileSync(join(system, cluster, 'smartstack.json'), JSON.stringify({ smartstack: SMARTSTACK }));
  }
  return folder;
}

function measure(): Row[] {
  const small = corpus(250);
  const large = corpus(1000);
  const startup = fresh(corpus(1));
  const quarter = fresh(small);
  const whole = fresh(large);
  const again = synth(large, join(scratch, 'out'), ['--no-cache']);
  const written = (JSON.parse(again.stdout) as { written: unknown[] }).written.length;
  const rendered = (JSON.parse(whole.stdout) as { rendered: number }).rendered;
  const growth = (whole.cpuSeconds - startup.cpuSeconds) / (quarter.cpuSeconds - startup.cpuSeconds);
  const mesh = withSynapse(large);
  const validating = ratio(large, '--no-validate');
  const meshing = ratio(mesh, '--no-mesh');
  const noted = join(scratch, 'provenance.jsonl');
  const tracing = medianOf(() => freshOnce(large, ['--provenance', noted]).cpuSeconds / freshOnce(large).cpuSeconds);
  const [alone, together] = [fresh(large), fresh(large, ['--jobs', '2'])];
  const rows = [
    info('instances rendered, 1000 services, 3 clusters', String(rendered)),
    info('CPU of start-up (one service)', `${startup.cpuSeconds.toFixed(2)} s`),
    info('CPU at 250 / 1000 services', `${quarter.cpuSeconds.toFixed(2)} / ${whole.cpuSeconds.toFixed(2)} s`),
    row('CPU(1000) / CPU(250), start-up taken off', growth, 'x', 4.2, '<= 4.2x'),
    row('peak RSS at 1000 services', whole.peakMb, ' MB', 200, '<= 200 MB'),
    row('peak RSS at 1000 / at 250', whole.peakMb / quarter.peakMb, 'x', 1.5, '<= 1.5x'),
    row('files written by a second run', written, '', 0, '0'),
    info('CPU of a second run / a first one', `${(again.cpuSeconds / whole.cpuSeconds).toFixed(2)}x`),
    row('CPU with validation / with --no-validate', validating, 'x', 1.4, '<= 1.40x'),
    row('CPU with synapse in every cluster / with --no-mesh', meshing, 'x', 1.25, '<= 1.25x'),
    info('wall time with --jobs 2 / with one thread', ratioText(together.wallSeconds, alone.wallSeconds)),
    info(
      'CPU, peak RSS likewise',
      `${ratioText(together.cpuSeconds, alone.cpuSeconds)}, ${ratioText(together.peakMb, alone.peakMb)}`,
    ),
    row('CPU with --provenance / without', tracing, 'x', 1.5, '<= 1.50x'),
  ];
  return [...rows, ...paastaRows(large)];
}

function paastaRows(tree: string): Row[] {
  if (oracle === undefined) return [info('the real PaaSTA', 'absent: PAASTA_ORACLE is not set')];
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    const against = medianOf(() => {
      ours.push(freshOnce(tree, ['--cluster', CLUSTER]).cpuSeconds);
      theirs.push(paastaSeconds(tree));
      return ours.at(-1)! / theirs.at(-1)!;
    });
    return [
      info(`CPU of one cluster (${CLUSTER})`, `${Math.min(...ours).toFixed(2)} s`),
      info('PaaSTA: CPU to list, load and format the cluster', `${Math.min(...theirs).toFixed(2)} s`),
      row('our whole synth of it / PaaSTA', against, 'x', 1 / 5, '<= 0.2x'),
    ];
  } catch (error) {
    return [info('the real PaaSTA', `absent: ${error instanceof Error ? error.message : String(error)}`)];
  }
}

/** CPU that the real PaaSTA needs for the cluster, its imports left out. */
function paastaSeconds(tree: string): number {
  const { status, stdout, stderr } = spawnSync(python, [join(oracle!, 'bench.py'), tree, CLUSTER], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) ?? 'failed');
  return (JSON.parse(stdout) as { list_load_format_cpu_s: number }).list_load_format_cpu_s;
}

const sizes = sizesAsked().map((services) => measureSize(corpus(services), services, scratch));
const objects = process.argv.includes('--small') ? 2_000 : 10_000;
const whole = process.argv.includes('--only-sizes') ? [] : [...measure(), ...(await applierRows(scratch, objects))];
const rows = [...whole, ...sizeRows(sizes)];
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify({ rows, sizes }, null, 2)}\n` : markdown());
process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0;

/** `--sizes 100,1000` measures these numbers of services only; `--sizes none` none. */
function sizesAsked(): readonly number[] {
  const at = process.argv.indexOf('--sizes');
  const text = at === -1 ? '100,1000,4000' : process.argv[at + 1]!;
  return text === 'none' ? [] : text.split(',').map(Number);
}

function markdown(): string {
  const width = Math.max('figure'.length, ...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, value, target, met }) => {
    const verdict = met === null ? '' : met ? 'met' : 'MISSED';
    return `| ${name.padEnd(width)} | ${value} | ${target} | ${verdict} |\n`;
  });
  const head = `| ${'figure'.padEnd(width)} | measured | target | |\n| ${'-'.repeat(width)} | --- | --- | --- |\n`;
  return `${sizes.length === 0 ? '' : `${sizeTable(sizes)}\n`}${head}${lines.join('')}`;
}
