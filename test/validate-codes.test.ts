/** The list of codes against what the program reports, and the documentation against the list. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CODES } from '../compiler/validate/index.ts';
import { withCodes } from '../scripts/generate-validation-docs.ts';
import { ROOT } from './support/run-cli.ts';

/** Ways in which a code stands in the source. */
const USES = [
  /\bcode: '([a-z0-9-]+)'/g,
  /\.(?:error|warn|info|policy)\(\s*'([a-z0-9]+(?:-[a-z0-9]+)+)'/g,
  /'(?:error|warning|info|policy)', '([a-z0-9]+(?:-[a-z0-9]+)+)'/g,
  /\bfinding\((?:\w+, )?'([a-z0-9]+(?:-[a-z0-9]+)+)'/g,
  /\bconst code = '([a-z0-9-]+)'/g,
];

/** Statuses of other things than findings about the input. */
const OTHER_CODES: ReadonlySet<string> = new Set([]);

const sources = ['compiler', 'delivery', 'cli'].flatMap((folder) =>
  (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .filter((path) => path.endsWith('.ts') && !path.endsWith('validate/codes.ts'))
    .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
);

test('every code that is reported is in the list', () => {
  const used = new Set(sources.flatMap((text) => USES.flatMap((use) => [...text.matchAll(use)].map((m) => m[1]!))));
  assert.ok(used.size > 80);
  assert.equal([...used].filter((code) => !CODES.has(code) && !OTHER_CODES.has(code)).sort(), []);
});

test('every code in the list is reported somewhere', () => {
  // Kinds of other things, and the keys of tables about them, are no reports.
  const reports = sources.map((text) => text.replaceAll(/\bkind: .*$/gm, '').replaceAll(/'[a-z-]+': \(/g, ''));
  const unused = [...CODES.keys()].filter((code) => !reports.some((text) => text.includes(`'${code}'`)));
  assert.equal(unused, []);
});

test('the documentation has every code with its class, meaning and fix', () => {
  const document = readFileSync(join(ROOT, 'docs/validation.md'), 'utf8');
  assert.is(withCodes(document), document, 'run npm run generate');
  for (const code of CODES.keys()) assert.match(document, `<a id="${code}"></a>`);
});

test('codes are kebab-case, and meanings and fixes are sentences', () => {
  for (const [code, { classes, meaning, fix }] of CODES) {
    assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)+$/);
    assert.ok(classes.length > 0 && classes.every((level) => ['error', 'policy', 'warning', 'info'].includes(level)));
    assert.match(meaning, /^\S.*\.$/);
    assert.match(fix, /^\S.*\S$/);
  }
});

test.run();
