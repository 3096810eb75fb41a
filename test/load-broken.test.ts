import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareDiagnostics } from '../compiler/diagnostics/diagnostic.ts';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { brief, loadTree, loadWeb, scopes } from './support/load-service.ts';
import type { MemoryFile } from './support/memory-reader.ts';

const SYNTAX_ERROR = 'main:\n  cpus: [1\n';
const DENIED: MemoryFile = { kind: 'unreadable', reason: 'denied', detail: 'permission denied' };
const GOOD = { 'eks-dev.yaml': 'main: {cpus: 1}\n' };

function errors(sources: ServiceSources) {
  return sources.diagnostics.filter((d) => d.severity === 'error').sort(compareDiagnostics);
}

test('a syntax error in an instance file has a place and holds back its cluster', () => {
  const sources = loadWeb({ ...GOOD, 'eks-prod.yaml': SYNTAX_ERROR });
  const found = errors(sources);
  assert.is(found.length, 1);
  assert.is(found[0]!.file, 'web/eks-prod.yaml');
  assert.ok(found[0]!.line !== undefined && found[0]!.column !== undefined);
  assert.equal(scopes(found), [{ service: 'web', cluster: 'prod' }]);
  assert.equal(
    sources.instanceFiles.map((f) => [f.cluster, f.document !== null, f.instances]),
    [
      ['dev', true, ['main']],
      ['prod', false, []],
    ],
  );
});

for (const file of ['service.yaml', 'smartstack.yaml', 'monitoring.yaml', 'deploy.yaml', 'dependencies.yaml']) {
  test(`a syntax error in ${file} holds back the service`, () => {
    const found = errors(loadWeb({ ...GOOD, [file]: SYNTAX_ERROR }));
    assert.is(found.length, 1);
    assert.is(found[0]!.file, `web/${file}`);
    assert.equal(scopes(found), [{ service: 'web' }]);
  });
}

test('a broken service-level file is told from an absent one', () => {
  assert.equal(loadWeb({ 'service.yaml': SYNTAX_ERROR }).serviceYaml, { kind: 'broken', file: 'web/service.yaml' });
  assert.equal(loadWeb({ ...GOOD }).serviceYaml, { kind: 'absent' });
});

test('broken autotuned values hold back the cluster that they are for', () => {
  const sources = loadWeb({ ...GOOD, 'autotuned_defaults/eks-prod.yaml': SYNTAX_ERROR });
  assert.equal(scopes(errors(sources)), [{ service: 'web', cluster: 'prod' }]);
  assert.is(sources.autotuned['eks-prod']!.kind, 'broken');
});

test('a broken file of another runtime is an error that holds nothing back', () => {
  const found = errors(loadWeb({ ...GOOD, 'tron-prod.yaml': SYNTAX_ERROR, 'adhoc-prod.yaml': '[1]' }));
  assert.is(found.length, 2);
  for (const scope of scopes(found)) assert.equal(scope, { service: 'web', cluster: 'prod', instances: [] });
});

test('a broken file of one service says nothing about another', () => {
  const sources = loadTree({ 'web/service.yaml': 'description: x\n', 'other/service.yaml': SYNTAX_ERROR });
  assert.equal(sources.diagnostics, []);
});

test('permission denied is an error and not an absent file', () => {
  const sources = loadWeb({ ...GOOD, 'service.yaml': DENIED, 'eks-prod.yaml': DENIED });
  assert.equal(
    errors(sources).map((d) => d.file),
    ['web/eks-prod.yaml', 'web/service.yaml'],
  );
  assert.is(sources.serviceYaml.kind, 'broken');
});

for (const text of ['- main\n', 'main\n', '7\n']) {
  test(`an instance file that holds ${JSON.stringify(text)} is an error`, () => {
    const sources = loadWeb({ 'eks-prod.yaml': text });
    assert.equal(brief(errors(sources)), ['web/eks-prod.yaml:1:1 error not-a-map']);
    assert.equal(scopes(errors(sources)), [{ service: 'web', cluster: 'prod' }]);
    assert.is(sources.instanceFiles[0]!.document, null);
  });
}

