import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type {
  ResolvedInstance,
  ResolvedMesh,
  ResolvedPod,
  TopologySpread,
} from '../compiler/model/resolved-instance.ts';
import { podAffinity } from './_affinity.ts';
import { hacheckContainer } from './_hacheck-container.ts';
import { instanceSelector, podAnnotations, podLabels } from './_labels.ts';
import { mainContainer } from './_main-container.ts';
import { nerveContainer, nerveVolumes } from './_nerve-container.ts';
import type { Container, Draft, LabelSelector, PodSpec, PodTemplateSpec, TopologySpreadConstraint } from './_plain.ts';
import { podVolumes } from './_volumes.ts';

/** Pod template of the workload; the config sha labels are added once the workload is final. */
export function podTemplate(instance: ResolvedInstance, asStored: boolean): PodTemplateSpec {
  return {
    metadata: { annotations: podAnnotations(instance), labels: podLabels(instance) },
    spec: podSpec(instance, asStored),
  };
}

/** `pod_defaults` of the system configuration, under everything that PaaSTA sets itself. */
export function podSpec(instance: ResolvedInstance, asStored = false): PodSpec {
  const { pod } = instance;
  const defaults = podDefaults(pod.defaults);
  const own = ownPodSpec(instance, defaults, asStored);
  return defaults === NO_DEFAULTS ? own : sorted({ ...defaults, ...own });
}

const NO_DEFAULTS: Partial<PodSpec> = {};

/** pod_defaults passes through as configured, only its first level has known keys; the account is the instance's own. */
function podDefaults(configured: ResolvedPod['defaults']): Partial<PodSpec> {
  for (const _ in configured) {
    const { serviceAccountName: _account, ...defaults } = configured as Partial<PodSpec>;
    return defaults;
  }
  return NO_DEFAULTS;
}

function ownPodSpec(instance: ResolvedInstance, defaults: Partial<PodSpec>, asStored: boolean): PodSpec {
  const { pod, mesh } = instance;
  const main = mainContainer(instance, asStored);
  const spec: Draft<PodSpec> = {};
  const affinity = podAffinity(pod.placement, defaults.affinity);
  if (affinity !== undefined) spec.affinity = affinity;
  spec.containers = mesh === null ? [main] : [main, ...meshContainers(instance, mesh, asStored)];
  spec.nodeSelector = pod.placement.nodeSelector;
  spec.restartPolicy = 'Always';
  if (pod.fsGroup !== null) spec.securityContext = podSecurityContext(pod.fsGroup);
  if (pod.serviceAccountName !== null) spec.serviceAccountName = pod.serviceAccountName;
  spec.shareProcessNamespace = true;
  if (pod.terminationGracePeriodSeconds !== null)
    spec.terminationGracePeriodSeconds = pod.terminationGracePeriodSeconds;
  const spread = topologySpread(instance, defaults.topologySpreadConstraints);
  if (spread.length > 0) spec.topologySpreadConstraints = spread;
  const volumes = podVolumes(pod);
  spec.volumes = mesh?.nerve ? [...volumes, ...nerveVolumes(instance.name, mesh.nerve)] : volumes;
  return spec as PodSpec;
}

function sorted<T extends object>(map: T): T {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => compareText(a, b))) as T;
}

/** hacheck, and nerve where each pod registers itself. */
function meshContainers(instance: ResolvedInstance, mesh: ResolvedMesh, asStored: boolean): readonly Container[] {
  const hacheck = hacheckContainer(instance, mesh.hacheck, asStored);
  return mesh.nerve === null ? [hacheck] : [hacheck, nerveContainer(mesh.nerve, asStored)];
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
  const { topologyKey, maxSkew, whenUnsatisfiable, matchLabelKeys } = spread;
  return matchLabelKeys === null
    ? { labelSelector, maxSkew, topologyKey, whenUnsatisfiable }
    : { labelSelector, matchLabelKeys, maxSkew, topologyKey, whenUnsatisfiable };
}
