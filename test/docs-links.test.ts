/** Links between the Markdown pages lead somewhere, and every page can be found from the index. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from './support/run-cli.ts';

const pages = execFileSync('git', ['-C', ROOT, 'ls-files', '-co', '--exclude-standard', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter((page) => page !== '' && !page.startsWith('test/'));

/** A page's text without its fenced blocks and code spans. */
function proseOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
    .replace(/^( *)```[\s\S]*?^\1```$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''));
}

/** Targets of the links to files, relative to the repository's root, with the anchor if there is one. */
function linksIn(
  page: string,
): readonly { readonly text: string; readonly file: string; readonly anchor: string | undefined }[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((text) => {
      const [path, anchor] = text.split('#') as [string, string | undefined];
      return { text, file: path === '' ? page : join(dirname(page), path), anchor };
    });
}

/** The anchors of a page: of its headings, as GitHub names them, and those written as `<a id>`. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  const written = [...proseOf(page).matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!);
  return new Set([...headings, ...written]);
}

test('every link between pages leads to a file, and to a heading of it', () => {
  const broken = pages.flatMap((page) =>
    linksIn(page)
      .filter(
        ({ file, anchor }) =>
          !existsSync(join(ROOT, file)) ||
          (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor)),
      )
      .map(({ text }) => `${page}: ${text}`),
  );
  assert.equal(broken, []);
});

test('the index leads to every page of docs/', () => {
  const reached = new Set(['docs/README.md']);
  for (const page of reached) for (const { file } of linksIn(page)) if (/^docs\/.*\.md$/.test(file)) reached.add(file);
  const missed = pages.filter((page) => page.startsWith('docs/') && !reached.has(page));
  assert.equal(missed, []);
});

test.run();
