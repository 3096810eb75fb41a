/** The fast reader of our own files gives what a YAML reader gives, or nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readEmitted } from '../compiler/emit/read-emitted.ts';
import { emitDocuments } from '../compiler/emit/yaml.ts';
import { HEADER } from '../compiler/model/rendered-file.ts';
import { NASTY_STRINGS } from './support/nasty-strings.ts';
import { ROOT } from './support/run-cli.ts';

const byYaml = (text: string): unknown => loadAll(text, { schema: YAML11_SCHEMA });

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...NASTY_STRINGS),
  fc.stringMatching(/^[a-z \n|-]{0,20}$/),
);
const key = fc.oneof(fc.string(), fc.constantFrom('name', 'yes', '1', 'a.b/c')).filter((one) => one !== '__proto__');
const { map } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    fc.boolean(),
    tie('map'),
    tie('list'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));

test('what it reads is what a YAML reader reads', () => {
  let read = 0;
  let total = 0;
  fc.assert(
    fc.property(fc.array(map, { minLength: 1, maxLength: 3 }), (documents) => {
      const emitted = emitDocuments(documents);
      const fast = readEmitted(emitted);
      total++;
      if (fast === null) return;
      read++;
      assert.equal(fast, byYaml(emitted));
    }),
    { seed: 7, numRuns: 3000 },
  );
  assert.ok(read > total * 0.7, `${read} of ${total}`);
});

test('every file of the example is read, as by a YAML reader', () => {
  const root = join(ROOT, 'dist/clusters');
  const files = (readdirSync(root, { recursive: true }) as string[]).filter(
    (path) => path.endsWith('.yaml') && !path.endsWith('kustomization.yaml'),
  );
  assert.ok(files.length > 20);
  for (const path of files) {
    const content = readFileSync(join(root, path), 'utf8');
    assert.equal(readEmitted(content), byYaml(content), path);
  }
});

test('a file of any other form is left to a YAML reader', () => {
  const bodies = [
    ...[
      'a: b # comment\n',
      'a: &x 1\nb: *x\n',
      "a: 'b'\n",
      'a: >\n  b\n',
      'a: 0777\n',
      'a: 1_000\n',
      'a: yes\n',
      'a:\n',
    ],
    ...[
      'a: ~\n',
      'a:  b\n',
      'a: b\na: c\n',
      '? a\n: b\n',
      '<<: {}\n',
      'a: {b: c}\n',
      'a: [1]\n',
      'a:\n    b: c\n',
      '\ta: b\n',
    ],
    ...['a: b', '__proto__: {}\n', 'a: 12345678901234567890\n', 'a:\n- b\n c\n', 'a: b c\n', '--- \na: b\n', ''],
  ];
  for (const body of bodies) assert.is(readEmitted(`${HEADER}\n${body}`), null, JSON.stringify(body));
  assert.is(readEmitted('a: b\n'), null, 'no header');
});

test.run();
