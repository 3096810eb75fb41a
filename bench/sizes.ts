import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { median, medianOf, PROGRAM, runProgram, type Usage, wallSeconds } from './measure.ts';
import { runNeighbours, type NeighbourResult } from './neighbours/compare.ts';

/** What the program used at one size of fleet, and what its neighbours did. */
export interface SizeResult {
  readonly services: number;
  readonly instances: number;
  /** By what was done: `full`, `bare`, `noop` … */
  readonly ours: Readonly<Record<Case, Usage>>;
  /** Files that the run after which nothing had changed wrote. */
  readonly writtenByNoop: number;
  /** Time of that run by the time of a Node that does nothing: the median of pairs that ran in turn. */
  readonly noopByEmptyNode: number;
  /** CPU of a run after one service changed by that of a run just before: the median of all such pairs. */
  readonly serviceByNoop: number;
  readonly neighbours: readonly NeighbourResult[];
}

const CASES = ['full', 'uncached', 'bare', 'first', 'noop', 'service', 'system', 'validate'] as const;
type Case = (typeof CASES)[number];

/** What each case is, as the table names it. */
export const CASE_TITLES: Readonly<Record<Case, string>> = {
  full: 'synth from nothing',
  uncached: 'the same, --no-cache',
  bare: 'the same, --no-cache --no-validate --no-mesh',
  first: 'synth, nothing changed, the first time',
  noop: 'synth, nothing changed',
  service: 'synth, one service changed',
  system: 'synth, system configuration changed',
  validate: 'validate --no-cache',
};

const RUNS = 3;
const PAIRS = 9;
/** Changes of one service in a round. */
const CHANGES = 3;

/**
 * Measures a tree: rounds over all cases, the median of each; the neighbours after that, on what was rendered, with more than a
 * thousand services once.
 */
export function measureSize(tree: string, services: number, scratch: string): SizeResult {
  const work = join(scratch, 'size');
  const [out, cache] = [join(scratch, 'size-out'), join(scratch, 'size-cache')];
  const usages = new Map<Case, Usage[]>(CASES.map((each) => [each, []]));
  let [instances, writtenByNoop] = [0, 0];
  let pairs: readonly number[] = [];
  const changes: number[] = [];
  const input = ['--soa-dir', join(work, 'soa-configs'), '--system-config-dir', join(work, 'etc-paasta'), '-o', 'json'];
  const run = (name: Case, args: readonly string[]): Usage => {
    const usage = runProgram([...args, ...input]);
    usages.get(name)!.push(usage);
    return usage;
  };
  const synth = (name: Case, ...more: readonly string[]): { rendered: number; written: readonly unknown[] } =>
    JSON.parse(run(name, ['synth', '--out', out, ...more]).stdout) as { rendered: number; written: readonly unknown[] };
  const lastOf = (name: Case): Usage => usages.get(name)!.at(-1)!;
  for (let round = 0; round < RUNS; round += 1) {
    for (const folder of [work, out, cache]) rmSync(folder, { recursive: true, force: true });
    cpSync(tree, work, { recursive: true });
    run('validate', ['validate', '--no-cache']);
    for (const [name, ...flags] of [['bare', '--no-validate', '--no-mesh'], ['uncached']] as const) {
      synth(name, '--no-cache', ...flags);
      rmSync(out, { recursive: true });
    }
    instances = synth('full', '--cache-dir', cache).rendered;
    // What was written within the same second git does not take over.
    spawnSync('sleep', ['1.1']);
    synth('first', '--cache-dir', cache);
    writtenByNoop = synth('noop', '--cache-dir', cache).written.length;
    const noop = [PROGRAM, 'synth', '--out', out, '--cache-dir', cache, ...input];
    pairs = Array.from({ length: PAIRS }, () => wallSeconds(noop) / wallSeconds(['-e', '0']));
    for (let change = 0; change < CHANGES; change += 1) {
      synth('noop', '--cache-dir', cache);
      changeService(join(work, 'soa-configs'), 777 + change);
      synth('service', '--cache-dir', cache);
      changes.push(lastOf('service').cpuSeconds / lastOf('noop').cpuSeconds);
      spawnSync('sleep', ['1.1']);
      runProgram(noop.slice(1));
    }
    changeSystem(join(work, 'etc-paasta'));
    synth('system', '--cache-dir', cache);
  }
  const neighbours = runNeighbours(out, scratch, services > 1000 ? 1 : RUNS);
  for (const folder of [work, out, cache]) rmSync(folder, { recursive: true, force: true });
  const ours = Object.fromEntries([...usages].map(([name, list]) => [name, medianOf(list)])) as Record<Case, Usage>;
  const [noopByEmptyNode, serviceByNoop] = [median(pairs), median(changes)];
  return { services, instances, ours, writtenByNoop, noopByEmptyNode, serviceByNoop, neighbours };
}

/** Gives one service so much memory in its first cluster. */
function changeService(soaDir: string, memory: number): void {
  const files = readdirSync(soaDir, { recursive: true, encoding: 'utf8' }).sort();
  const path = join(
    soaDir,
    files.find((file) => basename(file).startsWith('eks-'))!,
  );
  writeFileSync(path, readFileSync(path, 'utf8').replace(/mem: \d+/, `mem: ${memory}`));
}

/** Adds a file of settings to every cluster. */
function changeSystem(systemDir: string): void {
  for (const cluster of readdirSync(systemDir)) {
    const path = join(systemDir, cluster, 'changed.json');
    if (existsSync(path)) throw new Error(`${path} is there already`);
    writeFileSync(path, JSON.stringify({ nerve_readiness_check_script: ['/changed.sh'] }));
  }
}
