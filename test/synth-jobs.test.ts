/** `synth --jobs`: threads change how long a run takes, and nothing else. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheWorld, type CacheWorld, CLUSTERS, deployedText, inWorld, type RunResult } from './support/cache-world.ts';
import { readTree } from './support/run-cli.ts';

/** Runs with threads into a folder of its own that starts as a copy of the output, as `undisturbed` does with one. */
async function withThreads(world: CacheWorld, ...args: readonly string[]): Promise<RunResult> {
  const alone = await world.undisturbed(...args);
  const together = await world.undisturbed('--jobs', '3', ...args);
  assert.equal(
    [together.result.status, together.result.stdout, together.result.stderr],
    [alone.result.status, alone.result.stdout, alone.result.stderr],
  );
  assert.equal(together.tree, alone.tree);
  assert.equal(together.result.rendered, [], 'nothing is rendered in this thread');
  return together.result;
}

/** More services than fit into the batches that are under way. */
function manyServices(): Record<string, string> {
  const files: Record<string, string> = {};
  for (let number = 0; number < 70; number++) {
    files[`soa/many${number}/deployments.json`] = deployedText(`many${number}`);
    for (const cluster of CLUSTERS) files[`soa/many${number}/kubernetes-${cluster}.yaml`] = 'main: {cpus: 1}\n';
  }
  return files;
}

test('tree, report and status are those of one thread, with errors and from an older tree too', async () => {
  await inWorld(async (world) => {
    assert.is((await withThreads(world)).status, 0);
    world.write('soa/many7/kubernetes-prod.yaml', 'main: {cpus: many}\n');
    world.write('soa/cart/kubernetes-prod.yaml', 'worker: {instances: 3}\n');
    for (const flags of [
      ['-v'],
      ['-o', 'json'],
      ['--no-validate', '--no-mesh'],
      ['--file-per', 'object'],
      ['-c', 'prod'],
    ]) {
      assert.is((await withThreads(world, ...flags)).status, 1, flags.join(' '));
    }
  }, manyServices());
});

test('what threads made is recalled by later runs, until something changes', async () => {
  const world = cacheWorld(manyServices());
  try {
    assert.is((await world.synth('--jobs', '2')).status, 0);
    const again = await world.synth();
    assert.equal([again.status, again.rendered], [0, []]);
    world.write('soa/cart/kubernetes-prod.yaml', 'main: {cpus: 3}\nworker: {}\n');
    const changed = await world.synth();
    assert.ok(changed.rendered.length > 0 && changed.rendered.every((name) => name.includes('/cart.')));
    const { tree } = await world.undisturbed();
    assert.equal(readTree(world.out), tree);
  } finally {
    world.close();
  }
});

test('a thread that ends is told, and does not hang the run', async () => {
  const world = cacheWorld({ 'constructs.mjs': 'export default () => process.exit(3);\n' });
  try {
    const failure = await world.synth('--jobs', '2').catch((error: unknown) => error);
    assert.match(String(failure), 'a thread ended with 3');
  } finally {
    world.close();
  }
});

test('the number must be one, and --provenance takes one thread', async () => {
  const world = cacheWorld();
  try {
    for (const jobs of ['0', 'many', '-1', '100']) {
      const { status, stderr } = await world.synth(`--jobs=${jobs}`);
      assert.is(status, 2);
      assert.match(stderr, `--jobs takes a number from 1 to 99, not "${jobs}"`);
    }
    assert.match((await world.synth('--jobs', '2', '--provenance', 'p.jsonl')).stderr, '--provenance takes one thread');
  } finally {
    world.close();
  }
});

test.run();
