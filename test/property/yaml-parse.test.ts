import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Path } from '../../compiler/diagnostics/diagnostic.ts';
import type { SourceDocument } from '../../compiler/model/source-document.ts';
import { parseJson, parseYaml, type ParseResult } from '../../compiler/load/yaml/index.ts';
import { isMap, isNumeric, toNumber, type YamlValue } from '../../compiler/model/yaml-value.ts';
import { damagedDocument, indicatorSoup, typedScalar, yamlDocument } from '../support/yaml-texts.ts';

const FILE = { root: 'soa', file: 'web/kubernetes-prod.yaml' } as const;
const OPTIONS = { seed: 20240611, numRuns: 1000 };

const anyText = fc.oneof(
  yamlDocument,
  damagedDocument,
  indicatorSoup,
  typedScalar,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

/** A result is a document without errors, or errors without a document, each at a place in the text. */
function checkResult({ document, diagnostics }: ParseResult, text: string | undefined): void {
  const hasErrors = diagnostics.some(({ severity }) => severity === 'error');
  assert.is(document === undefined, hasErrors);
  const lines = text?.split(/\r\n|\r|\n/);
  for (const { line, column, message } of diagnostics) {
    assert.ok(line !== undefined && column !== undefined && line >= 1 && column >= 1, message);
    if (lines !== undefined) assert.ok(line <= lines.length && column <= [...lines[line - 1]!].length + 1, message);
  }
}

/** Every path of a value, the values behind merges and aliases included. */
function pathsOf(value: YamlValue, path: Path = []): Path[] {
  if (Array.isArray(value)) {
    return [path, ...(value as readonly YamlValue[]).flatMap((item, index) => pathsOf(item, [...path, index]))];
  }
  if (!isMap(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

function valueAt(value: YamlValue, path: Path): YamlValue {
  let at = value;
  for (const step of path) at = (at as Record<string, YamlValue>)[step]!;
  return at;
}

function documentOf(text: string): SourceDocument {
  const { document } = parseYaml(text, FILE);
  fc.pre(document !== undefined);
  return document!;
}

/** The text of one line from column to column, as code points. */
function textAt(document: SourceDocument, path: Path): string | undefined {
  const span = document.locate(path);
  if (span === undefined || span.line !== span.endLine) return undefined;
  return [...document.lineText(span.line)].slice(span.column - 1, span.endColumn - 1).join('');
}

test('no text makes a parser throw, and every finding has a place in the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const lines = text.startsWith('\ufeff') ? text.slice(1) : text;
      checkResult(parseYaml(text, FILE), lines);
      checkResult(parseJson(text, FILE), lines);
    }),
    OPTIONS,
  );
});

test('no bytes make a parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      checkResult(parseYaml(bytes, FILE), undefined);
      checkResult(parseJson(bytes, FILE), undefined);
    }),
    OPTIONS,
  );
});

test('text and its bytes give the same', () => {
  fc.assert(
    fc.property(fc.oneof(yamlDocument, damagedDocument), (text) => {
      const fromText = parseYaml(text, FILE);
      const fromBytes = parseYaml(Buffer.from(text), FILE);
      assert.equal(fromBytes.diagnostics, fromText.diagnostics);
      assert.equal(fromBytes.document?.value, fromText.document?.value);
    }),
    OPTIONS,
  );
});

test('line breaks of every kind and a byte order mark change nothing', () => {
  fc.assert(
    fc.property(yamlDocument, (text) => {
      const unix = text.replaceAll(/\r\n?/g, '\n');
      const plain = parseYaml(unix, FILE);
      for (const other of [unix.replaceAll('\n', '\r\n'), unix.replaceAll('\n', '\r'), `\ufeff${unix}`]) {
        const { document, diagnostics } = parseYaml(other, FILE);
        assert.equal(diagnostics, plain.diagnostics);
        assert.equal(document?.value, plain.document?.value);
      }
    }),
    OPTIONS,
  );
});

test('everything in a value is found where it stands, and no path beyond it', () => {
  fc.assert(
    fc.property(yamlDocument, (text) => {
      const document = documentOf(text);
      const hasDuplicates = parseYaml(text, FILE).diagnostics.some(({ code }) => code === 'duplicate-key');
      for (const path of pathsOf(document.value)) {
        const span = document.locate(path);
        const origin = document.origin(path);
        assert.ok(span !== undefined && origin !== undefined, path.join('/'));
        assert.equal(origin!.span, span);
        assert.equal(document.locateNearest(path), { span, path });
        // A template under a key that is set again has no path of its own any more.
        if (origin!.via !== undefined && !hasDuplicates) assert.equal(document.locate(origin!.via), span);
        assert.is(document.locate([...path, 'no such key']), undefined);
        assert.equal(document.locateNearest([...path, 'no such key']).path, path);
      }
    }),
    OPTIONS,
  );
});

test('the text of a span means the value at its path', () => {
  let compared = 0;
  fc.assert(
    fc.property(yamlDocument, (text) => {
      const document = documentOf(text);
      for (const path of pathsOf(document.value)) {
        const value = valueAt(document.value, path);
        const found = textAt(document, path);
        // Tags stand before the span, aliases lead elsewhere, and a block's last line breaks are not in its span.
        if (found === undefined || text.includes('!') || /[*&]|^[|>]/.test(found) || isMap(value)) continue;
        assert.equal(parseYaml(found, FILE).document?.value, value, `${path.join('/')} of ${JSON.stringify(text)}`);
        compared++;
      }
    }),
    OPTIONS,
  );
  assert.ok(compared > 1000, `only ${compared} values were compared`);
});

test('JSON text means what JSON.parse makes of it, and everything in it is found', () => {
  const json = fc.jsonValue({ noUnicodeString: false }).filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const { document, diagnostics } = parseJson(text, FILE);
      assert.equal(diagnostics, []);
      assert.equal(withoutFloats(document!.value), JSON.parse(text));
      for (const path of pathsOf(document!.value)) {
        const found = textAt(document!, path);
        if (found !== undefined) assert.equal(withoutFloats(valueAt(document!.value, path)), JSON.parse(found));
      }
    }),
    OPTIONS,
  );
});

/** Numbers as JSON.parse gives them. */
function withoutFloats(value: YamlValue): unknown {
  if (Array.isArray(value)) return (value as readonly YamlValue[]).map(withoutFloats);
  if (isNumeric(value)) return toNumber(value);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutFloats(item)]));
}

test.run();
