import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VERBS } from '../cli/verbs.ts';
import { exampleCompany } from './support/example-company.ts';
import { tempDir } from './support/git-repository.ts';
import { PROGRAM } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

const company = exampleCompany('completion', 'clusters: {north-prod: {context: p}}\n');

async function candidates(...words: readonly string[]): Promise<readonly string[]> {
  const { status, out, err } = await company.call('completion', 'candidates', '--', ...words);
  assert.is(status, 0, err);
  return out.split('\n').slice(0, -1);
}

test('verbs, their words, flags and choices come from the table of verbs', async () => {
  assert.equal(await candidates(''), Object.keys(VERBS).sort());
  assert.equal(await candidates('va'), ['validate']);
  assert.equal(await candidates('list', ''), ['clusters', 'instances', 'services']);
  assert.equal(await candidates('list', 'services', '--ty'), ['--type']);
  assert.equal(await candidates('review', '-o', ''), ['html', 'json', 'markdown', 'text']);
  assert.equal(await candidates('review', '--format', 'm'), ['markdown']);
  assert.equal(await candidates('synth', '--out', ''), [], 'files are for the shell');
  assert.equal(await candidates('nonsense', ''), []);
});

test('services, instances and clusters come from the tree, in every way of writing a flag', async () => {
  assert.equal(await candidates('synth', '-s', 'ca'), ['cart_api', 'catalog']);
  assert.equal(await candidates('synth', '--service=ca'), ['--service=cart_api', '--service=catalog']);
  assert.equal(await candidates('synth', '--service', '=', 'ca'), ['cart_api', 'catalog']);
  assert.equal(await candidates('synth', '--service', '='), await candidates('synth', '-s', ''));
  assert.equal(await candidates('synth', '-c', ''), ['north-prod', 'north-stage']);
  assert.equal(await candidates('synth', '-s', 'shopfront', '-i', ''), ['canary', 'main']);
  assert.equal(await candidates('synth', '--service=shopfront', '--instance', 'c'), ['canary']);
  assert.equal(await candidates('synth', '--soa-dir', '/nonexistent', '-s', ''), []);
});

test('another shell is refused', async () => {
  const { status, err } = await company.call('completion', 'tcsh');
  assert.is(status, 2);
  assert.match(err, 'bash, zsh or fish');
});

const bin = join(tempDir('completion-bin'), 'bin');
mkdirSync(bin);
const launcher = `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`;
writeFileSync(join(bin, 'paasta-gitops'), launcher, { mode: 0o755 });

/** What a shell prints that has loaded the script. */
function inShell(shell: string, ...args: readonly string[]): string {
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: bin };
  const { stdout, stderr, status } = spawnSync(shell, args, { cwd: company.repository.dir, env, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout;
}

/** A way to complete a call in each shell. */
const SHELLS: Readonly<Record<string, (words: readonly string[]) => string>> = {
  bash: (words) =>
    inShell(
      ...(['bash', '--norc', '-c'] as const),
      `source <(paasta-gitops completion bash)
       complete -p paasta-gitops >/dev/null
       COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
       _paasta_gitops
       printf '%s\\n' "\${COMPREPLY[@]}"`,
      ...['bash', 'paasta-gitops', ...words],
    ),
  zsh: (words) =>
    inShell(
      ...(['zsh', '-f', '-c'] as const),
      `compdef() { true }; compadd() { print -l -- "\${found[@]}" }; _files() { true }
       source <(paasta-gitops completion zsh)
       words=("$@") CURRENT=$#
       _paasta_gitops`,
      ...['zsh', 'paasta-gitops', ...words],
    ),
  fish: (words) =>
    inShell(
      ...(['fish', '--no-config', '-c'] as const),
      `paasta-gitops completion fish | source; complete -C 'paasta-gitops ${words.join(' ')}'`,
    ),
};

for (const [shell, complete] of Object.entries(SHELLS)) {
  if (spawnSync(shell, ['--version']).status !== 0) {
    skipSuite(`completion in ${shell}`, `${shell} is missing`);
    continue;
  }
  test(`${shell} completes a verb, a flag and a service`, () => {
    assert.is(complete(['val']), 'validate\n');
    assert.is(complete(['review', '--remo']), '--removal-percent\n');
    assert.is(complete(['synth', '-s', 'ca']), 'cart_api\ncatalog\n');
  });
}

test.run();
