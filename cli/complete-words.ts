import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createForeignCache, listServices, loadService, loadSystemConfig } from '../compiler/load/index.ts';
import type { Io } from './io.ts';
import { COMMON_OPTIONS } from './parse-call.ts';
import { loadProject } from './project.ts';
import type { OptionSpec, OptionSpecs, OptionValues, Verb } from './verb.ts';
import { loadVerb, VERB_NAMES } from './find-verb.ts';

/**
 * What may stand where a half-written call ends: verbs, a verb's words and flags, the choices of a flag, or names of the tree that
 * the call is about. The last of `words` is the one being written, which may be empty. Sorted; empty where files are meant.
 */
export async function candidatesFor(words: readonly string[], io: Io): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const [name, ...before] = words.slice(0, -1);
  if (name === undefined) return starting(VERB_NAMES, current);
  const verb = await loadVerb(name);
  if (verb === undefined) return [];
  const options = { ...COMMON_OPTIONS, ...verb.options };
  // Some shells give "--flag=value" as three words.
  const [text, flag] =
    current === '=' ? ['', before.at(-1)] : before.at(-1) === '=' ? [current, before.at(-2)] : [current, before.at(-1)];
  const inline = /^(--[a-z-]+)=(.*)$/.exec(text);
  if (inline !== null) {
    const found = optionOf(options, inline[1]!);
    const values = found === undefined ? [] : valuesOf(found, before, options, io);
    return starting(values, inline[2]!).map((value) => `${inline[1]!}=${value}`);
  }
  const asked = flag === undefined ? undefined : optionOf(options, flag);
  if (asked?.spec.value !== undefined) return starting(valuesOf(asked, before, options, io), text);
  return starting(text.startsWith('-') ? flagsOf(options) : wordsOf(verb), text);
}

interface Option {
  readonly name: string;
  readonly spec: OptionSpec;
}

function optionOf(options: OptionSpecs, flag: string): Option | undefined {
  const found = Object.entries(options).find(
    ([name, { short, aliases = [] }]) =>
      flag === `--${name}` || flag === `-${short ?? ''}` || aliases.some((alias) => flag === `--${alias}`),
  );
  return found && { name: found[0], spec: found[1] };
}

function flagsOf(options: OptionSpecs): readonly string[] {
  return Object.entries(options).flatMap(([name, { short }]) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
}

/** The first word that a verb takes, when its usage names what it may be: `list services|instances|clusters`. */
function wordsOf({ name, usage }: Verb): readonly string[] {
  const [first = ''] = usage.slice(name.length).trim().split(' ');
  return /^[a-z][a-z-]*(\|[a-z-]+)*$/.test(first) ? first.split('|') : [];
}

function valuesOf({ name, spec }: Option, before: readonly string[], options: OptionSpecs, io: Io): readonly string[] {
  if (spec.choices !== undefined) return spec.choices;
  if (!['service', 'instance', 'cluster'].includes(name)) return [];
  const values = treeFlags(before, options);
  const { project } = loadProject(values, io);
  const system = loadSystemConfig(createDiskReader(project.systemConfigDir));
  if (name === 'cluster') return [...system.universe, ...Object.keys(project.clusters)];
  const soa = createDiskReader(project.soaDir);
  if (name === 'service') return listServices(soa).services;
  const load = { clusters: new Set(system.universe), customPrefixes: new Set(system.customPrefixes) };
  const service = valueOf(before, options, 'service');
  if (service === undefined) return [];
  const { instanceFiles } = loadService(soa, service, { ...load, foreign: createForeignCache() });
  return instanceFiles.flatMap(({ instances }) => instances);
}

/** The flags of the call that say where the trees are. */
function treeFlags(before: readonly string[], options: OptionSpecs): OptionValues {
  const found = ['config', 'soa-dir', 'system-config-dir'].map(
    (name) => [name, valueOf(before, options, name)] as const,
  );
  return Object.fromEntries(found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** The value that an earlier word gives to a flag. */
function valueOf(before: readonly string[], options: OptionSpecs, name: string): string | undefined {
  const at = before.findLastIndex((word) => optionOf(options, word.split('=')[0]!)?.name === name);
  if (at < 0) return undefined;
  const [, inline] = before[at]!.split('=') as [string, string | undefined];
  return inline ?? (before[at + 1] === '=' ? before[at + 2] : before[at + 1]);
}

function starting(all: readonly string[], text: string): readonly string[] {
  return [...new Set(all.filter((each) => each.startsWith(text)))].sort(compareText);
}
