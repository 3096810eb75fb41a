/** Lines of code frames: secrets become stars, and everything else stays at its place. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLineMask } from '../cli/line-mask.ts';

function masked(text: string, patterns: readonly string[] = []): string {
  const line = createLineMask(patterns)(text);
  return text
    .split('\n')
    .map((_, index) => line(index + 1)!)
    .join('\n');
}

test('values under secret names become stars of the same width', () => {
  const text = 'main:\n  env: {DB_PASSWORD: hunter2, X: 1}\n  API_TOKEN: a, b # c\n  pool: fast\n';
  assert.is(masked(text), 'main:\n  env: {DB_PASSWORD: *******, X: 1}\n  API_TOKEN: ** * * *\n  pool: fast\n');
  assert.is(masked('  env: {A_TOKEN: "x, }y", B: 2}'), '  env: {A_TOKEN: *** ***, B: 2}');
  assert.is(masked('  {"secret": "𝒳yz"}').length, '  {"secret": *****}'.length);
});

test('values below a secret name are hidden to the end of the block', () => {
  const text = '  PASSWORD: |\n    hunter2\n\n    more\n  cmd: ls\n  api_tokens:\n  - one\n  - two\n  mem: 1\n';
  assert.is(
    masked(text),
    '  PASSWORD: *\n    *******\n\n    ****\n  cmd: ls\n  api_tokens:\n  * ***\n  * ***\n  mem: 1\n',
  );
  assert.is(masked('{"tokens":\n    ["one",\n     "two"]}'), '{"tokens":\n    *******\n     *******');
});

test('assignments in commands and credentials in URLs are hidden', () => {
  assert.is(masked('  cmd: run --token=abc --x=1'), '  cmd: run --token=*** --x=1');
  assert.is(masked('  repo: https://bob:pa55@host/x'), '  repo: https://********@host/x');
  assert.is(masked('  repo: ssh://git@host/x'), '  repo: ssh://git@host/x');
});

test('references and names stay readable', () => {
  for (const line of [
    '  env: {DB_PASSWORD: SECRET(db), B: "SHARED_SECRET(x)"}',
    '  secret_volumes: [{container_path: /s, secret_name: gone}]',
    '  deploy_group: tokens',
    'token_service:\n  cpus: 1',
  ]) {
    assert.is(masked(line), line);
  }
});

test('a project names more that is secret', () => {
  assert.is(masked('  LICENSE: abc'), '  LICENSE: abc');
  assert.is(masked('  LICENSE: abc', ['licen[cs]e']), '  LICENSE: ***');
});

test('a long line costs time in proportion to its length', () => {
  for (const word of ['token: ', 'token=', 'tokentoken', '"token": "', 'a://b@', '- ']) {
    const start = process.cpuUsage();
    masked(`${word.repeat(1_000_000 / word.length)}\n`.repeat(2));
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 3_000_000, word);
  }
});

test.run();
