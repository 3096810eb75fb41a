/** What an upgrade of the program does to pods that run: nothing that the changelog does not say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { POD_TEMPLATES_FILE, podTemplates } from '../scripts/pod-templates.ts';
import { ROOT } from './support/run-cli.ts';

test('no pod template differs from the one that was recorded', async () => {
  const recorded = JSON.parse(readFileSync(join(ROOT, POD_TEMPLATES_FILE), 'utf8')) as Readonly<Record<string, string>>;
  const rendered = await podTemplates();
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(rendered)])];
  const moved = names.filter((name) => recorded[name] !== rendered[name]);
  assert.ok(names.length > 50);
  assert.is(
    moved.join('\n'),
    '',
    `These pods restart when the program is upgraded. If that is meant, run "npx tsx scripts/pod-templates.ts" and end the entry in
CHANGELOG.md with "Restarts pods: yes (WHICH)."`,
  );
});

test('every entry of the changelog ends with whether it restarts pods, and which', () => {
  const text = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
  const entries = text.slice(text.indexOf('\n## ')).split(/\n- /).slice(1);
  assert.ok(entries.length > 5);
  for (const entry of entries) {
    const line = entry
      .split(/\n\n|\n#/)[0]!
      .replace(/\s+/g, ' ')
      .trim();
    assert.match(line, / Restarts pods: (no|yes \([^()]+\))\.$/, line);
  }
});

test.run();
