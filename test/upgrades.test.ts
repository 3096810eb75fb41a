/** What an upgrade of the program does to pods that run: nothing that the changelog does not say. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { POD_TEMPLATES_FILE, podTemplates } from '../scripts/pod-templates.ts';
import type { CallResult } from './support/delivery-company.ts';
import { exampleCompany } from './support/example-company.ts';
import { PROGRAM, ROOT } from './support/run-cli.ts';

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

test('review --base-bin tells what another release renders differently, and refuses what it cannot use', async () => {
  const company = exampleCompany('base-bin');
  const other = join(company.repository.dir, '..', `${basename(company.repository.dir)}.sh`);
  const asOther = async (change: string): Promise<CallResult> => {
    // The same program, and what another release would have made of the output.
    const synth = `${JSON.stringify(process.execPath)} ${JSON.stringify(PROGRAM)} "$@" || exit`;
    writeFileSync(
      other,
      `#!/bin/sh\nfor at; do [ "$last" = --out ] && out=$at; last=$at; done\n${synth}\n${change}\n`,
      { mode: 0o755 },
    );
    return company.call('review', '--base-bin', other);
  };
  try {
    assert.match((await asOther('')).out, /-> working tree\nno change\n/);
    const file = '"$out/clusters/north-prod/paastasvc-catalog/catalog-main.yaml"';
    const changed = await asOther(`sed 's/memory: "4Gi"/memory: "3Gi"/' ${file} > "$out/x"; mv "$out/x" ${file}`);
    assert.is(changed.status, 0, changed.err);
    assert.match(changed.out, /~ catalog\.main .*restarts up to/);
    const newer = await asOther(`echo '{"version": 2}' > "$out/.paasta-gitops/north-prod.json"`);
    assert.is(newer.status, 6);
    assert.match(newer.err, 'writes layout 2, and this program knows 1');
    assert.match((await asOther('rm -r "$out/.paasta-gitops"')).err, '--base-bin rendered nothing');
    const narrowed = await company.call('review', '--base-bin', other, '--base', 'HEAD');
    assert.is(narrowed.status, 6);
    assert.match(narrowed.err, 'leave out --base');
  } finally {
    rmSync(other, { force: true });
  }
});

test.run();
