import type { NonStringKey } from '../../model/source-document.ts';
import { isNumeric, toNumber, type YamlMap, type YamlValue } from '../../model/yaml-value.ts';

export type KeyType = NonStringKey['type'] | 'str';

/** A mapping key: its Python text, its type, and what Python compares it by (`1`, `1.0` and `True` are one key). */
export interface Key {
  readonly text: string;
  readonly type: KeyType;
  readonly identity: string;
}

/** Keys of one mapping that are no strings. */
interface TypedKeysOfMap {
  readonly byText: Map<string, Key>;
  readonly byIdentity: Map<string, Key>;
}

/** Mappings that have keys of other types than string, with those keys. */
export type TypedKeys = Map<YamlMap, TypedKeysOfMap>;

/** Those of a document whose keys are all strings. */
export const NO_TYPED_KEYS: TypedKeys = new Map();

export type MutableMap = Record<string, YamlValue>;

/** A key made of a value that is no string, or of a date's text. */
export function typedKey(text: string, type: KeyType, value: YamlValue): Key {
  return { text, type, identity: identityOf(text, type, value) };
}

function identityOf(text: string, type: KeyType, value: YamlValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'bigint') return String(value);
  if (!isNumeric(value)) return `${type} ${text}`;
  const number = toNumber(value);
  return Number.isInteger(number) ? String(BigInt(number)) : String(number);
}

/**
 * Sets an entry as a Python dict does: an equal key keeps its first spelling and place and takes the new value.
 * Gives `collision` when a key of another type has the same text, which a JavaScript object cannot hold beside it.
 */
export function putEntry(
  map: MutableMap,
  typed: TypedKeys,
  key: Key,
  value: YamlValue,
): 'new' | 'replaced' | 'collision' {
  const keys = typed.get(map);
  const first = key.type === 'str' ? undefined : keys?.byIdentity.get(key.identity);
  const text = first?.text ?? key.text;
  const isPresent = Object.hasOwn(map, text);
  if (isPresent && first === undefined && (keys?.byText.get(text)?.type ?? 'str') !== key.type) return 'collision';
  map[text] = value;
  if (key.type !== 'str' && first === undefined) remember(typed, map, key);
  return isPresent ? 'replaced' : 'new';
}

function remember(typed: TypedKeys, map: MutableMap, key: Key): void {
  const keys = typed.get(map) ?? { byText: new Map(), byIdentity: new Map() };
  keys.byText.set(key.text, key);
  keys.byIdentity.set(key.identity, key);
  typed.set(map, keys);
}

/** The key under which a mapping holds a text, with its type. */
export function keyOf(map: YamlMap, typed: TypedKeys, text: string): Key {
  return typed.get(map)?.byText.get(text) ?? { text, type: 'str', identity: '' };
}
