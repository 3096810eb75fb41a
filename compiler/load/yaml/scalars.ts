import type { YamlValue } from '../../model/yaml-value.ts';
import { pyYamlFloat, pyYamlInteger } from './numbers.ts';
import { IMPLICIT_TIMESTAMP, pythonTimestampText } from './timestamps.ts';

/** Tags of YAML 1.1 that PyYAML gives a plain scalar by its text, and the ones a document may write. */
export type ScalarTag = 'str' | 'int' | 'float' | 'bool' | 'null' | 'timestamp' | 'merge' | 'value';

/** Source of the patterns: PyYAML's implicit resolvers, written for YAML 1.1. */
const INTEGER =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Words that are not strings. `y` and `n` are: PyYAML leaves YAML 1.1's one-letter booleans out. */
const WORDS: ReadonlyMap<string, { readonly tag: ScalarTag; readonly value: YamlValue }> = new Map([
  ...words('null', null, ['', '~', 'null', 'Null', 'NULL']),
  ...words('bool', true, ['yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE']),
  ...words('bool', false, ['no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE']),
  ...words('merge', '<<', ['<<']),
  ...words('value', '=', ['=']),
]);

function words(tag: ScalarTag, value: YamlValue, texts: readonly string[]) {
  return texts.map((text) => [text, { tag, value }] as const);
}

const LONGEST_WORD = 5;

/** The type that PyYAML gives a plain scalar. */
export function implicitTag(text: string): ScalarTag {
  if (mayBeNumeric(text.charCodeAt(0))) return numericTag(text);
  return (text.length <= LONGEST_WORD ? WORDS.get(text)?.tag : undefined) ?? 'str';
}

/** Beyond this length the patterns are not tried: they could exhaust the stack. No such number is of use. */
const LONGEST_NUMBER = 10_000;
const LONG_NUMBER = /^(?:[-+.:_0-9]+|[-+]?0x[0-9a-fA-F_]+)$/;

function numericTag(text: string): ScalarTag {
  if (text.length > LONGEST_NUMBER) return LONG_NUMBER.test(text) ? 'int' : 'str';
  if (FLOAT.test(text)) return 'float';
  if (INTEGER.test(text)) return 'int';
  return IMPLICIT_TIMESTAMP.test(text) ? 'timestamp' : 'str';
}

/** Digits, `+`, `-` and `.`: the only beginnings of a number or a date. */
function mayBeNumeric(first: number): boolean {
  return first <= 0x39 && (first >= 0x30 || first === 0x2b || first === 0x2d || first === 0x2e);
}

/**
 * The value of a plain scalar whose type is told by its text alone; undefined for those that need a finding or are
 * special as a key: dates, `<<`, `=` and numbers Python cannot read.
 */
export function plainValue(text: string): YamlValue | undefined {
  const first = text.charCodeAt(0);
  if (mayBeNumeric(first)) return numericValue(text);
  if (text.length > LONGEST_WORD) return text;
  const word = WORDS.get(text);
  if (word === undefined) return text;
  return word.tag === 'merge' || word.tag === 'value' ? undefined : word.value;
}

function numericValue(text: string): YamlValue | undefined {
  const small = smallDecimal(text);
  if (small !== -1) return small;
  const tag = numericTag(text);
  return tag === 'str' ? text : tag === 'timestamp' ? undefined : taggedValue(tag, text);
}

/** A decimal of at most nine digits, which most numbers are; -1 for everything else. */
function smallDecimal(text: string): number {
  const { length } = text;
  if (length > 9) return -1;
  if (text.charCodeAt(0) === 0x30) return length === 1 ? 0 : -1;
  let value = 0;
  for (let index = 0; index < length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'true', 'on'].map((word) => [word, true] as const),
  ...['no', 'false', 'off'].map((word) => [word, false] as const),
]);

/** What PyYAML constructs from a scalar of a given tag, a timestamp as Python's text; undefined where it fails. */
export function taggedValue(tag: ScalarTag, text: string): YamlValue | undefined {
  switch (tag) {
    case 'str':
      return text;
    case 'null':
      return null;
    case 'bool':
      return BOOLEANS.get(text.toLowerCase());
    case 'int':
      return pyYamlInteger(text);
    case 'float':
      return pyYamlFloat(text);
    case 'timestamp':
      return pythonTimestampText(text);
    case 'merge':
    case 'value':
      return undefined;
  }
}
