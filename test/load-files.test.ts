import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileKind } from '../compiler/load/file-kinds.ts';
import { createForeignCache, loadService } from '../compiler/load/index.ts';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { brief, CLUSTERS, loadWeb, scopes } from './support/load-service.ts';
import { memoryReader } from './support/memory-reader.ts';

const MAIN = 'main:\n  cpus: 1\n';

test('every kind of file of a service is recognised without a finding', () => {
  const sources = loadWeb({
    'service.yaml': 'description: x\n',
    'smartstack.yaml': 'main: {proxy_port: 20001}\n',
    'monitoring.yaml': 'team: ops\n',
    'deploy.yaml': 'pipeline: []\n',
    'data.yaml': '- 1\n',
    'dependencies.yaml': 'main: []\n',
    'authorization.yaml': 'authorization: {rules: []}\n',
    'kubernetes-prod.yaml': MAIN,
    'eks-dev.yaml': MAIN,
    'adhoc-us-prod.yaml': MAIN,
    'kubernetes-prod.in': '',
    'deployments.json': '{"v2": {"deployments": {}, "controls": {}}}',
    port: '8888\n',
    'autotuned_defaults/kubernetes-prod.yaml': 'main: {cpus: 0.5}\n',
    'secrets/key.json': '{"environments": {}}',
    'slo-prod.yaml': '[not read',
    runas: 'root',
    '.hidden.yaml': '[not read',
    'README.md': '# web',
  });
  assert.equal(sources.diagnostics, []);
  for (const key of [
    'serviceYaml',
    'smartstack',
    'monitoring',
    'deploy',
    'data',
    'dependencies',
    'authorization',
  ] as const) {
    assert.is(sources[key].kind, 'read', key);
  }
  assert.is(sources.deployments.kind, 'read');
  assert.is(sources.port, 8888);
  assert.equal(Object.keys(sources.autotuned), ['kubernetes-prod']);
  assert.equal(Object.keys(sources.secrets), ['key']);
  assert.equal(
    sources.instanceFiles.map((f) => [f.cluster, f.type, f.isGenerated]),
    [
      ['dev', 'eks', false],
      ['prod', 'kubernetes', true],
      ['us-prod', 'adhoc', false],
    ],
  );
});

test('everything may be missing', () => {
  const sources = loadWeb({ 'service.yaml': '' });
  assert.equal(sources.diagnostics, []);
  assert.is(sources.monitoring.kind, 'absent');
  assert.is(sources.deployments.kind, 'absent');
  assert.is(sources.port, null);
  assert.equal(sources.instanceFiles, []);
});

test('each file is read once and none that the listing does not show', () => {
  const reader = memoryReader({
    'web/service.yaml': 'description: x\n',
    'web/eks-prod.yaml': MAIN,
    'web/secrets/a.json': '{"environments": {}}',
    'other/service.yaml': '',
  });
  loadService(reader, 'web', { clusters: new Set(CLUSTERS), foreign: createForeignCache() });
  assert.equal([...reader.reads].sort(), ['web/eks-prod.yaml', 'web/secrets/a.json', 'web/service.yaml']);
  assert.equal(reader.lists, ['web', 'web/secrets']);
});

test('a cluster is the whole rest of the file name, never its end', () => {
  const files = loadWeb({ 'kubernetes-us-prod.yaml': MAIN, 'xkubernetes-prod.yaml': MAIN }).instanceFiles;
  assert.equal(
    files.map((f) => f.cluster),
    ['us-prod'],
  );
});

test('a dot in a cluster name stands for itself', () => {
  const clusters = new Set(['a.b']);
  const { instanceFiles, diagnostics } = loadWeb({ 'eks-a.b.yaml': MAIN, 'eks-axb.yaml': MAIN }, { clusters });
  assert.equal(
    instanceFiles.map((f) => f.file),
    ['web/eks-a.b.yaml'],
  );
  assert.equal(brief(diagnostics), ['web/eks-axb.yaml policy unknown-cluster']);
});

test('a file of an unknown cluster is a policy finding with the nearest cluster', () => {
  const { diagnostics, instanceFiles } = loadWeb({ 'eks-prdo.yaml': '[never parsed', 'tron-mars.yaml': '' });
  assert.equal(instanceFiles, []);
  assert.equal(brief(diagnostics), [
    'web/eks-prdo.yaml policy unknown-cluster',
    'web/tron-mars.yaml policy unknown-cluster',
  ]);
  assert.is(diagnostics[0]!.hint, 'did you mean "eks-prod.yaml"?');
  assert.is(diagnostics[1]!.hint, undefined);
  assert.equal(scopes(diagnostics), [
    { service: 'web', cluster: 'prdo' },
    { service: 'web', cluster: 'mars' },
  ]);
});

test('the extension .yml is a policy finding for files that would be read as .yaml', () => {
  const { diagnostics } = loadWeb({ 'service.yml': '', 'eks-prod.yml': MAIN, 'other.yml': '' });
  assert.equal(brief(diagnostics), [
    'web/eks-prod.yml policy yml-extension',
    'web/other.yml warning unknown-file',
    'web/service.yml policy yml-extension',
  ]);
  assert.is(diagnostics[0]!.hint, 'rename it to "eks-prod.yaml"');
  assert.equal(scopes(diagnostics)[0], { service: 'web', cluster: 'prod' });
});

