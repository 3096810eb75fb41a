import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleCompany } from './support/example-company.ts';

const STAGE = 'soa-configs/cart_api/eks-north-stage.yaml';

test('list names each use once a cluster, with its line and whether there is an entry', async () => {
  const company = exampleCompany('secrets-list');
  company.edit(STAGE, 'SECRET(session_key)', 'SHARED_SECRET(gone)');
  const { status, out, err } = await company.call('secrets', 'list', '-s', 'cart_api', '-o', 'json');
  assert.is(status, 0, err);
  const common = { service: 'cart_api', instance: 'main', key: 'env.SESSION_KEY' };
  const prod = { cluster: 'north-prod', environment: 'prod', ...common, owner: 'cart_api', secret: 'session_key' };
  const stage = { cluster: 'north-stage', environment: 'stage', ...common, owner: '_shared', secret: 'gone' };
  assert.equal(JSON.parse(out), [
    { ...prod, file: 'cart_api/eks-north-prod.yaml', line: 13, state: 'ready' },
    { ...stage, file: 'cart_api/eks-north-stage.yaml', line: 7, state: 'no file' },
  ]);
});

test('lint of a good tree finds nothing', async () => {
  const { status, out } = await exampleCompany('secrets-good').call('secrets', 'lint', '--strict');
  assert.is(status, 0);
  assert.is(out, '0 errors, 0 policy findings, 0 warnings, 0 notes\n');
});

test('lint finds missing secrets, idle entries and shared secrets that nobody uses, and nothing else', async () => {
  const company = exampleCompany('secrets-lint');
  company.edit(STAGE, 'SECRET(session_key)', 'SECRET(gone)');
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', /$/, '  cpuz: 1\n');
  const entry = { ciphertext: 'c29tZXRoaW5n', signature: 's' };
  const shared = JSON.stringify({ environments: { prod: entry, stage: entry } });
  writeFileSync(join(company.repository.dir, 'soa-configs/_shared/secrets/idle.json'), shared);
  const { status, out } = await company.call('secrets', 'lint', '-o', 'json');
  assert.is(status, 1);
  const findings = JSON.parse(out) as readonly { code: string; file: string }[];
  assert.equal(
    findings.map(({ code, file }) => `${code} ${file}`),
    [
      'unused-secret _shared/secrets/idle.json',
      'missing-secret cart_api/eks-north-stage.yaml',
      'unused-secret-entry cart_api/secrets/session_key.json',
    ],
  );
  assert.not.match(out, 'c29tZXRoaW5n');
});

test('a narrowed lint says nothing of what others may use', async () => {
  const company = exampleCompany('secrets-narrow');
  company.edit(STAGE, 'SECRET(session_key)', 'plain');
  const { out } = await company.call('secrets', 'lint', '-c', 'north-stage');
  assert.not.match(out, 'unused-secret');
});

test('another word than list or lint is refused', async () => {
  const { status, err } = await exampleCompany('secrets-word').call('secrets', 'show');
  assert.is(status, 2);
  assert.match(err, 'secrets takes list or lint; found "show"');
});

test.run();
