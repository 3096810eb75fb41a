import { registrationLabelKey } from '../compiler/model/names.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { LabelSelector, StringMap } from './_plain.ts';

/** Labels that hold the config sha, on the workload and on its pod template. */
export const CONFIG_SHA_LABELS = ['yelp.com/paasta_config_sha', 'paasta.yelp.com/config_sha'] as const;

/** The immutable selector of a workload, its PDB and its spread constraints: service and instance, unsanitised. */
export function instanceSelector(instance: Pick<ResolvedInstance, 'service' | 'instance'>): LabelSelector {
  return {
    matchLabels: { 'paasta.yelp.com/service': instance.service, 'paasta.yelp.com/instance': instance.instance },
  };
}

/** Labels of a Deployment or StatefulSet, config sha aside. The `yelp.com/paasta_*` ones are PaaSTA's older spelling. */
export function workloadLabels(instance: ResolvedInstance): StringMap {
  const { prometheusShard } = instance.pod.marks;
  return {
    ...commonLabels(instance),
    ...(prometheusShard === null ? {} : { 'paasta.yelp.com/prometheus_shard': prometheusShard }),
    ...imageVersionLabel(instance),
  };
}

/** Labels of the pod template, config sha aside. */
export function podLabels(instance: ResolvedInstance): StringMap {
  const { marks } = instance.pod;
  const labels: Record<string, string> = { ...workloadLabels(instance) };
  labels['paasta.yelp.com/deploy_group'] = instance.deployGroup;
  if (instance.mesh !== null) labels['paasta.yelp.com/weight'] = String(instance.mesh.weight);
  if (marks.hasRegistrationLabels) {
    for (const registration of instance.registrations) labels[registrationLabelKey(registration)] = 'true';
  }
  if (marks.isIstioInjected) labels['sidecar.istio.io/inject'] = 'true';
  if (marks.costOwner !== null) labels['yelp.com/cost_owner'] = marks.costOwner;
  if (marks.scrapesPiscina) labels['paasta.yelp.com/scrape_piscina_prometheus'] = 'true';
  if (marks.scrapesGunicorn) labels['paasta.yelp.com/scrape_gunicorn_prometheus'] = 'true';
  if (marks.hasAwsLbReadinessGate) labels['elbv2.k8s.aws/pod-readiness-gate-inject'] = 'enabled';
  return labels;
}

/** Annotations of the pod template. */
export function podAnnotations(instance: ResolvedInstance): StringMap {
  const { marks } = instance.pod;
  const annotations: Record<string, string> = { 'paasta.yelp.com/routable_ip': String(marks.isRoutableIp) };
  if (marks.usesUwsgi) annotations['autoscaling'] = 'uwsgi';
  if (marks.iamRole !== null) annotations['iam.amazonaws.com/role'] = marks.iamRole;
  if (marks.prometheusPath !== null) annotations['paasta.yelp.com/prometheus_path'] = marks.prometheusPath;
  if (marks.prometheusPort !== null) annotations['paasta.yelp.com/prometheus_port'] = String(marks.prometheusPort);
  if (instance.mesh !== null) annotations['smartstack_registrations'] = pythonJsonList(instance.registrations);
  return annotations;
}

/** Labels of the HPA: there the pool has another prefix than on workloads (PaaSTA: `paasta_prefixed`). */
export function autoscalerLabels(instance: ResolvedInstance): StringMap {
  return {
    'paasta.yelp.com/service': instance.service,
    'paasta.yelp.com/instance': instance.instance,
    'yelp.com/pool': instance.pod.marks.pool,
    'paasta.yelp.com/managed': 'true',
  };
}

function commonLabels(instance: ResolvedInstance): StringMap {
  const { gitSha } = instance.version;
  return {
    'yelp.com/owner': instance.labels.owner,
    'yelp.com/paasta_service': instance.service,
    'yelp.com/paasta_instance': instance.instance,
    'yelp.com/paasta_git_sha': gitSha,
    'paasta.yelp.com/service': instance.service,
    'paasta.yelp.com/instance': instance.instance,
    'paasta.yelp.com/git_sha': gitSha,
    'paasta.yelp.com/cluster': instance.cluster,
    'paasta.yelp.com/autoscaled': String(instance.scaling.isAutoscaled),
    'paasta.yelp.com/pool': instance.pod.marks.pool,
    'paasta.yelp.com/managed': 'true',
  };
}

function imageVersionLabel(instance: ResolvedInstance): StringMap {
  const { imageVersion } = instance.version;
  return imageVersion === null ? {} : { 'paasta.yelp.com/image_version': imageVersion };
}

/** `["a.b", "c.d"]`: with a space after the comma, as Python's `json.dumps`. */
function pythonJsonList(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
}
