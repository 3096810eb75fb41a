import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { registrationLabelKey } from '../compiler/model/names.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { LabelSelector, StringMap } from './_plain.ts';

/** Labels that hold the config sha, on the workload and on its pod template. */
export const CONFIG_SHA_LABELS = ['yelp.com/paasta_config_sha', 'paasta.yelp.com/config_sha'] as const;

/** The immutable selector of a workload, its PDB and its spread constraints: service and instance, unsanitised. */
export function instanceSelector(instance: Pick<ResolvedInstance, 'service' | 'instance'>): LabelSelector {
  return {
    matchLabels: { 'paasta.yelp.com/instance': instance.instance, 'paasta.yelp.com/service': instance.service },
  };
}

/** Labels of a Deployment or StatefulSet, config sha aside. The `yelp.com/paasta_*` ones are PaaSTA's older spelling. */
export function workloadLabels(instance: ResolvedInstance): StringMap {
  return labelsOf(instance, false);
}

/** Labels of the pod template, config sha aside. */
export function podLabels(instance: ResolvedInstance): StringMap {
  return labelsOf(instance, true);
}

/** Sorted by name, as they are stored. */
function labelsOf(instance: ResolvedInstance, isPod: boolean): StringMap {
  const { mesh, version, pod } = instance;
  const { marks } = pod;
  const labels: Record<string, string> = {};
  if (isPod && marks.hasAwsLbReadinessGate) labels['elbv2.k8s.aws/pod-readiness-gate-inject'] = 'enabled';
  labels['paasta.yelp.com/autoscaled'] = String(instance.scaling.isAutoscaled);
  labels['paasta.yelp.com/cluster'] = instance.cluster;
  if (isPod) labels['paasta.yelp.com/deploy_group'] = instance.deployGroup;
  labels['paasta.yelp.com/git_sha'] = version.gitSha;
  if (version.imageVersion !== null) labels['paasta.yelp.com/image_version'] = version.imageVersion;
  labels['paasta.yelp.com/instance'] = instance.instance;
  labels['paasta.yelp.com/managed'] = 'true';
  labels['paasta.yelp.com/pool'] = marks.pool;
  if (marks.prometheusShard !== null) labels['paasta.yelp.com/prometheus_shard'] = marks.prometheusShard;
  if (isPod && marks.scrapesGunicorn) labels['paasta.yelp.com/scrape_gunicorn_prometheus'] = 'true';
  if (isPod && marks.scrapesPiscina) labels['paasta.yelp.com/scrape_piscina_prometheus'] = 'true';
  labels['paasta.yelp.com/service'] = instance.service;
  if (isPod && mesh !== null) labels['paasta.yelp.com/weight'] = String(mesh.weight);
  if (isPod && marks.hasRegistrationLabels) addRegistrations(labels, instance.registrations);
  if (isPod && marks.isIstioInjected) labels['sidecar.istio.io/inject'] = 'true';
  if (isPod && marks.costOwner !== null) labels['yelp.com/cost_owner'] = marks.costOwner;
  labels['yelp.com/owner'] = instance.labels.owner;
  labels['yelp.com/paasta_git_sha'] = version.gitSha;
  labels['yelp.com/paasta_instance'] = instance.instance;
  labels['yelp.com/paasta_service'] = instance.service;
  return labels;
}

function addRegistrations(labels: Record<string, string>, registrations: readonly string[]): void {
  const keys = registrations.map(registrationLabelKey);
  for (const key of keys.length < 2 ? keys : keys.sort(compareText)) labels[key] = 'true';
}

/** Annotations of the pod template. */
export function podAnnotations(instance: ResolvedInstance): StringMap {
  const { marks } = instance.pod;
  const annotations: Record<string, string> = {};
  if (marks.usesUwsgi) annotations['autoscaling'] = 'uwsgi';
  if (marks.iamRole !== null) annotations['iam.amazonaws.com/role'] = marks.iamRole;
  if (marks.prometheusPath !== null) annotations['paasta.yelp.com/prometheus_path'] = marks.prometheusPath;
  if (marks.prometheusPort !== null) annotations['paasta.yelp.com/prometheus_port'] = String(marks.prometheusPort);
  annotations['paasta.yelp.com/routable_ip'] = String(marks.isRoutableIp);
  if (instance.mesh !== null) annotations['smartstack_registrations'] = pythonJsonList(instance.registrations);
  return annotations;
}

/** Labels of the HPA: there the pool has another prefix than on workloads (PaaSTA: `paasta_prefixed`). */
export function autoscalerLabels(instance: ResolvedInstance): StringMap {
  return {
    'paasta.yelp.com/instance': instance.instance,
    'paasta.yelp.com/managed': 'true',
    'paasta.yelp.com/service': instance.service,
    'yelp.com/pool': instance.pod.marks.pool,
  };
}

/** `["a.b", "c.d"]`: with a space after the comma, as Python's `json.dumps`. */
function pythonJsonList(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
}
