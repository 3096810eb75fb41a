import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { readDesiredSet } from '../applier/desired-set.ts';
import { emitObjects } from '../compiler/emit/yaml.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from '../test/support/control-plane.ts';
import { startFaultProxy } from '../test/support/fault-proxy.ts';
import { writeCorpus } from './corpus.ts';
import { medianRun, PROGRAM, runProgram, type Usage } from './measure.ts';
import { info, row, type Row } from './size-table.ts';

const CLUSTER = 'east-prod';
const RUNS = 3;
/** Objects that a service of the generated tree has in one cluster, on average. */
const OBJECTS_PER_SERVICE = 4.5;

/** A rendered tree and the same objects as one file, in the order of applying. */
interface Rendered {
  readonly dir: string;
  readonly file: string;
  readonly objects: number;
  readonly kinds: number;
}

/**
 * The applier on real API servers with so many objects: what a run without differences costs, and wall time beside kubectl's on the same
 * objects. Ours and kubectl's servers run one after the other.
 */
export async function applierRows(scratch: string, objects: number): Promise<readonly Row[]> {
  if (controlPlaneAssets() === undefined)
    return [info('the applier', 'absent: KUBEBUILDER_ASSETS names no control plane')];
  const tree = rendered(scratch, objects);
  const ours = await withPlane((plane) => measureOurs(plane, tree));
  const theirs = await withPlane((plane) => {
    const apply = kubectl(plane, 'apply', tree);
    return { apply, diff: kubectl(plane, 'diff', tree) };
  });
  const limit = 2 * tree.kinds + tree.objects / 400 + 10;
  const { apply, diff, requests, writes } = ours;
  const name = `diff of ${tree.objects} objects without differences`;
  return [
    row(`${name}: requests`, requests, '', limit, `<= ${limit.toFixed(0)} (2 x kinds + objects/400 + 10)`),
    row(`${name}: writes`, writes, '', 0, '0'),
    row(`${name}: client CPU`, diff.cpuSeconds, ' s', 5, '<= 5 s'),
    row(`${name}: peak RSS`, diff.peakMb, ' MB', 300, '<= 300 MB'),
    row(`${name}: wall / kubectl diff --server-side`, diff.wallSeconds / theirs.diff, 'x', 1 / 15, '<= 0.067x (1/15)'),
    info('wall of both', `${diff.wallSeconds.toFixed(1)} s, ${theirs.diff.toFixed(1)} s`),
    row(
      'first apply of them (--qps 1000) / kubectl apply --server-side',
      apply.wallSeconds / theirs.apply,
      'x',
      1,
      '<= 1x',
    ),
    info('wall of both', `${apply.wallSeconds.toFixed(1)} s, ${theirs.apply.toFixed(1)} s`),
  ];
}

function rendered(scratch: string, objects: number): Rendered {
  const folder = join(scratch, `applier-${objects}`);
  const dir = join(folder, 'out');
  writeCorpus(Math.ceil(objects / OBJECTS_PER_SERVICE), 1, folder);
  const input = ['--soa-dir', join(folder, 'soa-configs'), '--system-config-dir', join(folder, 'etc-paasta')];
  runProgram(['synth', ...input, '--out', dir, '--cluster', CLUSTER, '--no-cache', '-o', 'json']);
  const desired = [...readDesiredSet(createDiskReader(dir), CLUSTER, '').objects.values()];
  const file = join(folder, 'all.yaml');
  writeFileSync(file, emitObjects(desired.map(({ object }) => withoutMarks(object))));
  return { dir, file, objects: desired.length, kinds: new Set(desired.map(({ object }) => object.kind)).size };
}

/** As the tree holds it: what the applier adds in memory is left out. */
function withoutMarks({ metadata, ...rest }: KubeObject): KubeObject {
  const keep = (map: Readonly<Record<string, string>> | undefined): [string, string][] =>
    Object.entries(map ?? {}).filter(([key]) => !/part-of$|applied-hash$|owner$/.test(key));
  const [labels, annotations] = [keep(metadata.labels), keep(metadata.annotations)];
  const marks = {
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
    ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
  };
  const { labels: _labels, annotations: _annotations, ...identity } = metadata;
  return { ...rest, metadata: { ...identity, ...marks } };
}

async function withPlane<T>(use: (plane: ControlPlane) => Promise<T> | T): Promise<T> {
  const plane = await startControlPlane();
  try {
    for (const name of ['paasta', 'custom-metrics'])
      await plane.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    return await use(plane);
  } finally {
    await plane.stop();
  }
}

const callOf = (verb: string, { dir }: Rendered, ...args: string[]): string[] => [
  ...[verb, '--cluster', CLUSTER, '--context', 'test', '--dir', dir],
  ...args,
];

function run(plane: ControlPlane, args: readonly string[]): Usage {
  process.env['KUBECONFIG'] = plane.kubeconfigPath;
  const usage = runProgram(args);
  if (usage.status !== 0) throw new Error(`${args.join(' ')} exited with ${String(usage.status)}: ${usage.stdout}`);
  return usage;
}

interface Ours {
  readonly apply: Usage;
  readonly diff: Usage;
  readonly requests: number;
  readonly writes: number;
}

/** A first apply, the one after it, which hands replicas over to autoscalers, and diffs without differences. */
async function measureOurs(plane: ControlPlane, tree: Rendered): Promise<Ours> {
  const args = callOf('apply', tree, '--no-wait', '--qps', '1000', '--burst', '1000');
  const apply = run(plane, args);
  run(plane, args);
  const diff = medianRun(RUNS, () => run(plane, callOf('diff', tree)));
  return { apply, diff, ...(await counted(plane, tree)) };
}

/** What a diff asks of the server, seen between the two. */
async function counted(plane: ControlPlane, tree: Rendered): Promise<{ requests: number; writes: number }> {
  const folder = join(tree.dir, '../proxy');
  mkdirSync(folder);
  const proxy = await startFaultProxy(plane, folder);
  try {
    const env = { ...process.env, KUBECONFIG: proxy.kubeconfigPath };
    await once(spawn(process.execPath, [PROGRAM, ...callOf('diff', tree)], { env, stdio: 'ignore' }), 'exit');
    return { requests: proxy.requests, writes: proxy.writes.length };
  } finally {
    await proxy.stop();
  }
}

/** Wall seconds of kubectl on the same objects. */
function kubectl(plane: ControlPlane, verb: 'apply' | 'diff', { file }: Rendered): number {
  const started = performance.now();
  const args = ['--kubeconfig', plane.kubeconfigPath, verb, '--server-side', '-f', file];
  execFileSync(join(plane.assets, 'kubectl'), args, { stdio: ['ignore', 'ignore', 'inherit'], maxBuffer: 1 << 28 });
  return (performance.now() - started) / 1000;
}
