import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson, parseYaml } from '../../compiler/load/yaml/index.ts';
import { compose } from '../../compiler/load/yaml/compose.ts';
import { DEFAULT_BUDGET } from '../../compiler/load/yaml/budget.ts';
import { Findings } from '../../compiler/load/yaml/findings.ts';
import { parseEvents } from '../../compiler/load/yaml/parser.ts';
import { type Place, PlaceRecorder } from '../../compiler/load/yaml/places.ts';
import { recordQuickly } from '../../compiler/load/yaml/quick-places.ts';
import { readQuickly } from '../../compiler/load/yaml/quick-reader.ts';
import { PyFloat, type YamlValue } from '../../compiler/model/yaml-value.ts';
import { CORNERS } from '../differential/pyyaml-texts.ts';
import { damagedDocument, indicatorSoup, typedScalar, yamlDocument } from '../support/yaml-texts.ts';

const FILE = { root: 'soa', file: 'web/kubernetes-prod.yaml' } as const;
const golden = fileURLToPath(new URL('../golden/paasta', import.meta.url));

/** A value with the order of its keys and the type of its numbers. */
function shown(value: YamlValue | undefined): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    return part instanceof PyFloat ? `float ${part.toString()}` : part;
  });
}

/** A place with what it leads to by its range, and all below it. */
function shownPlace(place: Place | undefined): unknown {
  if (place === undefined) return null;
  const { start, end, step, key, target, entries, items, merge } = place;
  return {
    ...{ start, end, step, key, target: target && [target.start, target.end] },
    entries: entries && [...entries].map(([name, entry]) => [name, shownPlace(entry)]),
    items: items?.map(shownPlace),
    merge: shownPlace(merge),
  };
}

function placesOf(recorder: PlaceRecorder): string {
  return JSON.stringify([recorder.scalars, shownPlace(recorder.root)]);
}

/** What the whole reader records. */
function wholePlaces(text: string): string {
  const recorder = new PlaceRecorder();
  compose(parseEvents(text, DEFAULT_BUDGET), new Findings(FILE, text), recorder);
  return placesOf(recorder);
}

/** Whether a text is read quickly; then the whole reader has the same value and places for it, and nothing to say. */
function isQuick(text: string): boolean {
  const quick = readQuickly(Buffer.from(text));
  if (quick === undefined) return false;
  const { document, diagnostics } = parseYaml(text, FILE);
  assert.equal(diagnostics, [], text);
  assert.is(shown(quick.value), shown(document?.value), text);
  assert.is(quick.text, document?.text);
  assert.is(placesOf(recordQuickly(text)), wholePlaces(text), text);
  assert.equal(document?.nonStringKeys(), []);
  return true;
}

function countQuick(texts: readonly string[]): number {
  return texts.filter((text) => isQuick(text.endsWith('\n') ? text : `${text}\n`)).length;
}

const line = fc
  .tuple(
    fc.constantFrom('', '  ', '    ', ' ', '- ', '  - ', '- - '),
    fc.constantFrom('a', 'b', 'c', '"d"', "'e'", 'f g', '<<', 'h', '1', 'yes', '&x i', '-j', 'toString'),
    fc.constantFrom(': ', ': ', ': ', ':', ' : ', ''),
    fc.oneof(
      fc.constantFrom('', 'v', '1', '0x1F', '1.0', '~', '[]', '{}', 'v # c', '#c', 'a b', 'a#b', 'a:b', "'q'#c", '- x'),
      fc.constantFrom('&x', '&y', '*x', '*y', '&x v', '&y {a: 2}', '[a, *x]', '[*x, *y]', '{a: *x, "b": [1, 2]}'),
      fc.constantFrom(
        '|',
        '>',
        '|-',
        '>+',
        '|2',
        '"q\\t"',
        '"x\n  y"',
        '[a,\n b]',
        '{a: 1,\nb: 2}',
        '[\n---\n]',
        '[a, ]',
      ),
      fc.constantFrom('{a, b}', '{a: }', '[a: b]', '{<<: *x}', '{a: 1}: b', '!t v', '? a', '@', 'x # y: z', '\tv', 'é'),
    ),
    fc.constantFrom('\n', '\n', '\n', '\n\n', '\n# c\n', '\n   # c\n', ' \n', '\n...\n'),
  )
  .map((parts) => parts.join(''));

test('lines of every kind in any order mean the same to both readers', () => {
  const texts = fc.sample(fc.array(line, { minLength: 1, maxLength: 5 }), { numRuns: 20_000, seed: 20261128 });
  assert.ok(countQuick(texts.map((lines) => lines.join(''))) > 1000);
});

test('corners, documents and damaged ones mean the same to both readers', () => {
  const sample = (text: fc.Arbitrary<string>) => fc.sample(text, { numRuns: 2000, seed: 20261128 });
  countQuick([...CORNERS, ...sample(yamlDocument), ...sample(damagedDocument)]);
  assert.ok(countQuick(sample(indicatorSoup)) > 50);
  assert.ok(countQuick(sample(typedScalar).map((text) => `a: ${text}`)) > 1000);
});

test('nearly every file of the golden company is read quickly', () => {
  const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  const texts = files.map((file) => readFileSync(`${golden}/${file}`, 'utf8'));
  assert.ok(texts.filter(isQuick).length > 0.98 * files.length);
});

test('what aliases expand to counts', () => {
  const levels = Array.from({ length: 7 }, (_, n) => `a${n}: &a${n} [${`*a${n - 1}, `.repeat(8)}*a${n - 1}]\n`);
  assert.is(isQuick(`a0: &a0 [x]\n${levels.slice(1, 6).join('')}`), true);
  assert.is(isQuick(`a0: &a0 [x]\n${levels.slice(1).join('')}`), false);
  const deep = (depth: number) => `a: &a ${'['.repeat(depth)}${']'.repeat(depth)}\nb: [*a]\n`;
  assert.is(isQuick(deep(98)), true);
  assert.is(isQuick(deep(99)), false);
});

test('JSON means the same to both readers, damaged or not', () => {
  const json = fc.oneof(
    fc.jsonValue({ noUnicodeString: false }),
    fc.object({ key: fc.constantFrom('a', 'b', '1', '__proto__'), values: [fc.constantFrom('x', null, true, '"')] }),
  );
  const piece = fc.constantFrom(...'{}[],:"\\ \n1.', '"a":', '"a":"b",', 'null', 'NaN', '"__proto__":[],', '1.0', '-0');
  const damaged = fc.tuple(json, fc.nat(), fc.nat(2), fc.option(piece)).map(([value, at, length, added]) => {
    const text = JSON.stringify(value);
    const start = at % (text.length + 1);
    return added === null ? text : text.slice(0, start) + added + text.slice(start + length);
  });
  for (const text of [
    ...fc.sample(damaged, { numRuns: 5000, seed: 20261128 }),
    '{"a":"1","a":"2"}',
    nested(100),
    nested(101),
  ]) {
    const quick = parseJson(Buffer.from(text), FILE);
    const whole = parseJson(Buffer.from(text), { ...FILE, budget: {} });
    assert.is(shown(quick.document?.value), shown(whole.document?.value), text);
    assert.equal(quick.diagnostics, whole.diagnostics, text);
  }
});

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

test.run();
