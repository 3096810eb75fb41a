import type { EnvVariable } from './resolved-instance.ts';
import { share } from './shared-part.ts';

/** What every container is told about its pod; last in the main container's list. PaaSTA: `get_kubernetes_environment`. */
export const POD_VARIABLES: readonly EnvVariable[] = share([
  { name: 'PAASTA_POD_IP', fieldPath: 'status.podIP' },
  { name: 'POD_NAME', fieldPath: 'metadata.name' },
  { name: 'PAASTA_HOST', fieldPath: 'spec.nodeName' },
  { name: 'PAASTA_CLUSTER', fieldPath: "metadata.labels['paasta.yelp.com/cluster']" },
]);
