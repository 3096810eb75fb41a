import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname } from 'node:path';
import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  cacheFiles,
  type CacheWorld,
  cacheWorld,
  CLUSTERS,
  deployedText,
  SERVICES,
  systemText,
} from './cache-world.ts';

/** One thing that may happen to a project between two runs. */
type Step =
  | { readonly kind: 'write'; readonly file: string; readonly text: string; readonly isTimeKept: boolean }
  | { readonly kind: 'remove' | 'touch' | 'cut'; readonly file: string }
  | { readonly kind: 'rename' | 'copy' | 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'system'; readonly cluster: string; readonly registry: string }
  | {
      readonly kind: 'output';
      readonly pick: number;
      readonly how: 'append' | 'cut' | 'same-length' | 'remove' | 'folder';
    }
  | { readonly kind: 'foreign'; readonly path: string }
  | { readonly kind: 'cache'; readonly how: 'remove' | 'cut' | 'alter' | 'keep' | 'restore'; readonly at: number }
  | { readonly kind: 'kill'; readonly after: number }
  | { readonly kind: 'nothing' };

/** Some steps, and then a run with these flags. */
interface Round {
  readonly steps: readonly Step[];
  readonly flags: readonly string[];
}

const service = fc.constantFrom(...SERVICES, 'fresh');
const cluster = fc.constantFrom(...CLUSTERS);

const file = fc.oneof(
  fc.tuple(service, cluster).map(([name, where]) => `${name}/kubernetes-${where}.yaml`),
  fc
    .tuple(service, fc.constantFrom('service', 'smartstack', 'monitoring', 'deploy', 'dependencies', 'authorization'))
    .map(([name, kind]) => `${name}/${kind}.yaml`),
  service.map((name) => `${name}/deployments.json`),
  service.map((name) => `${name}/secrets/k.json`),
  fc.constantFrom('authenticating.yaml', 'api/port', 'api/unknown.txt', 'cart/autotuned_defaults/kubernetes-prod.yaml'),
);

