import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leafChanges } from '../differences/leaf-changes.ts';
import { createMask } from '../differences/mask.ts';
import { createNameTest, patternProblem } from '../differences/secret-names.ts';
import { changesPods, diffObjects } from '../differences/object-diff.ts';
import { unifiedDiff } from '../differences/unified-diff.ts';

test('equal hidden values share a number and different ones do not', () => {
  const mask = createMask();
  const env = [
    { name: 'DB_PASSWORD', value: 'one' },
    { name: 'API_TOKEN', value: 'two' },
    { name: 'MY_PRIVATE_KEY', value: 'one' },
    { name: 'PLAIN', value: 'seen' },
  ];
  assert.equal(mask.object({ kind: 'X', env })['env'], [
    { name: 'DB_PASSWORD', value: '<hidden #1>' },
    { name: 'API_TOKEN', value: '<hidden #2>' },
    { name: 'MY_PRIVATE_KEY', value: '<hidden #1>' },
    { name: 'PLAIN', value: 'seen' },
  ]);
});

test('all data of a Secret is hidden, and only what has a secret name in a ConfigMap', () => {
  const mask = createMask();
  const data = { 'app.conf': 'x = 1\ndb.password = hunter2\n', token: 'abc', plain: 'yes' };
  assert.equal(mask.object({ kind: 'Secret', data: { a: 'b' }, stringData: { c: 'd' } }), {
    kind: 'Secret',
    data: { a: '<hidden #1>' },
    stringData: { c: '<hidden #2>' },
  });
  const shown = mask.object({ kind: 'ConfigMap', data })['data'] as Record<string, string>;
  assert.is(shown['plain'], 'yes');
  assert.match(shown['token']!, /^<hidden #\d+>$/);
  assert.match(shown['app.conf']!, /^x = 1\ndb\.password =/);
});

for (const text of [
  'db.password = hunter2',
  'db.password=hunter2',
  'password: hunter2',
  '{"password":"hunter2"}',
  '{"password": "hunter2"}',
  "password: 'hunter2'",
  String.raw`{"a":"{\"password\":\"hunter2\"}"}`,
  '-Dmy.secret.value=hunter2 -Dother=1',
  'https://bob:hunter2@example.com/x',
  'postgres://bob:hun@ter2@db/x',
  'MY_PASSWORD="hunter2"',
  '"credentials" : "hunter2"',
]) {
  test(`a secret within text is hidden: ${text}`, () => {
    const shown = createMask().text(text);
    assert.not.match(shown, /hunter2|hun@ter2/);
    assert.match(shown, /<hidden #1>/);
  });
}

test('references to secrets stay readable', () => {
  const object = {
    kind: 'Deployment',
    env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'paasta-secret-web-db', key: 'db' } } }],
    volumes: [{ name: 'secret-db', secret: { secretName: 'paasta-secret-web-db' } }],
    spec: { secretKey: 'db', automountServiceAccountToken: false },
  };
  assert.equal(createMask().object(object), object);
  assert.is(
    createMask().text('ssh://git@example.com/x secret:\n  name: x'),
    'ssh://git@example.com/x secret:\n  name: x',
  );
});

test('the value after a flag with a secret name is hidden', () => {
  const args = ['--token', 's3cr3t', '--port', '80', '--api-password=x1'];
  assert.equal(createMask().object({ args })['args'], [
    '--token',
    '<hidden #1>',
    '--port',
    '80',
    '--api-password=<hidden #2>',
  ]);
});

test('the value behind a flag is hidden in texts, once', () => {
  const mask = createMask();
  for (const [text, shown] of [
    ['run --password V4l -x', 'run --password <hidden #1> -x'],
    ['run --password "V4l" -x', 'run --password "<hidden #1>" -x'],
    ["run --password='V4l' --token \\\n  V4l", "run --password='<hidden #1>' --token \\\n  <hidden #1>"],
    ['a: "run --token=\\"V 4l\\" -x"', 'a: "run --token=<hidden #2> -x"'],
    ['a: "run --token \\"V 4l\\" -x"', 'a: "run --token <hidden #2> -x"'],
    ['run --use-token --port 80', 'run --use-token --port 80'],
    ['a - token x', 'a - token x'],
  ] as const) {
    assert.is(mask.text(text), shown);
    assert.is(mask.text(shown), shown);
  }
  assert.equal(mask.object({ args: ['--pin-token', 1234] }), { args: ['--pin-token', '<hidden #3>'] });
});

