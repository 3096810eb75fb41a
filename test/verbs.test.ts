/** The help of the verbs, and what the documentation says of their flags. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadVerb, VERB_NAMES } from '../cli/find-verb.ts';
import { helpOf } from '../cli/help.ts';
import { COMMON_OPTIONS, parseCall } from '../cli/parse-call.ts';
import type { Verb } from '../cli/verb.ts';
import { verbDocs } from '../scripts/generate-verb-docs.ts';
import { callCli } from './support/call-cli.ts';
import { ROOT } from './support/run-cli.ts';

const verbs = await Promise.all(VERB_NAMES.map(async (name) => ({ name, verb: (await loadVerb(name))! })));

/** Every spelling of every flag. */
function flagsOf({ options }: Verb): readonly string[] {
  return Object.entries({ ...COMMON_OPTIONS, ...options }).flatMap(([name, { short, aliases = [] }]) => [
    ...[name, ...aliases].map((long) => `--${long}`),
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
}

const flagsIn = (text: string): readonly string[] => text.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? [];

test('docs/verbs.md holds the help of every verb: npm run generate', async () => {
  assert.ok(readFileSync(join(ROOT, 'docs/verbs.md'), 'utf8') === (await verbDocs()), 'it is stale');
});

test('an empty value is none: an unset variable does not mean the working directory, or everything', () => {
  for (const { verb } of verbs) {
    for (const [name, { value }] of Object.entries({ ...COMMON_OPTIONS, ...verb.options })) {
      if (value === undefined) continue;
      for (const args of [[`--${name}`, ''], [`--${name}=`]])
        assert.throws(
          () => parseCall(args, { ...COMMON_OPTIONS, ...verb.options }),
          /needs a value, found an empty one/,
        );
    }
  }
});

test('no flag of a verb has two meanings, and its usage shows only flags that it has', () => {
  for (const { name, verb } of verbs) {
    const flags = flagsOf(verb);
    assert.is(new Set(flags).size, flags.length, name);
    assert.equal(
      flagsIn(verb.usage).filter((flag) => !flags.includes(flag)),
      [],
      name,
    );
  }
});

test('every verb says its exit statuses, that of wrong usage among them', () => {
  for (const { name, verb } of verbs) {
    const statuses = /Exit status: ([^]*)$/.exec(verb.description)?.[1] ?? '';
    assert.match(statuses, new RegExp(`\\b${verb.usageExit ?? 2}\\b`), name);
  }
});

test('the documentation gives verbs only flags that they have', () => {
  const pages = [
    'README.md',
    ...(readdirSync(join(ROOT, 'docs'), { recursive: true }) as string[]).map((page) => `docs/${page}`),
  ];
  const calls = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) => [...readFileSync(join(ROOT, page), 'utf8').matchAll(/paasta-gitops ([a-z-]+)( [^\n|`]*)/g)]);
  const known = calls.flatMap(([call, name, rest]) => {
    const verb = verbs.find((each) => each.name === name)?.verb;
    return verb === undefined ? [] : [{ call, flags: flagsOf(verb), used: flagsIn(rest!) }];
  });
  assert.ok(known.length > 80, `${known.length} calls were found`);
  for (const { call, flags, used } of known)
    for (const flag of used) assert.ok(flags.includes(flag), `${flag}: ${call}`);
});

test('help of a verb is its --help, and help of none is wrong usage', async () => {
  const help = helpOf(verbs[0]!.verb);
  for (const args of [
    ['help', 'synth'],
    ['synth', '--help'],
  ]) {
    assert.equal(await callCli(args, { cwd: ROOT }), { status: 0, stdout: help, stderr: '' });
  }
  for (const args of [['help', 'snyth'], ['snyth']]) {
    const { status, stderr } = await callCli(args, { cwd: ROOT });
    assert.is(status, 2);
    assert.match(stderr, 'unknown verb "snyth". Did you mean "synth"?');
  }
  assert.is((await callCli(['help', 'constructor'], { cwd: ROOT })).status, 2);
  assert.is((await callCli(['help'], { cwd: ROOT })).status, 0);
});

test.run();
