import { isMap } from '../../model/yaml-value.ts';
import { aboutFile, type ServiceRule } from '../rule.ts';

/** deployments.json controls instances that exist. */
export const deploymentsCurrent: ServiceRule = ({ sources }) => {
  const { service, deployments, instanceFiles } = sources;
  if (deployments.kind !== 'read') return [];
  const value = isMap(deployments.document.value) ? deployments.document.value : {};
  if (!isMap(value['v2'])) return [];
  const names = new Set<string>();
  const clusters = new Set<string>();
  for (const { cluster, instances, document } of instanceFiles) {
    for (const name of instances) names.add(`${service}:${cluster}.${name}`);
    if (document !== null) clusters.add(`${service}:${cluster}.`);
  }
  return Object.keys(deployments.controls).flatMap((control) => {
    if (names.has(control) || !isAmong(control, clusters)) return [];
    const message = `${control} is no instance in soa-configs any more`;
    const hint = 'it goes away when deployments.json is generated again';
    const text = { class: 'info', code: 'stale-deployment', message, hint } as const;
    return [aboutFile(deployments.document, ['v2', 'controls', control], { service, instances: [] }, text, 'key')];
  });
};

/** Whether a control is of one of the clusters, given as beginnings. */
function isAmong(control: string, clusters: ReadonlySet<string>): boolean {
  for (const beginning of clusters) if (control.startsWith(beginning)) return true;
  return false;
}
