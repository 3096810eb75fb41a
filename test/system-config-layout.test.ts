import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { brief } from './support/load-service.ts';
import { memoryReader, type MemoryFile } from './support/memory-reader.ts';

const REST = { volumes: [], docker_registry: 'r' };

function json(value: unknown): string {
  return JSON.stringify(value);
}

function complete(cluster: string, more: object = {}): string {
  return json({ cluster, clusters: ['dev', 'prod'], ...REST, ...more });
}

function load(files: Readonly<Record<string, MemoryFile>>, onlyClusters?: readonly string[]) {
  return loadSystemConfig(memoryReader(files), onlyClusters ? { onlyClusters } : {});
}

function names({ clusters }: { readonly clusters: readonly { readonly cluster: string }[] }): readonly string[] {
  return clusters.map((c) => c.cluster);
}

test('JSON files in one directory are one configuration, folders below and dot files included', () => {
  const found = load({
    'cluster.json': json({ cluster: 'prod', clusters: ['prod'] }),
    '.hidden.json': json({ docker_registry: 'r' }),
    'more/deep/volumes.json': json({ volumes: [] }),
    'notes.txt': 'not read',
    'UPPER.JSON': 'not read',
  });
  assert.equal(found.diagnostics, []);
  assert.equal(names(found), ['prod']);
  assert.is(found.clusters[0]!.dockerRegistry, 'r');
});

test('one folder for each cluster is one configuration for each', () => {
  const found = load({ 'dev/a.json': complete('dev'), 'prod/a.json': complete('prod', { docker_registry: 'p' }) });
  assert.equal(found.diagnostics, []);
  assert.equal(
    found.clusters.map((c) => [c.cluster, c.dockerRegistry]),
    [
      ['dev', 'r'],
      ['prod', 'p'],
    ],
  );
});

test('a single folder named like its cluster is a cluster folder', () => {
  const found = load({ 'prod/a.json': complete('prod') });
  assert.equal(found.diagnostics, []);
  assert.is(found.clusters[0]!.fileOf['volumes'], 'prod/a.json');
});

test('a flat configuration may keep its cluster in a folder of another name', () => {
  const found = load({ 'local/a.json': json({ cluster: 'prod', clusters: ['prod'] }), 'rest.json': json(REST) });
  assert.equal(found.diagnostics, []);
  assert.equal(names(found), ['prod']);
});

test('JSON beside cluster folders is an error that names it and holds back everything', () => {
  for (const folders of [
    { 'dev/a.json': complete('dev'), 'prod/a.json': complete('prod') },
    { 'prod/a.json': complete('prod') },
  ]) {
    const { diagnostics } = load({ ...folders, 'common.json': json({ synapse_port: 1 }) });
    assert.equal(brief(diagnostics), ['common.json error stray-system-file']);
    assert.is(diagnostics[0]!.cluster, undefined);
    assert.match(diagnostics[0]!.message, 'common.json');
  }
});

test('a key that two files set is an error naming both, even with equal values; maps merge', () => {
  const found = load({
    'a.json': complete('prod', { vault_cluster_map: { prod: 'p', x: { y: 1 } } }),
    'b.json': '{\n  "docker_registry": "r",\n  "vault_cluster_map": {\n    "dev": "d",\n    "prod": "p"\n  }\n}',
  });
  assert.equal(found.clusters, []);
  assert.equal(found.failed, ['prod']);
  const duplicates = found.diagnostics.filter((d) => d.code === 'duplicate-system-key');
  assert.equal(brief(duplicates), ['b.json:2:3 error duplicate-system-key', 'b.json:5:5 error duplicate-system-key']);
  assert.equal(duplicates[1]!.path, ['vault_cluster_map', 'prod']);
  for (const { message, related, cluster } of duplicates) {
    assert.match(message, /a\.json.*b\.json/);
    assert.is(related![0]!.file, 'a.json');
    assert.is(cluster, 'prod');
  }
});

test('maps of several files merge, whatever the names of the files', () => {
  const half = (name: string) => json({ vault_cluster_map: { [name]: name }, pool_node_affinities: { [name]: {} } });
  const found = load({ 'z.json': complete('prod'), 'a.json': half('prod'), 'b.json': half('dev') });
  assert.equal(found.diagnostics, []);
  assert.is(found.clusters[0]!.secretEnvironment, 'prod');
  assert.equal(Object.keys(found.clusters[0]!.poolNodeAffinities).sort(), ['dev', 'prod']);
});

test('a map in one file and something else in another is a duplicate too', () => {
  const found = load({ 'a.json': complete('prod', { labels: {} }), 'b.json': json({ labels: null }) });
  assert.equal(brief(found.diagnostics), ['b.json:1:2 error duplicate-system-key']);
});

test('a broken file holds back its cluster only, and brings no finding about what it may have held', () => {
  const found = load({
    'dev/a.json': complete('dev'),
    'prod/a.json': json({ cluster: 'prod', clusters: ['prod'] }),
    'prod/rest.json': '{"volumes": [}',
  });
  assert.equal(names(found), ['dev']);
  assert.equal(found.failed, ['prod']);
  assert.is(found.diagnostics.length, 1);
  assert.is(found.diagnostics[0]!.file, 'prod/rest.json');
  assert.is(found.diagnostics[0]!.severity, 'error');
  assert.is(found.diagnostics[0]!.cluster, 'prod');
});

