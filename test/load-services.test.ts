import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listServices } from '../compiler/load/index.ts';
import { memoryReader } from './support/memory-reader.ts';
import { goldenReader } from './support/golden-tree.ts';

test('a service is a directory that starts with neither an underscore nor a dot, in code unit order', () => {
  const reader = memoryReader({
    'b/service.yaml': '',
    'B/service.yaml': '',
    'a_c/': '',
    'a-b/': '',
    '_shared/secrets/x.json': '{}',
    '.git/config': '',
    'README.md': '',
    'authenticating.yaml': '',
  });
  assert.equal(listServices(reader), { services: ['B', 'a-b', 'a_c', 'b'], diagnostics: [] });
});

test('the services of the example company are its 18 directories', () => {
  const { services, diagnostics } = listServices(goldenReader('soa-configs'));
  assert.is(services.length, 18);
  assert.equal(diagnostics, []);
});

test('what may stand for a directory is a service, a special file is none', () => {
  const entries = [
    { name: 'gone', kind: 'hidden', isLink: true },
    { name: '_gone', kind: 'hidden', isLink: true },
    { name: 'pipe', kind: 'other' },
  ] as const;
  const reader = { ...memoryReader({}), list: () => ({ kind: 'directory', entries }) as const };
  assert.equal(listServices(reader), { services: ['gone'], diagnostics: [] });
});

test('an unsafe service name is an error of its own and leaves the others alone', () => {
  const { services, diagnostics } = listServices(memoryReader({ 'ok/service.yaml': '', 'a b/service.yaml': '' }));
  assert.equal(services, ['ok']);
  assert.is(diagnostics.length, 1);
  assert.is(diagnostics[0]!.severity, 'error');
  assert.is(diagnostics[0]!.code, 'unsafe-name');
  assert.is(diagnostics[0]!.service, 'a b');
  assert.match(diagnostics[0]!.message, '"a b"');
});

test('a missing tree and a tree without a service are one error each', () => {
  const missing = listServices(memoryReader({}));
  assert.equal(missing.services, []);
  assert.equal(
    missing.diagnostics.map((d) => [d.severity, d.code, d.file]),
    [['error', 'missing-soa-dir', '']],
  );
  const empty = listServices(memoryReader({ 'README.md': 'x', '.git/HEAD': '' }));
  assert.equal(
    empty.diagnostics.map((d) => [d.severity, d.code, d.file]),
    [['error', 'empty-soa-dir', '']],
  );
});

test('a tree that cannot be listed says why', () => {
  const { diagnostics } = listServices({
    ...memoryReader({}),
    list: () => ({ kind: 'unreadable', reason: 'denied', detail: 'permission denied' }),
  });
  assert.match(diagnostics[0]!.message, 'permission denied');
});

test.run();
