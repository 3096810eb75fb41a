import type { EnvVariable } from '../compiler/model/resolved-instance.ts';
import type { EnvVar } from './_plain.ts';

/** What every container is told about its pod; last in its list (PaaSTA: `get_kubernetes_environment`). */
export const POD_ENV: readonly EnvVariable[] = [
  { name: 'PAASTA_POD_IP', fieldPath: 'status.podIP' },
  { name: 'POD_NAME', fieldPath: 'metadata.name' },
  { name: 'PAASTA_HOST', fieldPath: 'spec.nodeName' },
  { name: 'PAASTA_CLUSTER', fieldPath: "metadata.labels['paasta.yelp.com/cluster']" },
];

/** One entry of a container's `env`. */
export function envVar(variable: EnvVariable): EnvVar {
  const { name } = variable;
  if ('fieldPath' in variable) return { name, valueFrom: { fieldRef: { fieldPath: variable.fieldPath } } };
  if ('value' in variable) return { name, value: variable.value };
  const secretKeyRef = { key: variable.secretKey, name: variable.secretName, optional: false };
  return { name, valueFrom: { secretKeyRef } };
}