test('unknown files and directories are warnings with the nearest known name', () => {
  const { diagnostics } = loadWeb({
    'kubernets-prod.yaml': MAIN,
    'smart_stack.yaml': '',
    'notes.txt': '',
    'secret/x.json': '{}',
    'autotuned_defaults/service.yaml': '',
  });
  const hints = Object.fromEntries(diagnostics.map((d) => [d.file, d.hint]));
  assert.ok(diagnostics.every((d) => d.severity === 'warning' && d.code === 'unknown-file' && !d.policy));
  assert.equal(hints, {
    'web/autotuned_defaults/service.yaml': hints['web/autotuned_defaults/service.yaml'],
    'web/kubernets-prod.yaml': 'did you mean "kubernetes-prod.yaml"?',
    'web/notes.txt': undefined,
    'web/secret': 'did you mean "secrets"?',
    'web/smart_stack.yaml': 'did you mean "smartstack.yaml"?',
  });
});

test('other runtimes and rollback queries are accepted and said to be without effect', () => {
  const { diagnostics, otherDocuments, instanceFiles } = loadWeb(
    {
      'tron-prod.yaml': 'job:\n  actions:\n    first: {}\n    second: {}\nold:\n  actions:\n  - name: one\n',
      'flink-prod.yaml': MAIN,
      'crd-prod.yaml': '',
      'own-prod.yaml': '',
      'rollback-prod.yaml': 'conditions: []\n',
    },
    { customPrefixes: new Set(['own']) },
  );
  assert.equal(brief(diagnostics), [
    'web/crd-prod.yaml info not-compiled',
    'web/flink-prod.yaml info not-compiled',
    'web/own-prod.yaml info not-compiled',
    'web/rollback-prod.yaml info not-acted-on',
    'web/tron-prod.yaml info not-compiled',
  ]);
  assert.equal(Object.keys(otherDocuments), ['web/rollback-prod.yaml']);
  assert.equal(
    instanceFiles.map((f) => [f.type, f.instances]),
    [
      ['tron', ['job.first', 'job.second', 'old.one']],
      ['flink', ['main']],
    ],
  );
});

test('what was found out about a name holds for the next service of the run', () => {
  const files = { 'kubernetes-prod.yaml': MAIN, 'crd-prod.yaml': '', 'notes.txt': '', 'eks-nowhere.yaml': '' };
  const kinds = new Map<string, FileKind>();
  const [first, second] = [loadWeb(files, { kinds }), loadWeb(files, { kinds })];
  assert.equal([...kinds.keys()].sort(), Object.keys(files).sort());
  const shown = ({ instanceFiles, diagnostics }: ServiceSources) => [
    instanceFiles.map(({ file, type, cluster }) => [file, type, cluster]),
    brief(diagnostics),
  ];
  assert.equal(shown(second), shown(first));
  assert.equal(shown(first), shown(loadWeb(files)));
});

test('a legacy port that is no integer counts as none, with a warning', () => {
  assert.is(loadWeb({ port: ' 8_080 \n' }).port, 8080);
  for (const text of ['http', '', '80.5', '1__0', '0x50']) {
    const { port, diagnostics } = loadWeb({ port: text });
    assert.is(port, null, text);
    assert.equal(brief(diagnostics), ['web/port warning bad-port-file']);
    assert.equal(scopes(diagnostics), [{ service: 'web' }]);
  }
});

test('a run for some clusters reads the files of no other', () => {
  const sources = loadWeb(
    { 'eks-prod.yaml': MAIN, 'eks-dev.yaml': '[broken', 'autotuned_defaults/eks-dev.yaml': '[broken' },
    { onlyClusters: new Set(['prod']) },
  );
  assert.equal(
    sources.instanceFiles.map((f) => f.file),
    ['web/eks-prod.yaml'],
  );
  assert.equal(sources.diagnostics, []);
});

test('a service without a directory is one error', () => {
  const sources = loadService(memoryReader({ 'other/service.yaml': '' }), 'web', {
    clusters: new Set(CLUSTERS),
    foreign: createForeignCache(),
  });
  assert.equal(brief(sources.diagnostics), ['web error missing-service']);
});

test('names of the JavaScript prototype are absent from every record', () => {
  const sources = loadWeb({ 'deployments.json': '{"v2": {"deployments": {}, "controls": {}}}' });
  assert.is(sources.secrets['constructor'], undefined);
  assert.is(sources.autotuned['toString'], undefined);
  assert.is(sources.foreignSmartstack['valueOf'], undefined);
  assert.ok(sources.deployments.kind === 'read');
  if (sources.deployments.kind === 'read') {
    assert.is(sources.deployments.deployments['constructor'], undefined);
    assert.is(sources.deployments.controls['constructor'], undefined);
  }
});

test.run();
