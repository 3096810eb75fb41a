import { schemas } from '../../../lib/schemas.mjs';
import { makeValidators } from '../../../lib/validators.mjs';
import type { JsonSchema } from '../../../schemas/json-schema.ts';
import { SCHEMA_KINDS } from '../../../schemas/kinds.ts';
import type { Validator } from '../../../schemas/validator.ts';
import { schemaTests, type Fits } from './fits.ts';

/** Name of a kind of file that has a schema (`schemas/<kind>.schema.json`). */
export type SchemaName =
  | 'kubernetes'
  | 'adhoc'
  | 'autotuned_defaults'
  | 'smartstack'
  | 'monitoring'
  | 'service'
  | 'deploy'
  | 'rollback'
  | 'dependencies'
  | 'authorization'
  | 'deployments'
  | 'system-config';

let validators: Readonly<Record<string, Validator>> | undefined;

/** The precompiled validator of a kind; made by `npm run build`. */
export function validatorOf(kind: SchemaName): Validator {
  validators ??= makeValidators();
  return validators[SCHEMA_KINDS.find((each) => each.kind === kind)!.validator]!;
}

const testOf = schemaTests((file) => JSON.parse(schemas[file]!) as JsonSchema);

const MADE = new Map<SchemaName, Fits>();

/** Whether a document, as YAML gives it, has no error of a kind. Where it has, `validatorOf` says which. */
export function fitsKind(kind: SchemaName): Fits {
  const made = MADE.get(kind) ?? testOf(`${kind}.schema.json`);
  MADE.set(kind, made);
  return made;
}
