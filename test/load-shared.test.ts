import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { authorizedServices, compareAuthenticating, loadShared } from '../compiler/load/index.ts';
import { brief } from './support/load-service.ts';
import { goldenReader } from './support/golden-tree.ts';
import { memoryReader, type MemoryFile } from './support/memory-reader.ts';

const RULES = (...services: string[]) =>
  `authorization:\n  rules:\n  - identity_groups:\n      services: [${services.join(', ')}]\n`;

function load(files: Record<string, MemoryFile>, usesTokens = true) {
  const reader = memoryReader(files);
  const services = ['api', 'web'];
  return { shared: loadShared(reader, { services, alwaysAuthenticating: ['always'], usesTokens }), reader };
}

test('the files at the top of the example company are read', () => {
  const reader = goldenReader('soa-configs');
  const shared = loadShared(reader, { services: [], alwaysAuthenticating: [], usesTokens: true });
  assert.equal(shared.diagnostics, []);
  assert.equal([...shared.authenticatingServices], ['identity', 'ledger']);
  assert.is(shared.isAuthenticatingDerived, false);
  assert.equal(shared.locationTypes, ['ecosystem', 'superregion', 'region', 'habitat']);
  assert.equal(Object.keys(shared.locationMapping!), ['prod_ecosystem', 'stage_ecosystem', 'dev_ecosystem']);
  assert.equal(Object.keys(shared.sharedSecrets), ['edge_token']);
});

test('without authenticating.yaml the list follows from every authorization.yaml and the system key', () => {
  const { shared } = load({ 'web/authorization.yaml': RULES('b', 'a'), 'api/authorization.yaml': RULES('a', 'c') });
  assert.equal([...shared.authenticatingServices].sort(), ['a', 'always', 'b', 'c']);
  assert.is(shared.isAuthenticatingDerived, true);
  assert.equal(shared.diagnostics, []);
});

test('an existing authenticating.yaml wins, and no authorization.yaml is read for it', () => {
  const { shared, reader } = load({
    'authenticating.yaml': 'services: [z]\n',
    'web/authorization.yaml': RULES('a'),
  });
  assert.equal([...shared.authenticatingServices], ['z']);
  assert.not.ok(reader.reads.includes('web/authorization.yaml'));
});

test('nothing is derived when no cluster has tokens to give', () => {
  const { shared, reader } = load({ 'web/authorization.yaml': RULES('a') }, false);
  assert.equal([...shared.authenticatingServices], ['always']);
  assert.equal(
    reader.reads.filter((path) => path.endsWith('authorization.yaml')),
    [],
  );
});

test('a list that cannot be derived in full is an error of the run, which an authenticating.yaml avoids', () => {
  const broken = { 'web/authorization.yaml': 'a: [', 'api/authorization.yaml': RULES('a') };
  const { shared } = load(broken);
  assert.equal(
    shared.diagnostics.map((d) => [d.severity, d.code, d.file, d.service]),
    [['error', 'incomplete-authenticating', 'web/authorization.yaml', undefined]],
  );
  assert.equal(load({ ...broken, 'authenticating.yaml': 'services: []\n' }).shared.diagnostics, []);
});

test('rules are walked with every missing level empty', () => {
  assert.equal(authorizedServices(null), []);
  assert.equal(authorizedServices({ authorization: null }), []);
  assert.equal(authorizedServices({ authorization: { rules: [{}, { identity_groups: {} }, 'x', null] } }), []);
  const rule = { identity_groups: { services: ['b', 'a', 'b', 5] } };
  assert.equal(authorizedServices({ authorization: { rules: [rule] } }), ['a', 'b']);
});

test('a difference between the file and the rules is one warning that names both sides', () => {
  assert.equal(compareAuthenticating(new Set(['a']), new Set(['a'])), []);
  const [finding, ...rest] = compareAuthenticating(new Set(['a', 'old']), new Set(['a', 'new', 'newer']));
  assert.equal(rest, []);
  assert.is(finding!.severity, 'warning');
  assert.match(finding!.message, 'lacks new, newer and lists old');
});

test('broken files at the top are errors of the whole run', () => {
  const { shared } = load({
    'authenticating.yaml': 'services: {a: 1}\n',
    'location_types.json': '{"a": 1}',
    'location_mapping.json': '[',
  });
  assert.equal(
    shared.diagnostics.map((d) => [d.severity, d.file, d.service]),
    [
      ['error', 'authenticating.yaml', undefined],
      ['error', 'location_types.json', undefined],
      ['error', 'location_mapping.json', undefined],
    ],
  );
  assert.is(shared.locationTypes, null);
  assert.equal(brief(load({ 'authenticating.yaml': '- a\n' }).shared.diagnostics), [
    'authenticating.yaml:1:1 error not-a-map',
  ]);
});

test('a tree without such files is fine', () => {
  const { shared } = load({});
  assert.equal(shared.diagnostics, []);
  assert.is(shared.locationTypes, null);
  assert.is(shared.locationMapping, null);
});

test.run();
