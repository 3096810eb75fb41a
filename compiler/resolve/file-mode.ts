import type { Field } from './field.ts';
import { readInteger, shown } from './readers.ts';

const MAX_MODE = 0o777;

/**
 * A file mode: a string that begins with 0 is octal, a number stands as it is (YAML's own 0644 is octal already); null when
 * unset or null. PaaSTA: `mode_to_int`.
 */
export function readFileMode(field: Field): number | null {
  if (typeof field.value !== 'string')
    return readInteger(field, { default: null, whenNull: null, min: 0, max: MAX_MODE });
  field.note('');
  const mode = /^0[0-7]+$/.test(field.value) ? Number.parseInt(field.value, 8) : Infinity;
  if (mode <= MAX_MODE) return mode;
  const expected = 'octal digits after a leading 0, at most "0777"';
  field.error('bad-mode', `${field.name} is ${shown(field.value)}, expected ${expected}`, 'write "0440"');
  return null;
}