test("the project's own patterns hide more names, in texts too", () => {
  const mask = createMask(['LICEN[CS]E', '^pin$']);
  const env = [
    { name: 'MY_LICENSE', value: 'x' },
    { name: 'PIN', value: 'y' },
    { name: 'PINS', value: 'z' },
  ];
  assert.equal(mask.object({ env })['env'], [
    { name: 'MY_LICENSE', value: '<hidden #1>' },
    { name: 'PIN', value: '<hidden #2>' },
    { name: 'PINS', value: 'z' },
  ]);
  assert.is(mask.text('spin=a pin=b note: pin: c'), 'spin=a pin=<hidden #3> note: pin: <hidden #4>');
});

test('a pattern that could take for ever, or is none, is told from others', () => {
  for (const pattern of [
    'LICENSE',
    'licen[cs]e',
    '^a.*key$',
    '(?:a|b)?c',
    '[*+{]*',
    String.raw`\(\*\+\{`,
    '.{2}x*y+',
  ]) {
    assert.is(patternProblem(pattern), undefined, pattern);
  }
  for (const pattern of ['(a+)+$', '(a|a)*', '(?:ab){2}', '(?=a)*b'])
    assert.match(patternProblem(pattern)!, 'a group', pattern);
  for (const pattern of ['*LICENSE*', 'a(b', '[']) assert.match(patternProblem(pattern)!, 'no regular', pattern);
  assert.match(patternProblem('a*a*a*a*$')!, 'more than 3');
});

test('a long name costs no more than a short one', () => {
  const start = process.cpuUsage();
  assert.is(createNameTest(['a*a*a*b'])('a'.repeat(1_000_000)), false);
  assert.ok(process.cpuUsage(start).user < 3_000_000);
});

test('a sentence does not tell what was hidden before', () => {
  const mask = createMask();
  mask.object({ env: [{ name: 'TOKEN', value: 'longer-value' }] });
  assert.is(mask.text('found longer-value here'), 'found <hidden #1> here');
});

test('a diff shows changed lines with their context and line numbers', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
  assert.equal(unifiedDiff(before, before), []);
  assert.equal(unifiedDiff(before, [...before.slice(0, 4), 'new', ...before.slice(5)], 1), [
    '@@ -4,3 +4,3 @@',
    ' 4',
    '-5',
    '+new',
    ' 6',
  ]);
  assert.equal(unifiedDiff([], ['a', 'b']), ['@@ -0,0 +1,2 @@', '+a', '+b']);
  assert.equal(unifiedDiff(['a', 'x', 'b', 'c', 'd', 'y'], ['a', 'b', 'c', 'd'], 0), [
    '@@ -2 +1,0 @@',
    '-x',
    '@@ -6 +4,0 @@',
    '-y',
  ]);
});

test('objects are compared as YAML with sorted keys', () => {
  const object = (image: string) => ({
    kind: 'Deployment',
    spec: { template: { image }, replicas: 2 },
    apiVersion: 'apps/v1',
  });
  assert.equal(diffObjects(object('a'), object('b'), 0), ['@@ -6 +6 @@', '-    image: a', '+    image: b']);
  assert.ok(changesPods(object('a'), object('b')));
  assert.not.ok(changesPods(object('a'), { ...object('a'), metadata: { labels: { a: 'b' } } }));
});

test('differing places are named by what identifies an item', () => {
  const env = (value: string) => ({
    containers: [
      {
        name: 'main',
        env: [
          { name: 'A', value },
          { name: 'B', value: '1' },
        ],
      },
    ],
  });
  assert.equal(leafChanges(env('1'), env('2')), [
    {
      path: ['containers', '[main]', 'env', '[A]'],
      before: { name: 'A', value: '1' },
      after: { name: 'A', value: '2' },
    },
  ]);
  assert.equal(leafChanges({ a: [1, 2] }, { a: [2, 1] }), [{ path: ['a'], before: [1, 2], after: [2, 1] }]);
  const list = [{ name: 'x' }, { name: 'y' }];
  assert.equal(leafChanges({ items: list }, { items: [...list].reverse() }), [
    { path: ['items', '(order)'], before: 'x, y', after: 'y, x' },
  ]);
  assert.equal(leafChanges({ a: 1 }, { a: 1 }), []);
});

test.run();
