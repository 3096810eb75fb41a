import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, type CompileInput } from '../compiler/compile.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { memoryReader } from './support/memory-reader.ts';
import { meshFiles, meshSystem, type MeshService } from './support/mesh-tree.ts';
import { objectsIn } from './support/objects-in.ts';

const GOOD: Readonly<Record<string, MeshService>> = {
  web: { smartstack: { main: { proxy_port: 20001 } } },
  api: { smartstack: { main: { proxy_port: 20002 } } },
};
const EARLIER = await run(GOOD);

interface Output {
  readonly files: readonly RenderedFile[];
  readonly untouched: readonly string[];
}

/** Compiles over earlier output, in which some files are damaged. */
async function run(
  services: Readonly<Record<string, MeshService>>,
  options: {
    earlier?: Output;
    shards?: number;
    damaged?: RegExp;
    changes?: Readonly<Record<string, string>>;
    without?: string;
  } = {},
): Promise<Output> {
  const { earlier = { files: [], untouched: [] }, shards = 4, damaged = /^$/, changes = {}, without = '' } = options;
  const { [without]: _, ...soa } = { ...meshFiles(services), ...changes };
  const files: RenderedFile[] = [];
  const untouched: string[] = [];
  const input: CompileInput = {
    soa: memoryReader(soa),
    system: memoryReader({ 'system.json': meshSystem({ synapse: { shards } }) }),
    ...{ scope: {}, strict: false, severity: {}, filePer: 'instance', constructs: [], verbose: false },
  };
  await compile(input, {
    begin: () => undefined,
    service: (_service, ofService) => void files.push(...ofService),
    kept: (_cluster, _isKept, always) => {
      if (!always) return null;
      return {
        namespaces: [],
        paths: earlier.files.filter(({ instance }) => instance === null).map(({ path }) => path),
        objects: (path) => {
          const file = earlier.files.find((each) => each.path === path);
          return file === undefined || damaged.test(path) ? null : objectsIn(file);
        },
        parse: () => undefined,
      };
    },
    aggregates: (shared, stay) => {
      files.push(...shared);
      untouched.push(...stay);
    },
    progress: () => undefined,
  });
  return { files, untouched };
}

/** Content of synapse's service files by name, over all shards. */
function entries({ files }: Output): Readonly<Record<string, string>> {
  const shards = files.filter(({ path }) => path.includes('configmap-synapse-services-'));
  const data = shards.flatMap((file) => objectsIn(file).map((object) => object['data'] ?? {}));
  return Object.assign({}, ...data) as Record<string, string>;
}

const BROKEN = { 'web/smartstack.yaml': 'main: [' };

test('a service whose smartstack.yaml cannot be read keeps its entries', async () => {
  const after = await run(GOOD, { earlier: EARLIER, changes: BROKEN });
  assert.equal(entries(after), entries(EARLIER));
  assert.equal(Object.keys(entries(after)).sort(), ['api.main.json', 'web.main.json']);
});

test('a service with an error in a namespace keeps its entries', async () => {
  const bad = { web: { smartstack: { main: { proxy_port: 20001, discover: 'habitat' } } }, api: GOOD['api']! };
  assert.equal(entries(await run(bad, { earlier: EARLIER })), entries(EARLIER));
});

test('of two services with one port the earlier entry stays and the new one is left out', async () => {
  const clash = { ...GOOD, third: { smartstack: { main: { proxy_port: 20001 } } } };
  assert.equal(entries(await run(clash, { earlier: EARLIER })), entries(EARLIER));
});

test('a service without earlier output and with an error has no entries', async () => {
  assert.equal(Object.keys(entries(await run(GOOD, { changes: BROKEN }))), ['api.main.json']);
});

test('kept entries move with the number of shards', async () => {
  const after = await run(GOOD, { earlier: EARLIER, shards: 1, changes: BROKEN });
  assert.equal(entries(after), entries(EARLIER));
  assert.is(after.files.filter(({ path }) => path.includes('configmap-synapse-services-')).length, 1);
});

test('a shard that cannot be read stays as it is while it may hold entries of others', async () => {
  const after = await run(GOOD, { earlier: EARLIER, damaged: /services-1/, changes: BROKEN });
  const shard = 'clusters/norcal-prod/paasta/configmap-synapse-services-1.yaml';
  assert.equal(after.untouched, [shard]);
  assert.not(after.files.some(({ path }) => path === shard));
});

test('a namespace that is gone from soa-configs is gone from synapse', async () => {
  const { api } = GOOD;
  assert.equal(Object.keys(entries(await run({ api: api! }, { earlier: EARLIER }))), ['api.main.json']);
});

test('without location types synapse stays as it is', async () => {
  const after = await run(GOOD, { earlier: EARLIER, without: 'location_types.json' });
  assert.equal(entries(after), {});
  const own = after.untouched.filter((path) => path.includes('/paasta/'));
  const earlier = EARLIER.files.map(({ path }) => path).filter((path) => path.includes('/paasta/'));
  assert.equal([...own].sort(), [...earlier].sort());
});

test.run();