test('a folder whose cluster file is broken is held back under its own name', () => {
  const found = load({ 'dev/a.json': complete('dev'), 'prod/a.json': '', 'test/a.json': complete('test') });
  assert.equal(found.failed, ['prod']);
  assert.ok(found.diagnostics.some((d) => d.file === 'prod/a.json' && d.cluster === 'prod' && d.severity === 'error'));
});

for (const text of ['', '[]', '"x"', 'null', '{"cluster": "prod"']) {
  test(`a file that holds ${JSON.stringify(text)} is an error`, () => {
    const found = load({ 'a.json': complete('prod'), 'b.json': text });
    assert.equal(found.clusters, []);
    assert.equal(
      found.diagnostics.map((d) => [d.file, d.severity]),
      [['b.json', 'error']],
    );
  });
}

test('an unreadable file is an error', () => {
  const file = { kind: 'unreadable', reason: 'denied', detail: 'permission denied' } as const;
  const found = load({ 'a.json': complete('prod'), 'b.json': file });
  assert.equal(
    found.diagnostics.map((d) => [d.file, d.severity, d.cluster]),
    [['b.json', 'error', 'prod']],
  );
});

test('no directory, and a directory without JSON, are one error each', () => {
  assert.equal(brief(load({}).diagnostics), [' error missing-system-config']);
  assert.equal(brief(load({ 'README.md': 'x' }).diagnostics), [' error missing-system-config']);
  assert.equal(brief(load({}, ['prod']).diagnostics), [' error missing-system-config']);
});

test('folders that nest without end are an error, not an endless walk', () => {
  const listed: string[] = [];
  const endless = {
    ...memoryReader({}),
    list: (path: string) => {
      listed.push(path);
      return { kind: 'directory', entries: [{ name: 'loop', kind: 'directory' }] } as const;
    },
  };
  const { diagnostics } = loadSystemConfig(endless);
  assert.ok(diagnostics.every((d) => d.severity === 'error'));
  assert.ok(listed.length < 20);
});

test('a configuration that names no cluster is an error', () => {
  const flat = load({ 'a.json': json({ clusters: ['prod'], ...REST }) });
  assert.equal(
    flat.diagnostics.map((d) => [d.code, d.cluster]),
    [['missing-system-key', undefined]],
  );
  const folders = load({ 'dev/a.json': complete('dev'), 'prod/a.json': json(REST), 'test/a.json': complete('test') });
  assert.equal(folders.failed, ['prod']);
  assert.ok(folders.diagnostics.some((d) => d.code === 'missing-system-key' && d.cluster === 'prod'));
});

test('two folders for one cluster are an error of that cluster', () => {
  const found = load({ 'dev/a.json': complete('dev'), 'prod/a.json': complete('prod'), 'x/a.json': complete('prod') });
  assert.equal(names(found), ['dev']);
  assert.equal(found.failed, ['prod']);
  const errors = found.diagnostics.filter((d) => d.severity === 'error');
  assert.equal(
    errors.map((d) => [d.code, d.file, d.cluster]),
    [
      ['duplicate-cluster', 'prod/a.json', 'prod'],
      ['duplicate-cluster', 'x/a.json', 'prod'],
    ],
  );
});

test('a folder named unlike its cluster is a policy finding', () => {
  const found = load({ 'dev/a.json': complete('dev'), 'live/a.json': complete('prod') });
  assert.equal(names(found), ['dev', 'prod']);
  assert.equal(brief(found.diagnostics), ['live/a.json:1:12 policy cluster-folder-name']);
});

test('known clusters are those of all lists together', () => {
  const found = load({
    'dev/a.json': json({ cluster: 'dev', clusters: ['dev', 'old'], ...REST }),
    'prod/a.json': json({ cluster: 'prod', clusters: ['prod', 'dev'], ...REST }),
  });
  assert.equal(found.diagnostics, []);
  assert.equal(found.universe, ['dev', 'old', 'prod']);
});

test('a run for some clusters keeps their configurations and findings, and knows all clusters', () => {
  const files = { 'dev/a.json': complete('dev', { unknown: 1 }), 'prod/a.json': complete('prod', { also_unknown: 1 }) };
  const found = load(files, ['prod']);
  assert.equal(names(found), ['prod']);
  assert.equal(found.universe, ['dev', 'prod']);
  assert.equal(
    found.diagnostics.map((d) => d.file),
    ['prod/a.json'],
  );
});

test('a cluster without a configuration is an error with the nearest one', () => {
  const { diagnostics } = load({ 'dev/a.json': complete('dev'), 'prod/a.json': complete('prod') }, ['prdo']);
  assert.equal(
    diagnostics.map((d) => [d.code, d.cluster, d.hint]),
    [['unknown-cluster', 'prdo', 'did you mean "prod"?']],
  );
});

test.run();
