import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import * as assert from 'uvu/assert';
import { runBundle } from '../../cli/load-program.ts';
import type { recallRun } from '../../cli/recall.ts';
import { printedBy } from '../../cli/sealed-run.ts';
import { readTree, ROOT } from './run-cli.ts';
import { deploymentsJson } from './sources.ts';

export const CLUSTERS = ['prod', 'stage'] as const;
export const SERVICES = ['api', 'cart', 'mail', 'shop'] as const;

/** The built program, called in this process: run from source, it keeps no results. */
const BUNDLE = join(ROOT, 'lib/program.cjs');
const { main: run } = runBundle(new Script(readFileSync(BUNDLE, 'latin1'), { filename: BUNDLE }), BUNDLE);
const { recallRun: recall } = (await import(pathToFileURL(join(ROOT, 'lib/recall.mjs')).href)) as {
  readonly recallRun: typeof recallRun;
};

export interface RunResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** `cluster/service.instance` of what was really rendered, sorted. */
  readonly rendered: readonly string[];
  /** The compiler was not even asked. */
  readonly isRecalled: boolean;
  /** Only what was touched since the last run was looked at. */
  readonly isSettled: boolean;
}

/** A project of four services in two clusters, an output folder and a cache of its own. */
export interface CacheWorld {
  readonly folder: string;
  readonly out: string;
  readonly cache: string;
  /** git is asked about so many files or more: one, unless a test says otherwise. */
  fewest: number;
  at(path: string): string;
  write(path: string, text: string): void;
  remove(path: string): void;
  /** Runs synth with the cache. */
  synth(...args: readonly string[]): Promise<RunResult>;
  /** Runs any verb in the project. */
  call(...args: readonly string[]): Promise<RunResult>;
  /** What a run without cache makes of a copy of the output as it is now. */
  undisturbed(
    ...args: readonly string[]
  ): Promise<{ readonly result: RunResult; readonly tree: Record<string, string> }>;
  tree(): Record<string, string>;
  /** Whether the last run of synth is recalled; nothing is run. */
  wouldRecall(): Promise<boolean>;
  close(): void;
}

/** Counts what is rendered: a construct module of the project tells of every instance. */
const CONSTRUCTS = `export default (chart, instance) => {
  globalThis.renderedInCacheWorld?.push(instance.cluster + '/' + instance.service + '.' + instance.instance);
};
`;

const seen = globalThis as { renderedInCacheWorld?: string[] };

