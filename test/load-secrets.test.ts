import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadShared } from '../compiler/load/index.ts';
import { brief, loadWeb, scopes } from './support/load-service.ts';
import { type MemoryFile, memoryReader } from './support/memory-reader.ts';
import { findingsOfMain } from './support/sources.ts';

const CIPHERTEXT = 'paasta:v1:c2VjcmV0';
const KEY = { environments: { prod: { ciphertext: CIPHERTEXT, signature: 'abc' }, dev: { ciphertext: '' } } };

test('a secret is its signatures and whether there is a ciphertext, by ecosystem', () => {
  const { secrets, diagnostics } = loadWeb({ 'secrets/api_key.json': JSON.stringify(KEY) });
  assert.equal(diagnostics, []);
  const secret = secrets['api_key']!;
  assert.is(secret.file, 'web/secrets/api_key.json');
  assert.is(secret.isBroken, false);
  assert.equal(
    { ...secret.environments },
    {
      prod: { signature: 'abc', hasCiphertext: true },
      dev: { signature: null, hasCiphertext: false },
    },
  );
});

test('no ciphertext is kept anywhere', () => {
  const sources = loadWeb({ 'secrets/api_key.json': JSON.stringify(KEY) });
  assert.not.match(inspect(sources, { depth: Infinity, showHidden: true }), 'c2VjcmV0');
});

test('a file that is no secret is an error that quotes nothing and holds back nothing by itself', () => {
  const broken = `{"environments": {"prod": {"ciphertext": "${CIPHERTEXT}" oops}}}`;
  for (const text of [broken, '[]', '{}', `"${CIPHERTEXT}"`, '', `{"environments": ["${CIPHERTEXT}"]}`]) {
    const { secrets, diagnostics } = loadWeb({ 'secrets/key.json': text });
    assert.is(secrets['key']!.isBroken, true, text);
    assert.equal(
      diagnostics.map((d) => [d.file, d.severity, d.code]),
      [['web/secrets/key.json', 'error', 'bad-secret']],
      text,
    );
    assert.equal(scopes(diagnostics), [{ service: 'web', instances: [] }]);
    assert.not.match(JSON.stringify(diagnostics), 'c2VjcmV0');
  }
});

test('a secret that cannot be read is broken', () => {
  const file = { kind: 'unreadable', reason: 'denied', detail: 'permission denied' } as const;
  const { secrets, diagnostics } = loadWeb({ 'secrets/key.json': file });
  assert.is(secrets['key']!.isBroken, true);
  assert.equal(brief(diagnostics), ['web/secrets/key.json error bad-secret']);
  assert.is(diagnostics[0]!.message, 'the file may not be read (permission denied)');
});

test('a folder in place of a secret is a broken one', () => {
  const { secrets, diagnostics } = loadWeb({ 'secrets/key.json/x': '' });
  assert.is(secrets['key']!.isBroken, true);
  assert.is(diagnostics[0]!.message, 'this is not a regular file (is a directory)');
});

test('secrets that cannot be listed hold back what refers to them', () => {
  const here: MemoryFile = { kind: 'unreadable', reason: 'denied', detail: 'permission denied' };
  const env = 'env: {A: SECRET(a), B: SHARED_SECRET(b), C: plain}';
  const own = findingsOfMain(env, { files: { 'shop/secrets': here } });
  assert.match(own.join(), 'env.A refers to a file in shop/secrets, which cannot be listed');
  assert.not.match(own.join(), 'env.B');
  const shared = findingsOfMain(env, { files: { '_shared/secrets': here } });
  assert.match(shared.join(), 'env.B refers to a file in _shared/secrets, which cannot be listed');
  assert.not.match(shared.join(), 'env.A');
});

test('an unsafe secret name is an error and no secret; other files are not read', () => {
  const { secrets, diagnostics } = loadWeb({
    'secrets/a b.json': JSON.stringify(KEY),
    'secrets/README.md': 'x',
    'secrets/old/key.json': 'x',
  });
  assert.equal(Object.keys(secrets), []);
  assert.equal(brief(diagnostics), ['web/secrets/a b.json error unsafe-name']);
});

test('shared secrets are read the same way', () => {
  const reader = memoryReader({ '_shared/secrets/edge.json': JSON.stringify(KEY), '_shared/secrets/bad.json': '{' });
  const shared = loadShared(reader, { services: [], alwaysAuthenticating: [], usesTokens: false });
  assert.is(shared.sharedSecrets['edge']!.environments['prod']!.signature, 'abc');
  assert.is(shared.sharedSecrets['bad']!.isBroken, true);
  assert.equal(
    shared.diagnostics.map((d) => [d.code, d.service, d.instances]),
    [['bad-secret', '_shared', []]],
  );
});

test.run();
