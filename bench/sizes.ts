import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { medianOf, runProgram, type Usage } from './measure.ts';
import { runNeighbours, type NeighbourResult } from './neighbours/compare.ts';

/** What the program used at one size of fleet, and what its neighbours did. */
export interface SizeResult {
  readonly services: number;
  readonly instances: number;
  /** By what was done: `full`, `bare`, `noop` … */
  readonly ours: Readonly<Record<Case, Usage>>;
  /** Files that the run after which nothing had changed wrote. */
  readonly writtenByNoop: number;
  readonly neighbours: readonly NeighbourResult[];
}

const CASES = ['full', 'uncached', 'bare', 'noop', 'service', 'system', 'validate'] as const;
type Case = (typeof CASES)[number];

/** What each case is, as the table names it. */
export const CASE_TITLES: Readonly<Record<Case, string>> = {
  full: 'synth from nothing',
  uncached: 'the same, --no-cache',
  bare: 'the same, --no-cache --no-validate --no-mesh',
  noop: 'synth, nothing changed',
  service: 'synth, one service changed',
  system: 'synth, system configuration changed',
  validate: 'validate --no-cache',
};

/** Measures a tree: `runs` rounds over all cases, the median of each; the neighbours after that, on what was rendered. */
export function measureSize(tree: string, services: number, scratch: string, runs: number): SizeResult {
  const work = join(scratch, 'size');
  const [out, cache] = [join(scratch, 'size-out'), join(scratch, 'size-cache')];
  const usages = new Map<Case, Usage[]>(CASES.map((each) => [each, []]));
  let [instances, writtenByNoop] = [0, 0];
  const run = (name: Case, args: readonly string[]): Usage => {
    const input = ['--soa-dir', join(work, 'soa-configs'), '--system-config-dir', join(work, 'etc-paasta')];
    const usage = runProgram([...args, ...input, '-o', 'json']);
    usages.get(name)!.push(usage);
    return usage;
  };
  const synth = (name: Case, ...more: readonly string[]): { rendered: number; written: readonly unknown[] } =>
    JSON.parse(run(name, ['synth', '--out', out, ...more]).stdout) as { rendered: number; written: readonly unknown[] };
  for (let round = 0; round < runs; round += 1) {
    for (const folder of [work, out, cache]) rmSync(folder, { recursive: true, force: true });
    cpSync(tree, work, { recursive: true });
    run('validate', ['validate', '--no-cache']);
    for (const [name, ...flags] of [['bare', '--no-validate', '--no-mesh'], ['uncached']] as const) {
      synth(name, '--no-cache', ...flags);
      rmSync(out, { recursive: true });
    }
    instances = synth('full', '--cache-dir', cache).rendered;
    writtenByNoop = synth('noop', '--cache-dir', cache).written.length;
    changeService(join(work, 'soa-configs'));
    synth('service', '--cache-dir', cache);
    changeSystem(join(work, 'etc-paasta'));
    synth('system', '--cache-dir', cache);
  }
  const neighbours = runNeighbours(out, scratch, runs);
  for (const folder of [work, out, cache]) rmSync(folder, { recursive: true, force: true });
  const ours = Object.fromEntries([...usages].map(([name, list]) => [name, medianOf(list)])) as Record<Case, Usage>;
  return { services, instances, ours, writtenByNoop, neighbours };
}

/** Gives one service more memory in its first cluster. */
function changeService(soaDir: string): void {
  const files = readdirSync(soaDir, { recursive: true, encoding: 'utf8' }).sort();
  const path = join(
    soaDir,
    files.find((file) => basename(file).startsWith('eks-'))!,
  );
  writeFileSync(path, readFileSync(path, 'utf8').replace(/mem: \d+/, 'mem: 777'));
}

/** Adds a file of settings to every cluster. */
function changeSystem(systemDir: string): void {
  for (const cluster of readdirSync(systemDir)) {
    const path = join(systemDir, cluster, 'changed.json');
    if (existsSync(path)) throw new Error(`${path} is there already`);
    writeFileSync(path, JSON.stringify({ nerve_readiness_check_script: ['/changed.sh'] }));
  }
}
