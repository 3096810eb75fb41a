/** Files made to hurt: each is refused with findings, in little time and memory, whatever the kind of the file. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from './support/run-cli.ts';
import { shopProject, writeFiles } from './support/shop-project.ts';
import { SHOP } from './support/validate.ts';

const MEGABYTE = 1_000_000;
/** Old space of the program, which a file of a megabyte that is copied a few hundred times would fill. */
const HEAP = '--max-old-space-size=300';
const SECONDS = 60;

/** Each level names the one before ten times. */
function laughs(levels: number, form: (aliases: string) => string): string {
  const lines = Array.from({ length: levels }, (_, level) => {
    const aliases = Array.from({ length: 10 }, () => `*l${level}`).join(', ');
    return `l${level + 1}: &l${level + 1} ${form(aliases)}\n`;
  });
  return `l0: &l0 {a: 1}\n${lines.join('')}`;
}

const FILES: Readonly<Record<string, string>> = {
  'aliases of aliases': laughs(9, (aliases) => `[${aliases}]`),
  'merges of merges': laughs(9, (aliases) => `{<<: [${aliases}]}`),
  'an alias inside what it means': 'main: &m {a: *m}\n',
  'deep flow lists': `main: ${'['.repeat(MEGABYTE / 2)}${']'.repeat(MEGABYTE / 2)}\n`,
  'deep block lists': `main:\n  ${'- '.repeat(MEGABYTE / 4)}x\n`,
  'deep maps': Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}k:\n`).join(''),
  'a million items': `main: [${'x,'.repeat(2 * MEGABYTE)}]\n`,
  'many keys': `main:\n${Array.from({ length: 150_000 }, (_, index) => `  k${index}: 1\n`).join('')}`,
  'a huge key': `? ${'k'.repeat(5 * MEGABYTE)}\n: 1\n`,
  'a huge text': `main:\n  cmd: ${'x'.repeat(11 * MEGABYTE)}\n`,
  'an open quote': `main: "${'\\\\'.repeat(MEGABYTE)}\n`,
  'keys of every object': '__proto__: {cpus: 1}\nmain: {__proto__: {cpus: 1}, constructor: {prototype: {x: 1}}}\n',
  'tags that make objects': 'main: !!python/object/apply:os.system ["id"]\nweb: !!js/function "x"\n',
  'numbers without end': `main:\n  cpus: ${'9'.repeat(MEGABYTE)}\n  mem: ${'1:'.repeat(MEGABYTE / 2)}1\n`,
  'names with control characters': '"\\u001b[2J\\u202e": {}\nmain: {"\\r\\n::error::x": 1}\n',
};

const PATHS = ['shop/kubernetes-norcal-prod.yaml', 'shop/smartstack.yaml', 'shop/deploy.yaml', 'shop/service.yaml'];

for (const [index, [name, text]] of Object.entries(FILES).entries()) {
  const path = PATHS[index % 2 === 0 ? 0 : (index >> 1) % PATHS.length]!;
  test(`${name}, in ${path}`, () => {
    const cwd = shopProject(SHOP);
    writeFiles(join(cwd, 'soa'), { [path]: text });
    const args = [HEAP, join(ROOT, 'lib/paasta-gitops.js'), 'validate'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      ...{ cwd, encoding: 'utf8', timeout: SECONDS * 1000, maxBuffer: 50 * MEGABYTE },
    });
    assert.is(status, 1, stderr.slice(0, 500));
    assert.is(stderr, '');
    assert.ok(stdout.includes(`soa/${path}`), stdout.slice(0, 500));
    assert.ok(stdout.length < MEGABYTE);
    assert.not.match(stdout, /^\s+at |[\u001b\u202e]|^::/m);
  });
}

test.run();
