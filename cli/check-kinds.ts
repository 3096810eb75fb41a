import { listPages } from '../cluster/list-pages.ts';
import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import {
  AUTOSCALER_CHECK,
  AUTOSCALER_REALERT_EVERY,
  AUTOSCALER_RUNBOOK,
  AUTOSCALER_TIP,
  judgeAutoscaler,
} from '../monitoring/autoscaler/judge-autoscaler.ts';
import { instanceEvent } from '../monitoring/events/instance-event.ts';
import { STATUS, type Status } from '../monitoring/events/sensu-event.ts';
import { judgeOomKills, OOM_CHECK, OOM_RUNBOOK, oomKills, oomTip } from '../monitoring/oom/oom-kills.ts';
import { jobLabels, jobSelector } from '../monitoring/job-labels.ts';
import { jobOf } from '../monitoring/replication/verdict.ts';
import { emit, numberOf, type CheckCall } from './check-call.ts';
import { clusterInstances, type ClusterInstances } from './cluster-instances.ts';
import { safeText } from './safe-text.ts';
import { isOn, textOf, UsageError } from './verb.ts';

/** The configuration of what is checked cannot be used. */
export class ConfigurationProblem extends Error {}

/** Whether the API server answers. PaaSTA: `check_kubernetes_api`, whose failure is a warning. */
export async function runApiCheck(checks: CheckCall): Promise<number> {
  const cluster = textOf(checks.values, 'cluster') ?? clusterInstances(checks.project, NOTHING).config.cluster;
  const client = await checks.client(cluster);
  await client.request({ method: 'GET', path: '/api/v1/namespaces?limit=1', signal: checks.signal });
  checks.io.out('API is ok\n');
  return STATUS.ok;
}

const NOTHING = { cluster: undefined, service: undefined, instance: undefined };

/** Autoscalers at their upper limit. PaaSTA: `check_autoscaler_max_instances`. */
export async function runAutoscalerCheck(checks: CheckCall): Promise<number> {
  const { config, instances } = chosen(checks);
  const client = await checks.client(config.cluster);
  const autoscaled = instances.filter(({ scaling }) => scaling.autoscaler !== null);
  const autoscalers = new Map<string, JsonMap>();
  const keep = (found: JsonMap): void => {
    const metadata = mapAt(found, 'metadata');
    autoscalers.set(`${String(metadata?.['namespace'])}/${String(metadata?.['name'])}`, found);
  };
  const collection = collectionOf('/apis/autoscaling/v2', 'horizontalpodautoscalers', autoscaled);
  await listPages(client, collection, { signal: checks.signal }, keep);
  const results = [];
  for (const instance of autoscaled) {
    const autoscaler = autoscalers.get(`${instance.namespace}/${instance.name}`);
    if (autoscaler === undefined) continue;
    const { monitoring } = instance;
    const verdict = judgeAutoscaler(instance, autoscaler, monitoring.autoscalerAlerts);
    const event = instanceEvent(instance, {
      check: AUTOSCALER_CHECK,
      ...verdict,
      description: monitoring.settings.description,
      runbook: AUTOSCALER_RUNBOOK,
      tip: AUTOSCALER_TIP,
      page: false,
      alertAfterSeconds: monitoring.timing.alertAfterSeconds,
      realertEvery: AUTOSCALER_REALERT_EVERY,
    });
    results.push({ ...verdict, event });
  }
  return finish(checks, config, results);
}

/** Containers that were killed for lack of memory, from the states of the pods' containers. PaaSTA: `check_oom_events`. */
export async function runOomCheck(checks: CheckCall): Promise<number> {
  const { values, signal } = checks;
  const { config, instances } = chosen(checks);
  const client = await checks.client(config.cluster);
  const minutes = numberOf(values, 'check-interval', 1);
  const rules = { minutes, threshold: numberOf(values, 'alert-threshold', 1) };
  const realertEvery = numberOf(values, 'realert-every', 1);
  const since = Date.now() - minutes * 60_000;
  const kills = new Map<string, number>();
  const count = (found: JsonMap): void => {
    const job = jobLabels(found);
    kills.set(job, (kills.get(job) ?? 0) + oomKills(found, since));
  };
  const labelSelector = jobSelector(textOf(values, 'service'), textOf(values, 'instance'));
  await listPages(client, collectionOf('/api/v1', 'pods', instances), { labelSelector, signal }, count, () => {
    kills.clear();
  });
  const results = [];
  for (const instance of instances) {
    const { monitoring, pod } = instance;
    const verdict = judgeOomKills(instance, kills.get(jobOf(instance)) ?? 0, monitoring.checksOomEvents, rules);
    if (verdict === null) continue;
    const event = instanceEvent(instance, {
      check: OOM_CHECK,
      ...verdict,
      description: monitoring.settings.description,
      runbook: OOM_RUNBOOK,
      tip: oomTip(pod.main.resources.limits['memory'] ?? null),
      ...{ page: false, alertAfterSeconds: 0, realertEvery },
    });
    results.push({ ...verdict, event });
  }
  return finish(checks, config, results);
}

/** The objects of a kind in the namespace of the instances, or everywhere when they have several. */
function collectionOf(group: string, plural: string, instances: readonly ResolvedInstance[]): string {
  const [namespace, ...others] = new Set(instances.map((instance) => instance.namespace));
  const isOne = namespace !== undefined && others.length === 0;
  return isOne ? `${group}/namespaces/${namespace}/${plural}` : `${group}/${plural}`;
}

/** The instances that the flags name; those with errors are named and count as unknown. */
function chosen({
  values,
  project,
  io,
}: CheckCall): ClusterInstances & { readonly instances: readonly ResolvedInstance[] } {
  const [cluster, service, instance] = ['cluster', 'service', 'instance'].map((flag) => textOf(values, flag));
  if (instance !== undefined && service === undefined) throw new UsageError('-i needs -s SERVICE');
  const found = clusterInstances(project, { cluster, service, instance });
  if (instance !== undefined && found.failed.length > 0) {
    throw new ConfigurationProblem(`the configuration of ${service!}.${instance} has errors`);
  }
  for (const job of found.failed) io.err(`${job} is not checked: its configuration has errors\n`);
  return found;
}

interface Result {
  readonly status: Status;
  readonly output: string;
  readonly event: ReturnType<typeof instanceEvent>;
}

/** Prints what is wrong, or all when few were asked for, sends the events, and gives the worst status. */
async function finish(
  checks: CheckCall,
  config: ClusterInstances['config'],
  results: readonly Result[],
): Promise<number> {
  const { values, io } = checks;
  const isAll = isOn(values, 'verbose') || textOf(values, 'instance') !== undefined;
  for (const { status, output } of results) if (isAll || status !== STATUS.ok) io.out(`${safeText(output)}\n`);
  const unsent = await emit(
    checks,
    config,
    results.map(({ event }) => event),
  );
  if (unsent !== null) throw new ConfigurationProblem(unsent);
  const bad = results.filter(({ status }) => status !== STATUS.ok);
  if (!isAll) io.out(`${results.length - bad.length} of ${results.length} checked instances are well\n`);
  if (bad.some(({ status }) => status === STATUS.critical)) return STATUS.critical;
  return bad.length > 0 ? STATUS.unknown : STATUS.ok;
}
