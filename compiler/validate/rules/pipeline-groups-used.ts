import { compareText } from '../../diagnostics/diagnostic.ts';
import { aboutFile, type ServiceRule } from '../rule.ts';

/** Every deploy group of the pipeline has an instance, and an instance's group has a step that is not disabled. */
export const pipelineGroupsUsed: ServiceRule = ({ sources, pipeline, instances, hasAllClusters }) => {
  const { service, instanceFiles } = sources;
  const isComplete = hasAllClusters && instanceFiles.every(({ document }) => document !== null);
  const used = new Set(instances.map(({ deployGroup }) => deployGroup));
  const enabled = new Set(pipeline.filter((group) => !group.isDisabled).map(({ name }) => name));
  let others: ReadonlySet<string> | undefined;
  return pipeline.flatMap(({ name, isDisabled, document, path }) => {
    const text = JSON.stringify(name);
    if (used.has(name)) {
      if (!isDisabled || enabled.has(name)) return [];
      const message = `deploy group ${text} has instances, and its only step is disabled`;
      return [aboutFile(document, path, { service }, { class: 'warning', code: 'disabled-deploy-group', message })];
    }
    if (!isComplete) return [];
    others ??= groupsOfOtherTypes(instanceFiles);
    if (others.has(name)) return [];
    const message = `no instance has the deploy group ${text}: the step deploys nothing`;
    const known = [...used].filter((group) => group !== null).sort(compareText);
    const hint = known.length === 0 ? undefined : `groups of instances: ${known.join(', ')}`;
    return [aboutFile(document, path, { service }, { class: 'warning', code: 'unused-deploy-group', message, hint })];
  });
};

/** Groups that instances of types which are not compiled name: those count as used. */
function groupsOfOtherTypes(files: Parameters<ServiceRule>[0]['sources']['instanceFiles']): ReadonlySet<string> {
  const groups = new Set<string>();
  for (const { document, cluster, instances } of files) {
    const value = document?.value;
    if (typeof value !== 'object' || value === null) continue;
    for (const name of instances) groups.add(`${cluster}.${name}`);
    for (const settings of Object.values(value as Readonly<Record<string, unknown>>)) {
      const group = (settings as { readonly deploy_group?: unknown } | null)?.deploy_group;
      if (typeof group === 'string') groups.add(group);
    }
  }
  return groups;
}
