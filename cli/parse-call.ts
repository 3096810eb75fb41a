import { nearest } from '../compiler/diagnostics/did-you-mean.ts';
import { UsageError, type OptionSpec, type OptionSpecs, type OptionValues } from './verb.ts';

/** Flags that every verb has. */
export const COMMON_OPTIONS: OptionSpecs = {
  help: { short: 'h', help: 'show this help' },
  config: { value: 'FILE', help: 'project file (default: paasta-gitops.yaml, found upwards to the git root)' },
};

/**
 * Splits arguments into flags and words: `--name value`, `--name=value`, `-x value`, `-xvalue`, `--no-name` for booleans that
 * have such a flag, `--` ends the flags. Throws UsageError that names the flag and the nearest right spelling.
 */
export function parseCall(
  args: readonly string[],
  specs: OptionSpecs,
): { values: OptionValues; words: readonly string[] } {
  const names = namesOf(specs);
  const values: Record<string, boolean | string | string[]> = {};
  const words: string[] = [];
  const queue = [...args];
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (arg === '--') {
      words.push(...queue);
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      words.push(arg);
      continue;
    }
    const [flag, inline] = splitFlag(arg);
    const name = names.get(flag);
    if (name === undefined) throw new UsageError(unknownFlag(flag, names));
    const spec = specs[name]!;
    if (spec.value === undefined) {
      if (inline !== undefined) throw new UsageError(`${flag} takes no value, found "${inline}"`);
      values[name] = true;
      continue;
    }
    const value = inline ?? queue.shift();
    // An empty one is mostly a variable that is not set, and would mean the working directory, or everything.
    if (value === undefined || value === '')
      throw new UsageError(`${flag} needs a value${value === '' ? ', found an empty one' : ''}: ${flag} ${spec.value}`);
    addValue(values, name, spec, flag, value);
  }
  return { values, words };
}

function addValue(
  values: Record<string, boolean | string | string[]>,
  name: string,
  spec: OptionSpec,
  flag: string,
  value: string,
): void {
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    const hint = nearest(value, spec.choices);
    const found = `${flag} is one of ${spec.choices.join(', ')}; found "${value}"`;
    throw new UsageError(hint === undefined ? found : `${found}. Did you mean "${hint}"?`);
  }
  const before = values[name];
  if (spec.multiple === true) {
    values[name] = Array.isArray(before) ? [...before, value] : [value];
  } else if (before !== undefined && before !== value) {
    throw new UsageError(`${flag} is given twice, as "${String(before)}" and "${value}"`);
  } else {
    values[name] = value;
  }
}

function namesOf(specs: OptionSpecs): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, spec] of Object.entries(specs)) {
    names.set(`--${name}`, name);
    if (spec.short !== undefined) names.set(`-${spec.short}`, name);
    for (const alias of spec.aliases ?? []) names.set(`--${alias}`, name);
  }
  return names;
}

function splitFlag(arg: string): [string, string | undefined] {
  if (arg.startsWith('--')) {
    const at = arg.indexOf('=');
    return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
  }
  return arg.length > 2 ? [arg.slice(0, 2), arg.slice(2)] : [arg, undefined];
}

function unknownFlag(flag: string, names: ReadonlyMap<string, string>): string {
  const hint = nearest(flag, [...names.keys()]);
  return hint === undefined ? `unknown option ${flag}` : `unknown option ${flag}. Did you mean ${hint}?`;
}
