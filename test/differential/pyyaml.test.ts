import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson, parseYaml } from '../../compiler/load/yaml/index.ts';
import type { NonStringKey, SourceDocument } from '../../compiler/model/source-document.ts';
import { isInteger, isNumeric, pythonText, type YamlMap, type YamlValue } from '../../compiler/model/yaml-value.ts';
import { skipSuite } from '../support/skip.ts';
import { damagedDocument, indicatorSoup, typedScalar, yamlDocument } from '../support/yaml-texts.ts';
import { CORNERS, REFUSED } from './pyyaml-texts.ts';

/** A value with its Python types, as pyyaml-dump.py prints it; a mapping is a list of entries in order. */
type Typed = readonly [string, ...unknown[]];

const SEED = 20240611;
const dumper = fileURLToPath(new URL('pyyaml-dump.py', import.meta.url));
const golden = fileURLToPath(new URL('../golden', import.meta.url));
const candidates = [process.env['PAASTA_ORACLE_PYTHON'], 'python3'].filter((name) => name !== undefined && name !== '');
const python = candidates.find((name) => spawnSync(name!, ['-c', 'from yaml import CSafeLoader']).status === 0);

/** What Python makes of texts, one process for all. */
function theirs(texts: readonly string[], format: 'yaml' | 'json' = 'yaml'): readonly Typed[] {
  const input = texts.map((text) => `${Buffer.from(text).toString('base64')}\n`).join('');
  const run = spawnSync(python!, [dumper, format], { input, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(`pyyaml-dump.py ended with ${run.status}: ${run.stderr}`);
  return run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Typed);
}

function ours(text: string, format: 'yaml' | 'json' = 'yaml'): Typed {
  const parse = format === 'yaml' ? parseYaml : parseJson;
  const { document, diagnostics } = parse(Buffer.from(text), { root: 'soa', file: 'file' });
  if (document !== undefined) return typedOf(document);
  return ['error', diagnostics.find(({ severity }) => severity === 'error')?.code];
}

function typedOf(document: SourceDocument): Typed {
  const keys = new Map(document.nonStringKeys().map(({ path, type }) => [JSON.stringify(path), type]));
  const walk = (value: YamlValue, path: readonly (string | number)[]): Typed => {
    if (Array.isArray(value)) {
      return ['list', (value as readonly YamlValue[]).map((item, index) => walk(item, [...path, index]))];
    }
    if (typeof value !== 'object' || value === null || isNumeric(value)) return scalarOf(value);
    const entries = Object.entries(value as YamlMap).map(([key, item]) => {
      const at = [...path, key];
      return [keyOf(key, keys.get(JSON.stringify(at))), walk(item, at)];
    });
    return ['map', entries];
  };
  return walk(document.value, []);
}

function scalarOf(value: YamlValue): Typed {
  if (value === null) return ['null'];
  if (typeof value === 'boolean') return ['bool', value];
  if (isNumeric(value)) return [isInteger(value) ? 'int' : 'float', pythonText(value)];
  return ['str', value];
}

function keyOf(text: string, type: NonStringKey['type'] | undefined): Typed {
  if (type === undefined) return ['str', text];
  if (type === 'null') return ['null'];
  return type === 'bool' ? ['bool', text === 'True'] : [type, text];
}

/** Takes away what JavaScript cannot keep: the type of a date that is a value, and the order of keys that look like integers. */
function comparable(typed: Typed): unknown {
  if (typed[0] === 'date') return ['str', typed[1]];
  if (typed[0] === 'error') return ['error'];
  if (typed[0] === 'list') return ['list', (typed[1] as Typed[]).map(comparable)];
  if (typed[0] !== 'map') return typed;
  const entries = (typed[1] as [Typed, Typed][]).map(([key, value]) => [key, comparable(value)] as const);
  const isReordered = entries.some(([key]) => /^[0-9]+$/.test(String(key[1])));
  const order = (entry: readonly [Typed, unknown]) => JSON.stringify(entry[0]);
  return ['map', isReordered ? entries.sort((a, b) => (order(a) < order(b) ? -1 : 1)) : entries];
}

/** Compares a batch; gives how many texts both sides read. */
function compareAll(
  texts: readonly string[],
  mayRefuse: ReadonlySet<string> = new Set(),
  format: 'yaml' | 'json' = 'yaml',
): number {
  const expected = theirs(texts, format);
  assert.is(expected.length, texts.length);
  let read = 0;
  texts.forEach((text, index) => {
    const mine = ours(text, format);
    if (mine[0] === 'error' && mayRefuse.has(String(mine[1]))) return;
    if (mine[0] !== 'error') read++;
    assert.equal(comparable(mine), comparable(expected[index]!), `differs from Python: ${JSON.stringify(text)}`);
  });
  return read;
}

/** The codes of what is refused by intention: generated documents may meet them. */
const INTENDED = new Set(
  REFUSED.map(([, code]) => code).filter((code) => code !== 'yaml-syntax' && code !== 'yaml-bad-scalar'),
);

if (python === undefined) skipSuite('differential/pyyaml', 'no python3 has PyYAML with libyaml');
else {
  test('every corner of the syntax means what PyYAML makes of it', () => {
    assert.ok(compareAll(CORNERS) > CORNERS.length / 2);
  });

  test('what we refuse on purpose is read by PyYAML, and nothing else is in the table', () => {
    const expected = theirs(REFUSED.map(([text]) => text));
    REFUSED.forEach(([text, code], index) => {
      assert.equal(ours(text), ['error', code], text);
      assert.is.not(expected[index]![0], 'error', text);
    });
  });

  test('five thousand scalars have the same type and value, as values, keys and quoted under a tag', () => {
    const scalars = fc.sample(typedScalar, { numRuns: 5000, seed: SEED });
    const tags = ['!!int', '!!float', '!!bool', '!!timestamp', '!!null'];
    const texts = scalars.map((text, index) => {
      if (index % 5 === 0) return `{${text}: 1, ${scalars[index + 1] ?? 'x'}: 2}`;
      return index % 5 === 1 ? `${tags[index % 4]!} "${text}"` : `a: ${text}`;
    });
    assert.ok(compareAll(texts, new Set(['yaml-key-collision'])) > 3000);
  });

  test('a thousand documents with anchors, merges and every style have the same values in the same order', () => {
    const read = compareAll(fc.sample(yamlDocument, { numRuns: 1000, seed: SEED }), INTENDED);
    assert.ok(read > 600, `only ${read} were valid`);
  });

  test('damaged documents and indicators in any order are read or refused alike', () => {
    const damaged = fc.sample(damagedDocument, { numRuns: 2000, seed: SEED });
    const soup = fc.sample(indicatorSoup, { numRuns: 2000, seed: SEED });
    assert.ok(compareAll([...damaged, ...soup], INTENDED) > 1000);
  });

  test('every YAML file of the golden company has the same value', () => {
    const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
    const texts = files.map((file) => readFileSync(`${golden}/${file}`, 'utf8'));
    assert.ok(texts.length > 50);
    compareAll(texts);
  });

  test('JSON and damaged JSON are read or refused as by Python', () => {
    const json = fc.jsonValue({ noUnicodeString: false });
    const damage = fc.tuple(
      fc.nat(),
      fc.nat(2),
      fc.constantFrom(...'{}[],:"\\ \n\t0-1.eE+aNu/#', '', 'NaN', 'Infinity', '1e5'),
    );
    const damaged = fc.tuple(json, fc.option(damage)).map(([value, at]) => {
      const text = JSON.stringify(value);
      if (at === null) return text;
      const start = at[0] % (text.length + 1);
      return (text.slice(0, start) + at[2] + text.slice(start + at[1])).toWellFormed();
    });
    const texts = fc.sample(damaged, { numRuns: 3000, seed: SEED });
    assert.ok(compareAll(texts, new Set(['unsafe-key']), 'json') > 1000);
  });

  test.run();
}
