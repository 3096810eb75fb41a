import { isMap } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';

const BEGINNING = /^\s*(?:SHARED_)?SECRET\(/i;
const REFERENCE = /^(?:SHARED_)?SECRET\([A-Za-z0-9_-]*\)$/;

/** Text that begins like a secret reference is one; PaaSTA would pass it to the program as it stands. */
export const secretReferencesWellformed: InstanceRule = (view) => {
  const env = view.workload.keys.get('env');
  if (!isMap(env)) return [];
  return Object.keys(env).flatMap((variable) => {
    const value = env[variable];
    if (typeof value !== 'string' || !value.includes('(') || !BEGINNING.test(value) || REFERENCE.test(value)) return [];
    const message = `the value of ${variable} looks like a secret reference and is none: the program gets the text itself`;
    const hint =
      'write SECRET(name) or SHARED_SECRET(name), with letters, digits, _ and - in the name, as the whole value';
    return [aboutKey(view, ['env', variable], { class: 'policy', code: 'bad-secret-reference', message, hint })];
  });
};
