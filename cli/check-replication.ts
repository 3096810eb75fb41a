import { isSafeName } from '../compiler/model/names.ts';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import {
  DEFAULT_MESH_STATISTICS,
  type ExpectedReplicas,
  type ReplicationPath,
  type ReplicationThreshold,
} from '../compiler/model/monitoring.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { replicationEvent } from '../monitoring/events/instance-event.ts';
import { STATUS } from '../monitoring/events/sensu-event.ts';
import { checkReplication } from '../monitoring/replication/check-replication.ts';
import { fleetStatus, type FleetMember } from '../monitoring/replication/fleet-status.ts';
import { liveSource, whyNot } from '../monitoring/replication/live-source.ts';
import { CheckProblem, type ReplicationSource, type ReplicationTarget } from '../monitoring/replication/target.ts';
import { jobOf } from '../monitoring/replication/verdict.ts';
import { emit, numberOf, type CheckCall } from './check-call.ts';
import { clusterInstances } from './cluster-instances.ts';
import { safeText } from './safe-text.ts';
import { isOn, textOf, UsageError, type OptionValues } from './verb.ts';

/** The replication check of one instance, or of all instances of a cluster. */
export async function runReplicationCheck(checks: CheckCall): Promise<number> {
  const { values } = checks;
  const isStandalone = ['instances', 'max-instances'].some((flag) => textOf(values, flag) !== undefined);
  if (isStandalone) return checkFromFlags(checks);
  const choice = {
    cluster: textOf(values, 'cluster'),
    service: textOf(values, 'service'),
    instance: textOf(values, 'instance'),
  };
  if (choice.instance !== undefined && choice.service === undefined) throw new UsageError('-i needs -s SERVICE');
  const found = clusterInstances(checks.project, choice);
  if (choice.instance !== undefined) {
    const [instance] = found.instances;
    if (instance !== undefined) return checkOne(checks, targetOf(instance, values), { instance, config: found.config });
    const why = found.failed.length > 0 ? 'its configuration has errors' : 'nothing is deployed to it';
    if (found.failed.length > 0) throw new CheckProblem(`${choice.service!}.${choice.instance}: ${why}`);
    checks.io.out(`${choice.service!}.${choice.instance} is not checked: ${why}\n`);
    return STATUS.ok;
  }
  return checkAll(checks, found.config, found.instances, found.failed);
}

interface Known {
  readonly instance: ResolvedInstance;
  readonly config: ClusterConfig;
}

async function checkOne(checks: CheckCall, target: ReplicationTarget, known: Known | null): Promise<number> {
  const source = await sourceOf(checks, target.cluster, false);
  const verdict = await checkReplication(source, target);
  checks.io.out(`${lines(verdict.output)}\n`);
  const status = verdict.isCritical ? STATUS.critical : STATUS.ok;
  if (known === null) return status;
  const problem = await emit(checks, known.config, [replicationEvent(known.instance, verdict)]);
  if (problem !== null) throw new CheckProblem(problem);
  return status;
}

async function checkAll(
  checks: CheckCall,
  config: ClusterConfig,
  instances: readonly ResolvedInstance[],
  failed: readonly string[],
): Promise<number> {
  const { values, io } = checks;
  const source = await sourceOf(checks, config.cluster, true);
  const members: FleetMember[] = [];
  const events = [];
  const unknown = failed.map((job) => `${job}: its configuration has errors`);
  for (const instance of instances) {
    const target = targetOf(instance, values);
    const isInMesh = target.path.kind === 'discovery';
    try {
      const verdict = await checkReplication(source, target);
      members.push({ verdict, isInMesh });
      if (verdict.isCritical || isOn(values, 'verbose')) io.out(`${lines(verdict.output)}\n`);
      events.push(replicationEvent(instance, verdict));
    } catch (error) {
      if (checks.signal.aborted) throw error;
      members.push({ verdict: null, isInMesh });
      unknown.push(`${jobOf(target)}: ${whyNot(error)}`);
    }
  }
  for (const line of unknown) io.out(`UNKNOWN: ${safeText(line)}\n`);
  const unsent = await emit(checks, config, events);
  if (unsent !== null) io.out(`UNKNOWN: ${safeText(unsent)}\n`);
  const limits = { percent: numberOf(values, 'crit', 10), count: numberOf(values, 'min-count-critical', 5) };
  const { isCritical, underReplicated, total, percent } = fleetStatus(members, limits);
  const verdict = isCritical ? `past ${limits.percent} is critical` : 'of those in the mesh';
  io.out(`${percent}% of instances (${underReplicated}/${total}) are under replicated (${verdict})\n`);
  if (isCritical) return STATUS.critical;
  return unknown.length > 0 || unsent !== null ? STATUS.unknown : STATUS.ok;
}

async function checkFromFlags(checks: CheckCall): Promise<number> {
  const { values } = checks;
  if (isOn(values, 'emit')) throw new UsageError('--emit needs soa-configs: leave out --instances and --max-instances');
  const [service, instance, cluster] = ['service', 'instance', 'cluster'].map((flag) => required(values, flag)) as [
    ...[string, string, string],
  ];
  const target: ReplicationTarget = {
    ...{ service, instance, cluster },
    path: pathOf(values),
    threshold: thresholdOf(values) ?? { percent: 50, text: '50' },
    expected: expectedOf(values),
  };
  return checkOne(checks, target, null);
}

function targetOf(instance: ResolvedInstance, values: OptionValues): ReplicationTarget {
  const { service, cluster, monitoring } = instance;
  const { threshold, expected, path } = monitoring.replication;
  return {
    ...{ service, instance: instance.instance, cluster, expected },
    threshold: thresholdOf(values) ?? threshold,
    path: isOn(values, 'pods') ? { kind: 'pods' } : path,
  };
}

async function sourceOf(checks: CheckCall, cluster: string, isFleet: boolean): Promise<ReplicationSource> {
  const client = await checks.client(cluster);
  return liveSource({ client, signal: checks.signal, isFleet });
}

function pathOf(values: OptionValues): ReplicationPath {
  const locationLabel = textOf(values, 'location-label');
  if (locationLabel === undefined || isOn(values, 'pods')) return { kind: 'pods' };
  const statistics = {
    port: numberOf(values, 'synapse-port', DEFAULT_MESH_STATISTICS.port),
    urlFormat: textOf(values, 'synapse-url') ?? DEFAULT_MESH_STATISTICS.urlFormat,
  };
  return { kind: 'discovery', locationLabel, pool: textOf(values, 'pool') ?? 'default', statistics };
}

function expectedOf(values: OptionValues): ExpectedReplicas {
  if (textOf(values, 'instances') !== undefined) return { kind: 'fixed', instances: numberOf(values, 'instances', 1) };
  const max = numberOf(values, 'max-instances', 1);
  return { kind: 'autoscaled', min: numberOf(values, 'min-instances', 1), max };
}

function thresholdOf(values: OptionValues): ReplicationThreshold | undefined {
  const text = textOf(values, 'threshold');
  return text === undefined ? undefined : { percent: Math.trunc(numberOf(values, 'threshold', 50)), text };
}

function required(values: OptionValues, flag: string): string {
  const value = textOf(values, flag);
  if (value === undefined) throw new UsageError(`--${flag} is needed`);
  if (!isSafeName(value)) throw new UsageError(`--${flag} "${safeText(value)}" is no name`);
  return value;
}

/** The lines of an output, each safe to print, on one line. */
function lines(output: string): string {
  return output.split('\n').map(safeText).join('\n').trimEnd();
}