test('an empty file and a comment alone are no instances; what Python counts as false holds the file back', () => {
  for (const text of ['', '# nothing\n', 'null\n', '{}\n']) {
    const sources = loadWeb({ 'eks-prod.yaml': text });
    assert.equal(sources.diagnostics, [], text);
    assert.equal(sources.instanceFiles[0]!.instances, []);
    assert.ok(sources.instanceFiles[0]!.document !== null);
  }
  for (const text of ['[]\n', 'false\n', '0\n', "''\n", '0.0\n']) {
    const sources = loadWeb({ 'eks-prod.yaml': text });
    assert.equal(brief(sources.diagnostics), ['web/eks-prod.yaml:1:1 error not-a-map'], text);
    assert.is(sources.instanceFiles[0]!.document, null);
    assert.is(loadWeb({ 'smartstack.yaml': text }).smartstack.kind, 'broken', text);
  }
});

test('service-level files that are no map are errors where PaaSTA fails, else policy findings', () => {
  const list = '- a\n';
  const sources = loadWeb({
    'service.yaml': list,
    'smartstack.yaml': list,
    'monitoring.yaml': list,
    'authorization.yaml': list,
    'deploy.yaml': list,
    'dependencies.yaml': list,
    'data.yaml': list,
  });
  assert.equal(brief(sources.diagnostics), [
    'web/authorization.yaml:1:1 error not-a-map',
    'web/dependencies.yaml:1:1 policy not-a-map',
    'web/deploy.yaml:1:1 policy not-a-map',
    'web/monitoring.yaml:1:1 error not-a-map',
    'web/service.yaml:1:1 error not-a-map',
    'web/smartstack.yaml:1:1 error not-a-map',
  ]);
  assert.is(sources.data.kind, 'read');
  assert.is(sources.smartstack.kind, 'broken');
  assert.is(sources.dependencies.kind, 'absent');
});

test('an instance name that is an integer or a boolean is an error of that instance, with its place', () => {
  const sources = loadWeb({ 'eks-prod.yaml': 'main: {cpus: 1}\non: {cpus: 1}\n12: {cpus: 1}\n"13": {cpus: 1}\n' });
  assert.equal(brief(errors(sources)), [
    'web/eks-prod.yaml:2:1 error non-string-instance',
    'web/eks-prod.yaml:3:1 error non-string-instance',
  ]);
  assert.equal(
    errors(sources).map((d) => d.instance),
    ['True', '12'],
  );
  assert.match(errors(sources)[0]!.message, 'on is a boolean');
  assert.is(errors(sources)[0]!.hint, "quote it: 'on'");
  assert.equal([...sources.instanceFiles[0]!.instances].sort(), ['13', 'main']);
});

test('an instance name that is no safe path segment is an error of that instance', () => {
  const sources = loadWeb({ 'eks-prod.yaml': 'main: {cpus: 1}\n"../x": {cpus: 1}\n"a b": {cpus: 1}\n"": {cpus: 1}\n' });
  const found = errors(sources);
  assert.equal(
    found.map((d) => [d.code, d.instance, d.line]),
    [
      ['unsafe-name', '../x', 2],
      ['unsafe-name', 'a b', 3],
      ['unsafe-name', '', 4],
    ],
  );
  assert.equal(sources.instanceFiles[0]!.instances, ['main']);
});

test('templates are no instances, and null, empty or wrong bodies are left to later stages', () => {
  const text = '_base: &b {cpus: 1}\nmain: *b\nnothing:\nempty: {}\nlist: [1]\n';
  const sources = loadWeb({ 'eks-prod.yaml': text });
  assert.equal(sources.instanceFiles[0]!.instances, ['main', 'nothing', 'empty', 'list']);
  assert.equal(errors(sources), []);
});

test('a finding inside an instance concerns that instance, one in a template all of the cluster', () => {
  const text = '_base: &b\n  cpus: 1\n  cpus: 2\nmain:\n  <<: *b\n  mem: 1\n  mem: 2\n';
  const found = loadWeb({ 'eks-prod.yaml': text }).diagnostics;
  assert.equal(
    found.map((d) => d.code),
    ['duplicate-key', 'duplicate-key'],
  );
  assert.equal(scopes(found), [
    { service: 'web', cluster: 'prod' },
    { service: 'web', cluster: 'prod', instance: 'main' },
  ]);
});

test.run();
