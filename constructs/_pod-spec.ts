import type { ResolvedInstance, ResolvedPod, TopologySpread } from '../compiler/model/resolved-instance.ts';
import { podAffinity } from './_affinity.ts';
import { hacheckContainer } from './_hacheck-container.ts';
import { instanceSelector, podAnnotations, podLabels } from './_labels.ts';
import { mainContainer } from './_main-container.ts';
import { nerveContainer, nerveVolumes } from './_nerve-container.ts';
import type { Container, LabelSelector, PodSpec, PodTemplateSpec, TopologySpreadConstraint } from './_plain.ts';
import { podVolumes } from './_volumes.ts';

/** Pod template of the workload; the config sha labels are added once the workload is final. */
export function podTemplate(instance: ResolvedInstance): PodTemplateSpec {
  return {
    metadata: { annotations: podAnnotations(instance), labels: podLabels(instance) },
    spec: podSpec(instance),
  };
}

/** `pod_defaults` of the system configuration, under everything that PaaSTA sets itself. */
export function podSpec(instance: ResolvedInstance): PodSpec {
  const { pod, mesh } = instance;
  // pod_defaults passes through as configured, only its first level has known keys.
  const { serviceAccountName: _, ...defaults } = pod.defaults as Partial<PodSpec>;
  const affinity = podAffinity(pod.placement, defaults.affinity);
  const spread = topologySpread(instance, defaults.topologySpreadConstraints);
  return {
    ...defaults,
    ...(pod.serviceAccountName !== null && { serviceAccountName: pod.serviceAccountName }),
    containers: [mainContainer(instance), ...meshContainers(instance)],
    shareProcessNamespace: true,
    nodeSelector: pod.placement.nodeSelector,
    restartPolicy: 'Always',
    volumes: [...podVolumes(pod), ...(mesh?.nerve ? nerveVolumes(instance.name, mesh.nerve) : [])],
    ...(affinity !== undefined && { affinity }),
    ...(spread.length > 0 && { topologySpreadConstraints: spread }),
    ...(pod.terminationGracePeriodSeconds !== null && {
      terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
    }),
    ...(pod.fsGroup !== null && { securityContext: podSecurityContext(pod.fsGroup) }),
  };
}

/** hacheck, and nerve where each pod registers itself. */
function meshContainers(instance: ResolvedInstance): readonly Container[] {
  const { mesh } = instance;
  if (mesh === null) return [];
  return [hacheckContainer(instance, mesh.hacheck), ...(mesh.nerve === null ? [] : [nerveContainer(mesh.nerve)])];
}

function podSecurityContext(fsGroup: NonNullable<ResolvedPod['fsGroup']>): NonNullable<PodSpec['securityContext']> {
  return {
    fsGroup: fsGroup.id,
    ...(fsGroup.changePolicy !== null && { fsGroupChangePolicy: fsGroup.changePolicy }),
  };
}

function topologySpread(
  instance: ResolvedInstance,
  defaults: readonly TopologySpreadConstraint[] = [],
): readonly TopologySpreadConstraint[] {
  const selector = instanceSelector(instance);
  return [...defaults, ...instance.pod.placement.topologySpread.map((spread) => spreadConstraint(spread, selector))];
}

function spreadConstraint(spread: TopologySpread, labelSelector: LabelSelector): TopologySpreadConstraint {
  return {
    labelSelector,
    topologyKey: spread.topologyKey,
    maxSkew: spread.maxSkew,
    whenUnsatisfiable: spread.whenUnsatisfiable,
    ...(spread.matchLabelKeys !== null && { matchLabelKeys: spread.matchLabelKeys }),
  };
}
