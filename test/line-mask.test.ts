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

test('what stands behind a flag is hidden, in commands and in lists', () => {
  for (const [text, shown] of [
    ['  cmd: run --password V4l. -x 1', '  cmd: run --password **** -x 1'],
    ["  cmd: 'run --password ''V 4l'' -x'", "  cmd: 'run --password *** **** -x'"],
    ['  cmd: "run --password \\"V 4l\\" -x"', '  cmd: "run --password *** **** -x"'],
    ['  cmd: "run --token=\\"V 4l\\" -x"', '  cmd: "run --token=*** **** -x"'],
    ["  args: ['--password', 'V4l', '-x']", "  args: ['--password', *****, '-x']"],
    ['  args: [--api-token, V4l, -x]', '  args: [--api-token, ***, -x]'],
    ['{"args": ["--password","V4l","-x"]}', '{"args": ["--password",*****,"-x"]}'],
    ['  args:\n  - --password\n  - V4l\n  - -x\n  mem: 1', '  args:\n  - --password\n  * ***\n  - -x\n  mem: 1'],
    ['  args: ["--password", # why\n    "V4l"]\n  mem: 1', '  args: ["--password", * ***\n    ******\n  mem: 1'],
    ['  - --password\n  # V4l\n  - |\n    V4l\n  mem: 1', '  - --password\n  * ***\n  * *\n    ***\n  mem: 1'],
    ['  cmd: |\n    run --password \\\n    V4l\n  mem: 1', '  cmd: |\n    run --password \\\n    ***\n  mem: 1'],
    ['  cmd: >\n    run --password\n    V4l\n  mem: 1', '  cmd: >\n    run --password\n    ***\n  mem: 1'],
  ] as const) {
    assert.is(masked(text), shown);
  }
});

test('a flag without a value hides nothing', () => {
  for (const text of [
    '  cmd: run --use-token\n  cpus: 1',
    '  args:\n  - --use-token\n  - --port\n  - 80',
    '  args: [--use-token, --port]',
    '  args:\n    - --use-token\n  cpus: 1',
    '  cmd: run --use-token --port 80 - token x',
  ]) {
    const shown = masked(text);
    assert.is(shown, text.includes('[') ? '  args: [--use-token, ******]' : text);
  }
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
  for (const word of [
    'token: ',
    'token=',
    'tokentoken',
    '"token": "',
    'a://b@',
    '- ',
    '--token ',
    '--token, ',
    '--token\\\\"',
  ]) {
    const start = process.cpuUsage();
    masked(`${word.repeat(1_000_000 / word.length)}\n`.repeat(2));
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 3_000_000, word);
  }
});

test.run();
