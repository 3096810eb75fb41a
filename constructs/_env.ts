import type { EnvVariable } from '../compiler/model/resolved-instance.ts';
import { oncePerShared, share } from '../compiler/model/shared-part.ts';
import type { EnvVar } from './_plain.ts';

/** One entry of a container's `env`. */
export const envVar = oncePerShared((variable: EnvVariable): EnvVar => {
  const { name } = variable;
  if ('fieldPath' in variable) return { name, valueFrom: { fieldRef: { fieldPath: variable.fieldPath } } };
  if ('value' in variable) return { name, value: variable.value };
  const secretKeyRef = { key: variable.secretKey, name: variable.secretName, optional: false };
  return { name, valueFrom: { secretKeyRef } };
});

const POD_VARIABLES: readonly EnvVariable[] = share([
  { name: 'PAASTA_POD_IP', fieldPath: 'status.podIP' },
  { name: 'POD_NAME', fieldPath: 'metadata.name' },
  { name: 'PAASTA_HOST', fieldPath: 'spec.nodeName' },
  { name: 'PAASTA_CLUSTER', fieldPath: "metadata.labels['paasta.yelp.com/cluster']" },
]);

/** What every container is told about its pod; last in the main container's list (PaaSTA: `get_kubernetes_environment`). */
export const POD_ENV = POD_VARIABLES.map(envVar);