const text = fc.oneof(
  fc.constantFrom(
    'main: {cpus: 1}\n',
    'main: {cpus: 2}\n',
    'main: {}\nworker: {registrations: [mail.main]}\n',
    'main: {registrations: [fresh.main]}\n',
    'main: {cpus: many}\nworker: {}\n',
    'main: {env: {K: SECRET(k)}}\n',
    'main: {unknown_key: 1}\nextra: {}\n',
    'main: {cpus: 1',
    '',
    'main:\n  proxy_port: 20000\n',
    'main:\n  proxy_port: 21000\n',
    'team: ops\n',
    'team: other\npage: true\n',
    '{"environments": {"prod": {"signature": "a"}}}',
    '{}',
  ),
  service.map(deployedText),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), file, text, isTimeKept: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'touch' as const, 'cut' as const), file }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('rename' as const, 'copy' as const, 'link' as const),
      from: fc.oneof(file, service),
      to: fc.oneof(file, service),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('system' as const),
      cluster,
      registry: fc.constantFrom('r.example.com', 's.example.com'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('output' as const),
      pick: fc.nat(),
      how: fc.constantFrom(
        'append' as const,
        'cut' as const,
        'same-length' as const,
        'remove' as const,
        'folder' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('foreign' as const),
      path: fc.constantFrom(
        'clusters/prod/paastasvc-api/by-hand.yaml',
        'clusters/prod/paastasvc-fresh/fresh-main.yaml',
        'clusters/stage/kustomization.yaml',
        'clusters/stage/_cluster/.paasta-gitops-tmp-1-1',
        'sensu/prod/.paasta-gitops-tmp-1-1',
        '.paasta-gitops/gone.json',
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('cache' as const),
      how: fc.constantFrom('remove' as const, 'cut' as const, 'alter' as const, 'keep' as const, 'restore' as const),
      at: fc.nat(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), after: fc.nat({ max: 60 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'nothing' as const }) },
);

const flags = fc.oneof(
  { weight: 8, arbitrary: fc.constant<string[]>([]) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(['-o', 'json'], ['-v'], ['--strict'], ['-c', 'prod'], ['-s', 'cart'], ['--force-prune']),
  },
);

export const rounds: fc.Arbitrary<readonly Round[]> = fc.array(
  fc.record({ steps: fc.array(step, { maxLength: 3 }), flags }),
  { minLength: 1, maxLength: 6 },
);

/** How many runs there were, how many of them did not need the compiler, and in how many git may have looked. */
export const counts = { runs: 0, recalled: 0, settled: 0, known: 0 };

/** Plays the rounds: after each, report, exit status and tree are those of a run without cache. */
export async function playRounds(played: readonly Round[]): Promise<void> {
  const world = cacheWorld();
  const kept: Record<string, string> = {};
  try {
    await world.synth();
    // What changed within this second is not left to git.
    await new Promise((resolve) => setTimeout(resolve, 1030 - (Date.now() % 1000)));
    await world.synth();
    for (const { steps, flags: args } of played) {
      for (const each of steps) await take(world, each, kept);
      const { result, tree } = await world.undisturbed(...args);
      const run = await world.synth(...args);
      counts.runs++;
      if (run.isRecalled) counts.recalled++;
      if (run.isSettled) counts.settled++;
      if (Object.keys(cacheFiles(world)).some((name) => name.endsWith('.index'))) counts.known++;
      assert.equal([run.status, run.stdout, run.stderr], [result.status, result.stdout, result.stderr]);
      assert.equal(world.tree(), tree);
    }
  } finally {
    world.close();
  }
}

async function take(world: CacheWorld, step: Step, kept: Record<string, string>): Promise<void> {
  if (step.kind === 'write') write(world, step);
  else if (step.kind === 'remove') world.remove(`soa/${step.file}`);
  else if (step.kind === 'touch' || step.kind === 'cut') changeFile(world.at(`soa/${step.file}`), step.kind);
  else if (step.kind === 'rename' || step.kind === 'copy' || step.kind === 'link') move(world, step);
  else if (step.kind === 'system')
    world.write(`etc/${step.cluster}/system.json`, systemText(step.cluster, step.registry));
  else if (step.kind === 'output') changeOutput(world, step);
  else if (step.kind === 'foreign') world.write(`dist/${step.path}`, 'kind: ConfigMap\nmetadata: {name: by-hand}\n');
  else if (step.kind === 'cache') changeCache(world, step, kept);
  else if (step.kind === 'kill') await killedRun(world, step.after);
}

function write(world: CacheWorld, { file: path, text: content, isTimeKept }: Extract<Step, { kind: 'write' }>): void {
  const full = world.at(`soa/${path}`);
  const before = fs.statSync(full, { throwIfNoEntry: false });
  if (before?.isDirectory()) return;
  attempt(() => {
    world.write(`soa/${path}`, content);
    if (isTimeKept && before !== undefined) utimesSync(full, before.atime, before.mtime);
  });
}

function changeFile(path: string, how: 'touch' | 'cut'): void {
  attempt(() => {
    if (how === 'touch') utimesSync(path, new Date(), new Date());
    else fs.truncateSync(path, fs.statSync(path).size >> 1);
  });
}

function move(world: CacheWorld, { kind, from, to }: Extract<Step, { kind: 'rename' | 'copy' | 'link' }>): void {
  const [source, target] = [world.at(`soa/${from}`), world.at(`soa/${to}`)];
  attempt(() => {
    mkdirSync(dirname(target), { recursive: true });
    if (kind === 'rename') renameSync(source, target);
    else if (kind === 'copy') cpSync(source, target, { recursive: true });
    else symlinkSync(source, target);
  });
}

function changeOutput(world: CacheWorld, { pick, how }: Extract<Step, { kind: 'output' }>): void {
  const paths = Object.keys(world.tree());
  const path = paths[pick % paths.length];
  if (path === undefined) return;
  const full = world.at(`dist/${path}`);
  attempt(() => {
    if (how === 'append') fs.appendFileSync(full, '# by hand\n');
    else if (how === 'cut') changeFile(full, 'cut');
    else if (how === 'same-length')
      fs.writeFileSync(full, readFileSync(full, 'latin1').replace(/[a-y](?=[^a-z]*$)/, 'z'), 'latin1');
    else world.remove(`dist/${how === 'remove' ? path : dirname(path)}`);
  });
}

function changeCache(
  world: CacheWorld,
  { how, at }: Extract<Step, { kind: 'cache' }>,
  kept: Record<string, string>,
): void {
  if (how === 'remove') world.remove('cache');
  else if (how === 'keep') Object.assign(kept, cacheFiles(world));
  else if (how === 'restore') {
    for (const [name, content] of Object.entries(kept)) {
      world.write(`cache/${name}`, '');
      fs.writeFileSync(world.at(`cache/${name}`), content, 'latin1');
    }
  } else {
    for (const name of existsSync(world.cache) ? readdirSync(world.cache) : []) {
      const bytes = readFileSync(world.at(`cache/${name}`));
      const place = at % Math.max(1, bytes.length);
      if (how === 'alter') bytes[place] = (bytes[place] ?? 0) ^ 1;
      fs.writeFileSync(world.at(`cache/${name}`), how === 'cut' ? bytes.subarray(0, place) : bytes);
    }
  }
}

/** What the file system refuses, a step does not do. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    // Node itself refuses some copies.
    const isRefused =
      error instanceof Error && ('syscall' in error || ('code' in error && /^ERR_FS_/.test(String(error.code))));
    if (!isRefused) throw error;
  }
}

/** A run that ends at one of its writes: whatever it would have done from there on is not done. */
async function killedRun(world: CacheWorld, after: number): Promise<void> {
  const real = {
    renameSync: fs.renameSync,
    writeSync: fs.writeSync,
    unlinkSync: fs.unlinkSync,
    mkdirSync: fs.mkdirSync,
  };
  let left = after;
  const dying = <A extends unknown[], R>(act: (...args: A) => R) => {
    return (...args: A): R => {
      if (left-- <= 0) throw new Killed();
      return act(...args);
    };
  };
  Object.assign(fs, {
    renameSync: dying(real.renameSync),
    writeSync: dying(real.writeSync as (...args: unknown[]) => number),
    unlinkSync: dying(real.unlinkSync),
    mkdirSync: dying(real.mkdirSync as (...args: unknown[]) => unknown),
  });
  syncBuiltinESMExports();
  try {
    await world.synth();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
}

class Killed extends Error {}
