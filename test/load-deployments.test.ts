import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { brief, loadWeb, scopes } from './support/load-service.ts';

const VERSION = { docker_image: 'services-web:paasta-abc', git_sha: 'abc' };

function load(v2: unknown) {
  const sources = loadWeb({ 'deployments.json': JSON.stringify({ v2 }) });
  const { deployments } = sources;
  if (deployments.kind !== 'read') throw new Error(`deployments.json is ${deployments.kind}`);
  return { deployments, diagnostics: sources.diagnostics };
}

test('versions and states are read, what old files lack is filled in', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const { deployments, diagnostics } = load({
    deployments: {
      'prod.all': VERSION,
      'prod.new': { ...VERSION, image_version: '20260101T000000', digest },
    },
    controls: {
      'web:prod.main': { desired_state: 'stop', force_bounce: '20260102T030405' },
      'web:prod.other': {},
    },
  });
  assert.equal(diagnostics, []);
  const version = { dockerImage: 'services-web:paasta-abc', gitSha: 'abc', imageVersion: null, digest: null };
  assert.equal(
    { ...deployments.deployments },
    {
      'prod.all': version,
      'prod.new': { ...version, imageVersion: '20260101T000000', digest },
    },
  );
  assert.equal(
    { ...deployments.controls },
    {
      'web:prod.main': { desiredState: 'stop', forceBounce: '20260102T030405' },
      'web:prod.other': { desiredState: 'start', forceBounce: null },
    },
  );
});

test('v1 is not needed, and empty sections mean that nothing is deployed', () => {
  assert.equal(load({}).diagnostics, []);
  assert.equal({ ...load({ deployments: {}, controls: {} }).deployments.deployments }, {});
});

for (const text of ['{"v1": {}}', '[]', '{"v2": []}', '{"v2": {"deployments": []}}', '{"v2": {"controls": 1}}']) {
  test(`deployments.json with ${text} breaks the service`, () => {
    const { deployments, diagnostics } = loadWeb({ 'deployments.json': text });
    assert.equal(deployments, { kind: 'broken' });
    assert.equal(
      diagnostics.map((d) => [d.severity, d.code]),
      [['error', 'bad-deployments']],
    );
    assert.equal(scopes(diagnostics), [{ service: 'web' }]);
  });
}

test('invalid JSON breaks the service and has a place', () => {
  const { deployments, diagnostics } = loadWeb({ 'deployments.json': '{\n  "v2": {,}\n}' });
  assert.equal(deployments, { kind: 'broken' });
  assert.equal(brief(diagnostics), ['web/deployments.json:2:10 error bad-deployments']);
});

test('an entry that lacks its image or sha, or has a wrong type, is null with a warning at its place', () => {
  const bad = [
    { docker_image: 'x' },
    { git_sha: 'x' },
    { ...VERSION, docker_image: null },
    { ...VERSION, image_version: 5 },
    { ...VERSION, digest: 'latest' },
    'text',
  ];
  for (const entry of bad) {
    const { deployments, diagnostics } = load({ deployments: { g: entry, good: VERSION }, controls: {} });
    assert.is(deployments.deployments['g'], null);
    assert.ok(deployments.deployments['good']);
    assert.is(diagnostics.length, 1, JSON.stringify(entry));
    assert.is(diagnostics[0]!.severity, 'warning');
    assert.ok(diagnostics[0]!.line !== undefined);
    assert.equal(scopes(diagnostics), [{ service: 'web', instances: [] }]);
  }
});

test('a control entry whose state cannot be known is an error of its instance', () => {
  const v2 = {
    deployments: {},
    controls: {
      'web:us-prod.main': { desired_state: 1 },
      'web:prod.a.b': { force_bounce: 5 },
      'web:mars.main': null,
      'web:prod.ok': {},
    },
  };
  const { deployments, diagnostics } = load(v2);
  assert.equal(Object.keys(deployments.controls), ['web:prod.ok']);
  assert.equal(
    diagnostics.map((d) => d.severity),
    ['error', 'error', 'warning'],
  );
  assert.equal(scopes(diagnostics), [
    { service: 'web', cluster: 'us-prod', instance: 'main' },
    { service: 'web', cluster: 'prod', instance: 'a.b' },
    { service: 'web', instances: [] },
  ]);
});

test.run();
