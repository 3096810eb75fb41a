import {
  isInteger,
  isNumeric,
  PyFloat,
  pythonFloatText,
  toNumber,
  type YamlMap,
  type YamlValue,
} from '../compiler/model/yaml-value.ts';

/** Words of which a key takes one: another one of the same row is a legal value too. */
const CHOICES: readonly (readonly string[])[] = [
  ['start', 'stop'],
  ['crossover', 'brutal', 'upthendown', 'downthenup'],
  ['http', 'tcp', 'https', 'cmd'],
  ['RO', 'RW'],
  ['region', 'superregion', 'ecosystem', 'habitat'],
  ['IfHealthyBudget', 'AlwaysAllow'],
  ['OrderedReady', 'Parallel'],
  ['Always', 'OnRootMismatch'],
  ['Max', 'Min', 'Disabled'],
  ['Pods', 'Percent'],
  ['DoNotSchedule', 'ScheduleAnyway'],
  ['In', 'NotIn'],
  ['Exists', 'DoesNotExist'],
  ['Gt', 'Lt'],
  ['cpu', 'uwsgi', 'gunicorn', 'piscina', 'active-requests'],
  ['proportional', 'bespoke'],
  ['AverageValue', 'Value'],
  ['noop', 'hacheck'],
  ['aws', 'kiam'],
];

/** Other values of the same kind as one, as texts that mean the same in YAML and JSON; the likeliest to be legal first. */
export function otherValues(value: YamlValue): readonly string[] {
  if (typeof value === 'boolean') return [String(!value)];
  if (isInteger(value)) return [Number(value) + (value > 1000 ? 101 : 1), Math.max(0, Number(value) - 1)].map(String);
  if (isNumeric(value)) return [pythonFloatText(toNumber(value) * 0.9), pythonFloatText(toNumber(value) + 1)];
  if (typeof value === 'string') return otherTexts(value).map((text) => JSON.stringify(text));
  return [];
}

function otherTexts(value: string): readonly string[] {
  const words = CHOICES.filter((row) => row.includes(value))
    .flat()
    .filter((word) => word !== value);
  const counted = value.replace(/\d+/g, otherNumber);
  const isMeasure = /^\d+(?:\.\d+)?[A-Za-z%]{0,2}$/.test(value);
  return isMeasure ? [counted, `${value}x`] : [...words, `${counted}x`, `${value}x`];
}

/** Another number: the next one, or one that begins otherwise where it may be part of a digest, of which the beginning is shown. */
function otherNumber(digits: string): string {
  if (digits.length > 6) return `${(Number(digits[0]) % 9) + 1}${digits.slice(1)}`;
  return String(BigInt(digits) + 1n).padStart(digits.length, '0');
}

/** A value as flow YAML, which means the same to every reader. */
export function flowYaml(value: YamlValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof PyFloat) return yamlFloat(value.value);
  if (typeof value === 'number' && !Number.isInteger(value)) return yamlFloat(value);
  if (Array.isArray(value)) return `[${value.map((item: YamlValue) => flowYaml(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value as YamlMap).map(([key, inner]) => `${JSON.stringify(key)}: ${flowYaml(inner)}`);
  return `{${entries.join(', ')}}`;
}

function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  // YAML 1.1 wants a point before an exponent.
  return pythonFloatText(value).replace(/^(-?\d+)e/, '$1.0e');
}
