import { listPages } from '../cluster/list-pages.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
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
  const results = [];
  for (const instance of instances.filter(({ scaling }) => scaling.autoscaler !== null)) {
    const path = `/apis/autoscaling/v2/namespaces/${instance.namespace}/horizontalpodautoscalers/${instance.name}`;
    const autoscaler = await client.request({ method: 'GET', path, signal: checks.signal }).catch((error: unknown) => {
      if (error instanceof ApiFailure && error.kind === 'not-found') return null;
      throw error;
    });
    if (autoscaler === null || !isJsonMap(autoscaler.body)) continue;
    const { monitoring } = instance;
    const verdict = judgeAutoscaler(instance, autoscaler.body, monitoring.autoscalerAlerts);
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
  const results = [];
  for (const instance of instances) {
    const { service, monitoring, pod } = instance;
    const labelSelector = `paasta.yelp.com/service=${service},paasta.yelp.com/instance=${instance.instance}`;
    let kills = 0;
    const count = (found: JsonMap): void => void (kills += oomKills(found, since));
    const path = `/api/v1/namespaces/${instance.namespace}/pods`;
    await listPages(client, path, { labelSelector, signal }, count, () => (kills = 0));
    const verdict = judgeOomKills(instance, kills, monitoring.checksOomEvents, rules);
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
