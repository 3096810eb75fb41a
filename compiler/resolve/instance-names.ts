import { applicationName, sanitise } from '../model/names.ts';
import type { Facts } from './facts.ts';
import { checkedLabelValue, checkedObjectName, checkedPartName } from './legal-names.ts';

/** Name of the sidecar container. */
export const HACHECK = 'hacheck';

/** Name of the workload: `san(service)-san(instance)`; service, instance and cluster become labels as they are. */
export function resolveApplicationName({ keys, service, instance, cluster }: Facts): string {
  const whole = keys.whole();
  checkedLabelValue(whole, 'the service name', service);
  checkedLabelValue(whole, 'the instance name', instance);
  checkedLabelValue(whole, 'the cluster name', cluster);
  return checkedObjectName(whole, 'the workload', applicationName(service, instance));
}

/** Name of the main container: `san(instance)`. In the mesh it may not be that of the sidecar. */
export function resolveContainerName({ keys, instance, mesh }: Facts): string {
  const name = checkedPartName(keys.whole(), 'the main container', sanitise(instance));
  if (name === HACHECK && mesh().isInMesh) {
    keys.whole().error('bad-part-name', `the main container and the sidecar would both be named ${HACHECK}`);
  }
  return name;
}