export function cacheWorld(files: Readonly<Record<string, string>> = {}): CacheWorld {
  const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-cache-'));
  const out = join(folder, 'dist');
  const cache = join(folder, 'cache');
  const at = (path: string): string => join(folder, path);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  for (const [path, text] of Object.entries({ ...startingFiles(), ...files })) write(path, text);
  const surroundings = () => ({ env: { PATH: process.env['PATH'] }, cwd: folder, isTerminal: false, hasColor: false });
  const call = async (...args: readonly string[]): Promise<RunResult> => {
    let stdout = '';
    let stderr = '';
    seen.renderedInCacheWorld = [];
    const io = {
      ...surroundings(),
      out: (text: string) => void (stdout += text),
      err: (text: string) => void (stderr += text),
    };
    const { outcome, seal } = await recall(args, io, world.fewest);
    if (outcome !== null) {
      const printed = [...printedBy(outcome)].join('');
      return { ...outcome, stdout: printed, rendered: [], isRecalled: true, isSettled: false };
    }
    const isSettled = seal?.settled() != null;
    const status = await run(args, io, seal);
    const rendered = [...new Set(seen.renderedInCacheWorld)].sort();
    return { status, stdout, stderr, rendered, isRecalled: false, isSettled };
  };
  const world: CacheWorld = {
    ...{ folder, out, cache, fewest: 1, at, write, call },
    remove: (path) => {
      rmSync(at(path), { recursive: true, force: true });
    },
    synth: (...args) => call('synth', '--cache-dir', cache, ...args),
    async undisturbed(...args) {
      const copy = at('copy');
      rmSync(copy, { recursive: true, force: true });
      if (existsSync(out)) cpSync(out, copy, { recursive: true, verbatimSymlinks: true });
      const result = await call('synth', '--no-cache', '--out', copy, ...args);
      // Findings name files of the output as seen from the project.
      const atHome = (text: string): string => text.replace(/^copy\//gm, 'dist/');
      return {
        result: { ...result, stdout: atHome(result.stdout), stderr: atHome(result.stderr) },
        tree: readTree(copy),
      };
    },
    tree: () => readTree(out),
    async wouldRecall() {
      const io = { ...surroundings(), out: () => undefined, err: () => undefined };
      return (await recall(['synth', '--cache-dir', cache], io, world.fewest)).outcome !== null;
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Runs synth and tells whether report, status and tree are those of a run without cache. */
export async function checked(world: CacheWorld, ...args: readonly string[]): Promise<RunResult> {
  const { result, tree } = await world.undisturbed(...args);
  const run = await world.synth(...args);
  assert.equal([run.status, run.stdout, run.stderr], [result.status, result.stdout, result.stderr]);
  assert.equal(world.tree(), tree);
  return run;
}

/** Plays in a world of which the first run is made. */
export async function inWorld(
  play: (world: CacheWorld) => Promise<void>,
  files: Record<string, string> = {},
): Promise<void> {
  const world = cacheWorld(files);
  try {
    const first = await checked(world);
    assert.is(first.status, 0, first.stderr);
    await play(world);
  } finally {
    world.close();
  }
}

/** Files of the cache by name, a byte for each character. */
export function cacheFiles(world: CacheWorld): Record<string, string> {
  if (!existsSync(world.cache)) return {};
  return Object.fromEntries(
    readdirSync(world.cache).map((name) => [name, readFileSync(join(world.cache, name), 'latin1')]),
  );
}

function startingFiles(): Record<string, string> {
  const files: Record<string, string> = {
    'paasta-gitops.yaml': 'soa_dir: soa\nsystem_config_dir: etc\nconstructs: constructs.mjs\n',
    'constructs.mjs': CONSTRUCTS,
    'soa/authenticating.yaml': 'services: []\n',
  };
  for (const cluster of CLUSTERS) files[`etc/${cluster}/system.json`] = systemText(cluster, 'r.example.com');
  for (const [index, service] of SERVICES.entries()) {
    files[`soa/${service}/service.yaml`] = 'description: sells\n';
    files[`soa/${service}/monitoring.yaml`] = 'team: ops\n';
    files[`soa/${service}/smartstack.yaml`] = `main:\n  proxy_port: ${20000 + index}\n`;
    files[`soa/${service}/deployments.json`] = deployedText(service);
    for (const cluster of CLUSTERS) {
      files[`soa/${service}/kubernetes-${cluster}.yaml`] =
        'main: {cpus: 1}\nworker: {instances: 2, registrations: []}\n';
    }
  }
  return files;
}

/** Both instances of a service, deployed in both clusters. */
export function deployedText(service: string): string {
  return deploymentsJson(
    service,
    CLUSTERS.flatMap((cluster) => [`${cluster}.main`, `${cluster}.worker`]),
  );
}

/** A system configuration with Sensu and synapse, whose files several services share. */
export function systemText(cluster: string, registry: string): string {
  return JSON.stringify({
    ...{ cluster, clusters: CLUSTERS, docker_registry: registry, volumes: [], register_k8s_pods: true, sensu: {} },
    hacheck_sidecar_image_url: 'h:1',
    smartstack: {
      ...{ synapse_image: 'r.example.com/synapse:1', location_types: ['superregion', 'region'] },
      location_mapping: { west_superregion: { 'west-1_region': {} } },
      locations: { superregion: { static: 'west' }, region: { static: 'west-1' } },
      zookeeper_topology: { west: ['zk1.example.com:2181'] },
    },
  });
}
