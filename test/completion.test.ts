import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VERB_NAMES } from '../cli/find-verb.ts';
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
  assert.equal(await candidates(''), [...VERB_NAMES].sort());
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
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: bin, TERM: 'xterm' };
  const options = { cwd: company.repository.dir, env, encoding: 'utf8', timeout: 60_000 } as const;
  const { stdout, stderr, status } = spawnSync(shell, args, options);
  assert.is(status, 0, stderr);
  return stdout;
}

/** An interactive zsh on a terminal of its own, in which TAB is pressed after the call. */
const ZSH = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT= RPROMPT=; autoload -Uz compinit; compinit -u -D; source <(paasta-gitops completion zsh)
compadd() { builtin compadd -O offered "$@"; builtin compadd "$@" }
show() { print -rl -- $offered > ~/offered; print sho\${:-wn} }; zle -N show; bindkey "^X^E" show
zle-line-init() { print rea\${:-dy} }; zle -N zle-line-init'
zpty -r shell output '*ready*'
zpty -w -n shell "$1"$'\\t\\x18\\x05'
zpty -r shell output '*shown*'
cat ~/offered`;

/** What each shell offers at the end of a call. */
const SHELLS: Readonly<Record<string, (call: string) => string>> = {
  bash: (call) =>
    inShell(
      ...(['bash', '--norc', '-c'] as const),
      `source <(paasta-gitops completion bash)
       complete -p paasta-gitops >/dev/null
       COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
       _paasta_gitops
       printf '%s\\n' "\${COMPREPLY[@]}"`,
      ...['bash', ...call.replaceAll('=', ' = ').split(' ')],
    ),
  zsh: (call) => inShell('zsh', '-f', '-c', ZSH, 'zsh', call),
  fish: (call) =>
    inShell('fish', '--no-config', '-c', 'paasta-gitops completion fish | source; complete -C $argv', '--', call),
};

for (const [shell, offers] of Object.entries(SHELLS)) {
  if (spawnSync(shell, ['--version']).status !== 0) {
    skipSuite(`completion in ${shell}`, `${shell} is missing`);
    continue;
  }
  const offered = (call: string): readonly string[] => offers(`paasta-gitops ${call}`).trim().split('\n');
  test(`${shell} completes verbs, their words, flags and names, in quotes too`, () => {
    assert.equal(offered('val'), ['validate']);
    assert.equal(offered('list '), ['clusters', 'instances', 'services']);
    assert.equal(offered('review --remo'), ['--removal-percent']);
    assert.equal(offered('synth -s ca'), ['cart_api', 'catalog']);
    assert.equal(offered('synth -s "shop'), ['shopfront']);
    assert.equal(offered('synth -s shopfront -i '), ['canary', 'main']);
  });
  test(`${shell} completes a value after =`, () => {
    const [service] = offered('synth --service=shop');
    assert.is(service!.replace('--service=', ''), 'shopfront');
  });
  // In bash it is readline that offers files.
  if (shell === 'bash') continue;
  test(`${shell} offers files where no names are meant`, () => {
    for (const call of ['synth --out soa', 'synth --out=soa']) {
      const [folder] = offered(call);
      assert.is(folder!.replace('--out=', '').replace('/', ''), 'soa-configs', call);
    }
  });
}

test.run();
