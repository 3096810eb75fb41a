/** The commands in README.md and docs/ do what the text around them says. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { runFences, type Start } from './support/docs-shell.ts';
import { fencesOf, type Fence } from './support/fences.ts';
import { ROOT } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...(readdirSync(join(ROOT, 'docs'), { recursive: true }) as string[])
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`)
    .sort(),
];
const STARTS: Readonly<Record<string, Start>> = { 'README.md': 'project', 'docs/quick-start.md': 'nothing' };

/** Namespaces that a page finds in its cluster. */
const NAMESPACES: Readonly<Record<string, readonly string[]>> = {
  'docs/migrating-from-paasta.md': ['paastasvc-catalog'],
};

/** Languages of blocks without commands. */
const DATA = ['yaml', 'json', 'text', 'mermaid', 'js', 'ts'];
const hasCluster = controlPlaneAssets() !== undefined;

test('every block says what it is, and only those that are run hold commands', () => {
  for (const page of PAGES) {
    for (const { place, language, lines, notRun } of fencesOf(page)) {
      const isShell = language === 'sh' || language === 'console';
      assert.ok(
        isShell || DATA.includes(language),
        `${place}: "${language}" is none of sh, console, ${DATA.join(', ')}`,
      );
      assert.ok(isShell || notRun === null, `${place}: data is not run anyway`);
      const command = lines.find((line) => /^(\$ )?(paasta-gitops|kubectl|git|npm|npx|node) /.test(line));
      assert.ok(isShell || command === undefined, `${place}: commands stand in sh or console: ${command ?? ''}`);
      assert.not.ok(
        language === 'sh' && notRun === null && lines.some((line) => line.includes('&&')),
        `${place}: one command a line, so that none fails unseen`,
      );
    }
  }
});

test('the quick start is at a reviewed change after ten commands', () => {
  const commands = fencesOf('docs/quick-start.md')
    .flatMap(({ language, lines }) => (language === 'sh' ? lines : lines.filter((line) => line.startsWith('$ '))))
    .map((line) => line.replace('$ ', ''));
  assert.match(commands[9]!, /^paasta-gitops review /);
});

for (const page of PAGES) {
  const commands = fencesOf(page).filter(({ language, notRun }) => /^(sh|console)$/.test(language) && notRun === null);
  const isForCluster = commands.some(({ needsCluster }) => needsCluster);
  if (commands.length === 0) continue;
  if (isForCluster && !hasCluster)
    skipSuite(`docs-commands ${page}`, 'its blocks for a cluster need KUBEBUILDER_ASSETS');
  const runnable = commands.filter(({ needsCluster }) => !needsCluster || hasCluster);
  if (runnable.length === 0) continue;
  test(`the commands of ${page} end as they say and print what stands there`, async () => {
    const settings = fencesOf(page).filter(({ lines }) => lines[0] === '# paasta-gitops.yaml');
    let plane: ControlPlane | undefined;
    try {
      if (isForCluster && hasCluster) plane = await startControlPlane({ controllers: true, nodes: 3 });
      for (const name of NAMESPACES[page] ?? [])
        await plane?.request('POST', '/api/v1/namespaces', { metadata: { name } });
      const ran = await runFences(runnable, {
        start: STARTS[page] ?? 'company',
        settings: settings.map(({ lines }) => `${lines.join('\n')}\n`).join(''),
        ...(plane !== undefined && { plane }),
      });
      runnable.forEach((fence, at) => {
        const { output, statuses, commands } = ran[at]!;
        if (fence.language === 'console') assertPrinted(fence, commands);
        else assert.equal(statuses, fence.statuses, `${fence.place} printed\n${output}`);
      });
    } finally {
      await plane?.stop();
    }
  });
}

/** The text below each `$ ` line is what its command printed; `…` stands for any text, alone on a line for any lines. */
function assertPrinted({ place, lines }: Fence, commands: readonly string[]): void {
  const starts = lines.flatMap((line, at) => (line.startsWith('$ ') ? [at] : []));
  starts.forEach((start, at) => {
    const expected = lines.slice(start + 1, starts[at + 1]).map((line) => line.trimEnd());
    const pattern = expected
      .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(escape).join('.*')} *\n`))
      .join('');
    assert.match(commands[at]!, new RegExp(`^${pattern}$`), `${place}: ${lines[start]!}\n${commands[at]!}`);
  });
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

test.run();
