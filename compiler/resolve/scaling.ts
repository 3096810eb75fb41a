import type { ResolvedAutoscaler, ResolvedScaling } from '../model/resolved-instance.ts';
import type { Facts, Inputs } from './facts.ts';
import { readInteger } from './readers.ts';
import { resolveScaleDown } from './scale-down.ts';

/** Key `max_instances`: null when unset or null, and then the instance is not autoscaled. */
export function resolveMaxInstances({ keys }: Inputs): number | null {
  return readInteger(keys.field('max_instances'), { default: null, whenNull: null, min: 0 });
}

/**
 * Key `min_instances`, default 1; it counts only with `max_instances`, which it may not exceed. With a `max_instances` of 0 there is no
 * autoscaler, and PaaSTA runs `min_instances` once the workload is there: its `validate` alone refuses that.
 */
export function resolveMinInstances({ keys, maxInstances }: Facts): number {
  const field = keys.field('min_instances');
  const min = readInteger(field, { default: 1, min: 0 });
  const max = maxInstances();
  if (max !== null && max > 0 && min > max) {
    const hint = field.isSet ? undefined : 'min_instances is 1 unless set';
    const place = field.isSet ? field : keys.field('max_instances');
    place.error('min-above-max', `min_instances ${min} is more than max_instances ${max}`, hint);
  }
  return min;
}

/**
 * How many replicas run, and what decides it: an autoscaler when `max_instances` is set, else `instances` (1).
 * Stopped instances have none. Autoscaled instances that get no autoscaler (StatefulSets, `bespoke` decisions, a
 * limit of 0) run `min_instances`, at least 1 unless `max_instances` is 0.
 * PaaSTA: `get_desired_instances`, which reads the live count of autoscaled instances; a rendered tree cannot.
 */
export function resolveScaling(facts: Facts): ResolvedScaling {
  const { journal } = facts;
  const isAutoscaled = journal.member('scaling.isAutoscaled', isAutoscaledBy, facts);
  const autoscaler = journal.member('scaling.autoscaler', resolveAutoscaler, facts);
  const replicas = journal.member('scaling.replicas', () => resolveReplicas(facts, autoscaler !== null), facts);
  const providers = journal.member('scaling.providers', facts.providers, facts);
  return { isAutoscaled, replicas, autoscaler, providers };
}

function isAutoscaledBy({ maxInstances }: Facts): boolean {
  return maxInstances() !== null;
}

/** Whether deployments.json says `start`; any other state counts as stopped. */
function isStarted({ deployment }: Facts): boolean {
  deployment.controlField.at('desired_state').note('PaaSTA: desired_state start');
  return deployment.control.desiredState === 'start';
}

function resolveReplicas(facts: Facts, hasAutoscaler: boolean): number | null {
  const { keys, maxInstances } = facts;
  const isStopped = !isStarted(facts);
  if (maxInstances() === null) {
    const instances = readInteger(keys.field('instances'), { default: 1, min: 0 });
    return isStopped ? 0 : instances;
  }
  if (isStopped) return 0;
  return hasAutoscaler ? null : sizeWithoutAutoscaler(facts);
}

function sizeWithoutAutoscaler({ maxInstances, minInstances }: Facts): number {
  return maxInstances() === 0 ? minInstances() : Math.max(1, minInstances());
}

/** PaaSTA: `get_autoscaling_metric_spec`; a StatefulSet never gets one. */
function resolveAutoscaler(facts: Facts): ResolvedAutoscaler | null {
  const { keys, system, kind, minInstances, maxInstances, providers } = facts;
  const maxReplicas = maxInstances();
  if (maxReplicas === null) return null;
  const minReplicas = minInstances();
  if (!isStarted(facts) || kind() === 'StatefulSet' || providers()[0]!.decisionPolicy === 'bespoke') return null;
  if (minReplicas === 0 || maxReplicas === 0) {
    const replicas = sizeWithoutAutoscaler(facts);
    const runs = replicas === 1 ? 'one replica runs' : `${replicas} replicas run`;
    const [key, hint] =
      maxReplicas === 0
        ? (['max_instances', 'to stop for good, set instances: 0 without max_instances'] as const)
        : (['min_instances', 'set min_instances to at least 1'] as const);
    keys.field(key).warn('no-autoscaler', `a limit of 0 instances gives no autoscaler: ${runs}`, hint);
    return null;
  }
  if (minReplicas > maxReplicas) return null;
  return { minReplicas, maxReplicas, scaleDown: resolveScaleDown(facts), isPaused: system.get('autoscalingPaused') };
}
