import { isMap, type YamlValue } from '../../model/yaml-value.ts';
import type { MergedWorkload } from '../../model/instance-keys.ts';
import { ecosystemOf } from '../ecosystem.ts';
import { hasOverride, overrideHint } from '../override-comment.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { isAutoscaled, numberOf, registrationsOf } from '../settings.ts';
import { mapUnder, own, systemValue, type InstanceView } from '../view.ts';

/**
 * An eks instance in production has more than one replica, shares a registration with one that has, or says why not.
 * PaaSTA: `validate_single_replica_instances`, which looks at instances that are deployed.
 */
export const singleReplicaAcknowledged: InstanceRule = (view) => {
  const { workload } = view;
  if (workload.type !== 'eks' || !isProduction(view) || !isDeployed(view)) return [];
  const key = isAutoscaled(workload) ? 'min_instances' : 'instances';
  const isScalable = isAutoscaled(workload) && (numberOf(workload, 'max_instances') ?? 0) > 1;
  if (isScalable || (numberOf(workload, key) ?? 1) !== 1 || isCanary(view)) return [];
  const { file, instance } = workload;
  const settings = isMap(file.document?.value) ? own(file.document.value, instance) : undefined;
  const explicit = isMap(settings) ? own(settings, key) : undefined;
  if (explicit === undefined || explicit === null) {
    const message = 'the instance has one replica by default: nothing runs while its node is replaced';
    return [aboutKey(view, [], { class: 'info', code: 'single-replica', message, hint: `set ${key} to 2 or more` })];
  }
  if (hasOverride(workload, key, 'override-single-replica')) return [];
  const message = `${key} is 1 in production: nothing runs while its node is replaced`;
  const hint = `set it to 2 or more, or ${overrideHint('override-single-replica')}`;
  return [aboutKey(view, [key], { class: 'policy', code: 'single-replica', message, hint })];
};

function isProduction(view: InstanceView): boolean {
  const region = mapUnder(systemValue(view, 'kube_clusters'), view.workload.cluster)['yelp_region'];
  return typeof region === 'string' && ecosystemOf(view.service.shared.locationMapping, region) === 'prod';
}

function isDeployed({ service, workload }: InstanceView): boolean {
  const { deployments } = service.sources;
  const { deployGroup } = workload;
  return deployments.kind === 'read' && deployGroup !== null && Object.hasOwn(deployments.deployments, deployGroup);
}

/** Named like a canary, or beside an instance of the same registration that has more than one replica. */
function isCanary(view: InstanceView): boolean {
  const { service, workload } = view;
  const patterns = systemValue(view, 'common_canary_instance_names');
  const names = Array.isArray(patterns) ? (patterns as readonly YamlValue[]) : ['canary'];
  if (names.some((name) => typeof name === 'string' && workload.instance.includes(name))) return true;
  const registrations = new Set(registrationsOf(workload, service.sources.service));
  return service.instances
    .filter(
      (other) => other.type === 'eks' && other.cluster === workload.cluster && other.instance !== workload.instance,
    )
    .filter((other) => registrationsOf(other, service.sources.service).some((each) => registrations.has(each)))
    .some((other) => mostReplicas(other) > 1);
}

function mostReplicas(workload: MergedWorkload): number {
  return numberOf(workload, isAutoscaled(workload) ? 'max_instances' : 'instances') ?? 1;
}
