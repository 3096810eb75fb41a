import type { ScalarTag } from './scalars.ts';

const YAML_PREFIX = 'tag:yaml.org,2002:';

/** Tag prefixes by handle, before any `%TAG` line. */
export const DEFAULT_HANDLES: ReadonlyMap<string, string> = new Map([
  ['', ''],
  ['!', '!'],
  ['!!', YAML_PREFIX],
]);

/** Name of a YAML 1.1 tag without its prefix (`int`), or the whole tag when it is another one (`!Ref`). */
export function tagName(prefix: string, suffix: string): string {
  const full = prefix + suffix;
  return full.startsWith(YAML_PREFIX) ? full.slice(YAML_PREFIX.length) : full;
}

const SCALAR_TAGS: ReadonlySet<string> = new Set<ScalarTag>([
  'str',
  'int',
  'float',
  'bool',
  'null',
  'timestamp',
  'merge',
  'value',
]);

export function isScalarTag(name: string): name is ScalarTag {
  return SCALAR_TAGS.has(name);
}

/** Tags that PyYAML gives Python types which no file of PaaSTA can hold. */
const PYTHON_ONLY = new Set(['binary', 'set', 'omap', 'pairs']);

/** Why a tag cannot be used, in one sentence with what to do. */
export function tagProblem(name: string, kind: 'scalar' | 'seq' | 'map'): { message: string; hint: string } {
  const kindWord = { scalar: 'a scalar', seq: 'a list', map: 'a mapping' }[kind];
  if (isScalarTag(name) || name === 'seq' || name === 'map') {
    return { message: `the tag !!${name} cannot stand before ${kindWord}`, hint: 'remove the tag' };
  }
  if (PYTHON_ONLY.has(name)) {
    return { message: `the tag !!${name} has no use in a PaaSTA file`, hint: 'write a plain list, mapping or string' };
  }
  return { message: 'this tag is unknown', hint: 'remove the tag, or quote the value if ! belongs to it' };
}
