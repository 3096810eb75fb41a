import { constraintMessage } from '../../../schemas/constraint-class.ts';
import type { ValidationError } from '../../../schemas/validator.ts';
import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { isMap, isNumeric, pythonText, PyFloat, toNumber, type YamlValue } from '../../model/yaml-value.ts';

const TYPES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  string: 'a text',
  array: 'a list',
  object: 'a map',
};

/** Longest part of a value that a message repeats. */
const MAX_SHOWN = 60;

/** What a broken constraint wanted, such as `a number above 0`. */
export function expectation({ keyword, params, parentSchema }: ValidationError): string {
  const limit = String(params['limit']);
  switch (keyword) {
    case 'type':
      return typesText(params['type']);
    case 'enum':
      return `one of ${(params['allowedValues'] as readonly unknown[]).map(String).join(', ')}`;
    case 'const':
      return String(params['allowedValue']);
    case 'minimum':
      return `at least ${limit}`;
    case 'maximum':
      return `at most ${limit}`;
    case 'exclusiveMinimum':
      return `more than ${limit}`;
    case 'multipleOf':
      return 'a whole number';
    case 'minLength':
      return limit === '1' ? 'a text that is not empty' : `at least ${limit} characters`;
    case 'maxLength':
      return `at most ${limit} characters`;
    case 'minItems':
      return limit === '1' ? 'at least one item' : `at least ${limit} items`;
    case 'maxItems':
    case 'items':
      return `at most ${limit} items`;
    case 'minProperties':
      return 'at least one key';
    case 'pattern':
      return `a text that matches ${String((parentSchema as { readonly pattern?: string }).pattern)}`;
    default:
      return 'another value';
  }
}

/** What was found, for a message. Never the value where it may be a secret. */
export function shownValue(value: YamlValue | undefined, isSecret = false): string {
  if (value === undefined) return 'unset';
  if (isMap(value)) return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === null) return 'null';
  if (isSecret) return isNumeric(value) ? 'a number' : typeof value === 'boolean' ? 'a boolean' : 'a text';
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return pythonText(value);
  const cut = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN - 3)}...` : value;
  return JSON.stringify(cut);
}

/** The sentence about a value that breaks a constraint. */
export function valueMessage(name: string, error: ValidationError, value: YamlValue | undefined, isSecret: boolean) {
  if (name === '' && value === null) return `the file is empty, expected ${expectation(error)}`;
  const subject = name === '' ? 'the file' : name;
  const given = constraintMessage(error);
  if (error.keyword === 'minProperties') return `${subject} is empty, expected at least one key`;
  if (given !== undefined) return `${subject} is ${shownValue(value, isSecret)}: ${given}`;
  return `${subject} is ${shownValue(value, isSecret)}, expected ${expectation(error)}`;
}

/** What to write instead, where that can be told; `written` is the value as it stands in the file, where it may be shown. */
export function valueHint(
  error: ValidationError,
  value: YamlValue | undefined,
  written: string | undefined,
): string | undefined {
  const { keyword, params } = error;
  const isFile = error.instancePath === '';
  if (keyword === 'enum' && typeof value === 'string') {
    return didYouMean(value, (params['allowedValues'] as readonly unknown[]).map(String)).hint;
  }
  if (keyword !== 'type') return undefined;
  const types = typesOf(params['type']);
  const wantsNumber = types.includes('number') || types.includes('integer');
  if (value === null) return isFile ? undefined : 'an explicit null does not mean the default: remove the key';
  if (wantsNumber && typeof value === 'string' && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value)) {
    return `write ${value} without quotes`;
  }
  if (wantsNumber && typeof value === 'string' && /^[+-]?\d{1,15}e\+?\d{1,2}$/i.test(value)) {
    return `write ${Number(value)}: to YAML, ${value} is a text`;
  }
  if (types.includes('integer') && value instanceof PyFloat && Number.isInteger(toNumber(value))) {
    return `write ${toNumber(value)}: PaaSTA tells a fraction from a whole number, even .0`;
  }
  if (types.includes('string') && (isNumeric(value) || typeof value === 'boolean')) {
    const meant = typeof value === 'boolean' ? String(value) : pythonText(value);
    const isSurprise = written !== undefined && written !== meant && written.length < MAX_SHOWN;
    return `put it in quotes${isSurprise ? `: to YAML, ${written} is ${meant}` : ''}`;
  }
  if (types.includes('boolean') && typeof value === 'string' && /^(?:true|false|yes|no|on|off)$/i.test(value)) {
    return 'write it without quotes';
  }
  return types.includes('array') && typeof value === 'string' ? 'write it as a list: [ ... ]' : undefined;
}

function typesText(type: unknown): string {
  return typesOf(type)
    .map((name) => TYPES[name] ?? name)
    .join(' or ');
}

function typesOf(type: unknown): readonly string[] {
  return Array.isArray(type) ? type.map(String) : String(type).split(',');
}
