import { isMap } from '../../model/yaml-value.ts';
import { aboutFile, type ServiceRule } from '../rule.ts';

/** deployments.json controls instances that exist. */
export const deploymentsCurrent: ServiceRule = ({ sources }) => {
  const { service, deployments, instanceFiles } = sources;
  if (deployments.kind !== 'read') return [];
  const names = new Set(
    instanceFiles.flatMap(({ cluster, instances }) => instances.map((name) => `${cluster}.${name}`)),
  );
  const clusters = new Set(instanceFiles.filter(({ document }) => document !== null).map(({ cluster }) => cluster));
  const prefix = `${service}:`;
  const value = isMap(deployments.document.value) ? deployments.document.value : {};
  if (!isMap(value['v2'])) return [];
  return Object.keys(deployments.controls).flatMap((control) => {
    const name = control.startsWith(prefix) ? control.slice(prefix.length) : '';
    const cluster = [...clusters].find((each) => name.startsWith(`${each}.`));
    if (cluster === undefined || names.has(name)) return [];
    const message = `${control} is no instance in soa-configs any more`;
    const hint = 'it goes away when deployments.json is generated again';
    const text = { class: 'info', code: 'stale-deployment', message, hint } as const;
    return [aboutFile(deployments.document, ['v2', 'controls', control], { service, instances: [] }, text, 'key')];
  });
};
