/** Whatever the input is, the validator answers with findings at places, in bounded time, and never fails itself. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classOf } from '../../cli/formats/finding-format.ts';
import { FORMATS } from '../../cli/formats/index.ts';
import { compareDiagnostics, type Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { CODES } from '../../compiler/validate/index.ts';
import { goldenReader } from '../support/golden-tree.ts';
import type { MemoryReader } from '../support/memory-reader.ts';
import { NASTY_STRINGS } from '../support/nasty-strings.ts';
import { validateTree } from '../support/validate.ts';
import { damagedDocument, indicatorSoup, yamlDocument } from '../support/yaml-texts.ts';

const OPTIONS = { seed: 20240612, numRuns: 150 };
const soa = goldenReader('soa-configs');
const system = goldenReader('etc-paasta');

/** Files below a folder that are read, by path. */
function filesOf(reader: MemoryReader, folder = ''): readonly string[] {
  const listing = reader.list(folder);
  if (listing.kind !== 'directory') return [];
  return listing.entries.flatMap(({ name, kind }) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    return kind === 'directory' ? filesOf(reader, path) : /\.(?:yaml|json)$/.test(name) ? [path] : [];
  });
}

const textOf = (reader: MemoryReader, path: string): string => {
  const file = reader.read(path);
  return file.kind === 'file' ? Buffer.from(file.bytes).toString('utf8') : '';
};

/** Values that no key expects, as flow YAML that is JSON too. */
const oddValue = fc.oneof(
  fc.constantFrom(
    ...[
      'null',
      'true',
      '0',
      '-1',
      '1.5',
      '1e400',
      '-0',
      '99999999999999999999',
      '[]',
      '{}',
      '[[]]',
      '[null]',
      '[{}]',
      '[1, "a"]',
    ],
    ...[
      '{"a": null}',
      '{"": ""}',
      '{"__proto__": {"x": 1}}',
      '{"constructor": 1, "toString": 2}',
      '{"a": {"a": {"a": []}}}',
    ],
    ...['"\\u0000"', '"../../x"', '"a.b.c.d.e"', '"SECRET("', '"{}"', '"%s"', '"100%"', '"-1"'],
  ),
  fc.constantFrom(...NASTY_STRINGS).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
);

/** One change to the lines of a file: a value replaced, a line dropped, doubled, moved or changed by a character. */
const change = fc.record({
  line: fc.nat(),
  odd: oddValue,
  kind: fc.constantFrom('value', 'value', 'value', 'drop', 'double', 'indent', 'join'),
});

function changed(text: string, changes: readonly { line: number; odd: string; kind: string }[]): string {
  const lines = text.split('\n');
  for (const { line, odd, kind } of changes) {
    const at = line % lines.length;
    const found = lines[at]!;
    if (kind === 'value')
      lines[at] = found.replace(/(:\s+|- )[^:]*?(,?)$/, (_, lead: string, comma: string) => `${lead}${odd}${comma}`);
    if (kind === 'drop') lines.splice(at, 1);
    if (kind === 'double') lines.splice(at, 0, found);
    if (kind === 'indent') lines[at] = ` ${found}`;
    if (kind === 'join') lines[at] = found.trimStart();
    if (lines.length === 0) return '';
  }
  return lines.join('\n');
}

/** Findings are sorted plain data at places, with known codes, and every format can print them. */
function checkFindings(found: readonly Diagnostic[], seen: string): void {
  for (const finding of found) {
    const { code, message, line, column, file } = finding;
    assert.ok(CODES.get(code)?.classes.includes(classOf(finding)), `${classOf(finding)} ${code}: ${message}`);
    assert.ok(message.length < 1000 && !message.includes('\n    at '), `${seen}: ${message.slice(0, 200)}`);
    assert.ok((line ?? 1) >= 1 && (column ?? 1) >= 1 && typeof file === 'string');
  }
  assert.equal([...found].sort(compareDiagnostics), found);
  const context = { version: '1', pathOf: ({ file }: Diagnostic) => file, descriptionOf: (code: string) => code };
  for (const format of Object.values(FORMATS)) format(found, context);
}

const services = [
  ...new Set(
    filesOf(soa)
      .filter((path) => path.includes('/'))
      .map((path) => path.split('/', 1)[0]!),
  ),
];
const soaFiles = filesOf(soa);
const systemFiles = filesOf(system);

/** Checks the golden company with one file replaced: that service, or everything for a shared file. */
async function checkWith(path: string, content: string): Promise<void> {
  const service = path.split('/', 1)[0]!;
  const scope =
    path.includes('/') && services.includes(service) && service !== '_shared' ? { services: [service] } : {};
  checkFindings(
    await validateTree(goldenReader('soa-configs', { [path]: content }), system, { scope }),
    `${path}\n${content}`,
  );
}

test('files of every kind with odd values and damaged lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...soaFiles), fc.array(change, { minLength: 1, maxLength: 4 }), (path, changes) =>
      checkWith(path, changed(textOf(soa, path), changes)),
    ),
    OPTIONS,
  );
});

test('files of every kind that hold anything', async () => {
  const anything = fc.oneof(
    yamlDocument,
    damagedDocument,
    indicatorSoup,
    oddValue,
    fc.string({ unit: 'binary', maxLength: 200 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...soaFiles), anything, (path, content) => checkWith(path, content)),
    OPTIONS,
  );
});

test('system configurations with odd values and damaged lines', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...systemFiles),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (path, changes) => {
        const content = changed(textOf(system, path), changes);
        const found = await validateTree(soa, goldenReader('etc-paasta', { [path]: content }), {
          scope: { services: ['basket'] },
        });
        checkFindings(found, `${path}\n${content}`);
      },
    ),
    OPTIONS,
  );
});

test.run();
