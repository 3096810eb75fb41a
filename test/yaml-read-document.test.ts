import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDocument } from '../compiler/load/read-document.ts';
import type { UnreadableReason } from '../compiler/model/tree-reader.ts';
import { memoryReader } from './support/memory-reader.ts';

const YAML = { root: 'soa', format: 'yaml' } as const;

test('a file becomes a document of its root and path', () => {
  const reader = memoryReader({ 'web/service.yaml': 'a: yes\n', 'web/deployments.json': '{"a": 1.0}' });
  const yaml = readDocument(reader, 'web/service.yaml', YAML);
  assert.equal([yaml.absent, yaml.diagnostics, yaml.document?.value], [false, [], { a: true }]);
  assert.equal([yaml.document?.root, yaml.document?.file], ['soa', 'web/service.yaml']);
  const json = readDocument(reader, 'web/deployments.json', { root: 'system', format: 'json' });
  assert.equal([json.absent, json.diagnostics, json.document?.root], [false, [], 'system']);
});

test('an absent file is no finding', () => {
  assert.equal(readDocument(memoryReader({}), 'web/service.yaml', YAML), { absent: true, diagnostics: [] });
});

test('a file that cannot be parsed is neither absent nor a document', () => {
  const read = readDocument(memoryReader({ 'web/service.yaml': 'a: [' }), 'web/service.yaml', YAML);
  assert.equal([read.absent, 'document' in read], [false, false]);
  assert.equal(
    read.diagnostics.map(({ code, file }) => ({ code, file })),
    [{ code: 'yaml-syntax', file: 'web/service.yaml' }],
  );
});

test('a JSON file is not read as YAML, nor the reverse', () => {
  const reader = memoryReader({ 'a.json': 'a: 1', 'b.yaml': '{"a": 1.5e3}' });
  assert.is(readDocument(reader, 'a.json', { root: 'soa', format: 'json' }).diagnostics[0]?.code, 'json-syntax');
  assert.equal(readDocument(reader, 'b.yaml', YAML).document?.value, { a: '1.5e3' });
});

const REASONS: Readonly<Record<UnreadableReason, string>> = {
  denied: 'unreadable-file: the file may not be read (why)',
  'not-a-file': 'unreadable-file: this is not a regular file (why)',
  'outside-tree': 'unsafe-symlink: the path leads out of the tree (why)',
  'symlink-loop': 'unreadable-file: the symlink leads back to itself (why)',
  'broken-symlink': 'unreadable-file: the symlink leads nowhere (why)',
  'too-large': 'unreadable-file: the file is too large (why)',
  failed: 'unreadable-file: the file cannot be read (why)',
};

for (const [reason, expected] of Object.entries(REASONS) as [UnreadableReason, string][]) {
  test(`a file that is ${reason} is one error, never absent`, () => {
    const reader = memoryReader({ 'web/service.yaml': { kind: 'unreadable', reason, detail: 'why' } });
    const { absent, document, diagnostics } = readDocument(reader, 'web/service.yaml', YAML);
    assert.equal([absent, document, diagnostics.length], [false, undefined, 1]);
    const [{ severity, code, message, file, root, hint }] = diagnostics as [(typeof diagnostics)[number]];
    assert.is(`${code}: ${message}`, expected);
    assert.equal({ severity, file, root }, { severity: 'error', file: 'web/service.yaml', root: 'soa' });
    assert.ok(hint);
  });
}

test.run();
