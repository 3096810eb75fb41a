import { VERB_NAMES } from './find-verb.ts';
import { COMMON_OPTIONS } from './parse-call.ts';
import type { OptionSpec, OptionSpecs, Verb } from './verb.ts';
import { VERB_GROUPS } from './verbs.ts';

/** The program's own help: every verb in one line. */
export function overview(): string {
  const width = Math.max(...VERB_NAMES.map((name) => name.length));
  return [
    'paasta-gitops: soa-configs in, reviewed Kubernetes manifests out.',
    '',
    'Usage: paasta-gitops VERB [options]',
    '',
    ...Object.entries(VERB_GROUPS).flatMap(([title, verbs]) => [
      `${title}:`,
      ...Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
      '',
    ]),
    'Run "paasta-gitops VERB --help" for the options of a verb.',
    '',
  ].join('\n');
}

/** Help of one verb: usage, what it does, its options. */
export function helpOf(verb: Verb): string {
  const options = optionRows({ ...verb.options, ...COMMON_OPTIONS });
  return `Usage: paasta-gitops ${verb.usage}\n\n${verb.description.trim()}\n\nOptions:\n${options}`;
}

function optionRows(specs: OptionSpecs): string {
  const rows = Object.entries(specs).map(([name, spec]) => [flags(name, spec), spec.help] as const);
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows
    .map(([left, help]) =>
      left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${help}` : `  ${left.padEnd(width)}  ${help}`,
    )
    .map((row) => `${row}\n`)
    .join('');
}

function flags(name: string, spec: OptionSpec): string {
  const long = spec.value === undefined ? `--${name}` : `--${name} ${spec.choices?.join('|') ?? spec.value}`;
  return spec.short === undefined ? `    ${long}` : `-${spec.short}, ${long}`;
}
