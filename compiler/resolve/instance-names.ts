import type { Facts } from './facts.ts';
import { checkedLabelValue, checkedObjectName, checkedPartName, isDnsLabel, isLabelValue } from './legal-names.ts';

/** Name of the sidecar container. */
export const HACHECK = 'hacheck';

/**
 * Name of the workload: `san(service)-san(instance)`. Service, instance and cluster become labels as they are, and the
 * instance a container name: what is wrong with one of them is reported once, and not again for names made from it.
 */
export function resolveApplicationName({ keys, service, instance, cluster, application, partName }: Facts): string {
  keys.noteSelf();
  const whole = keys.whole();
  checkedLabelValue(whole, 'the service name', service);
  checkedLabelValue(whole, 'the instance name', instance);
  checkedLabelValue(whole, 'the cluster name', cluster);
  if (!isLabelValue(service) || !isLabelValue(instance) || !isDnsLabel(partName)) return application;
  return checkedObjectName(whole, 'the workload', application);
}

/** Name of the main container: `san(instance)`. In the mesh it may not be that of a sidecar. */
export function resolveContainerName({ keys, instance, mesh, system, partName: name }: Facts): string {
  keys.noteSelf();
  if (isLabelValue(instance)) checkedPartName(keys.whole(), 'the main container', name);
  const isSidecars = name === HACHECK || (name === 'nerve' && system.get('smartstack').nerveMode === 'sidecar');
  if (isSidecars && mesh().isInMesh) {
    keys.whole().error('bad-part-name', `the main container and the sidecar would both be named ${name}`);
  }
  return name;
}
