import * as compiled from '../../../lib/validators.js';
import { SCHEMA_KINDS } from '../../../schemas/kinds.ts';
import type { Validator } from '../../../schemas/validator.ts';

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

const BY_KIND: Readonly<Record<string, Validator>> = Object.fromEntries(
  SCHEMA_KINDS.map(({ kind, validator }) => [kind, (compiled as Readonly<Record<string, Validator>>)[validator]!]),
);

/** The precompiled validator of a kind; made by `npm run build`. */
export function validatorOf(kind: SchemaName): Validator {
  return BY_KIND[kind]!;
}
