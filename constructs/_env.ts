import { POD_VARIABLES } from '../compiler/model/pod-variables.ts';
import type { EnvVariable } from '../compiler/model/resolved-instance.ts';
import { oncePerShared } from '../compiler/model/shared-part.ts';
import type { EnvVar } from './_plain.ts';

/** One entry of a container's `env`. */
export const envVar = oncePerShared((variable: EnvVariable): EnvVar => {
  const { name } = variable;
  if ('fieldPath' in variable) return { name, valueFrom: { fieldRef: { fieldPath: variable.fieldPath } } };
  if ('value' in variable) return { name, value: variable.value };
  const secretKeyRef = { key: variable.secretKey, name: variable.secretName, optional: false };
  return { name, valueFrom: { secretKeyRef } };
});

/** `POD_VARIABLES` as entries: resolving gives them to the main container, its sidecars have them from here. */
export const POD_ENV = POD_VARIABLES.map(envVar);
