/** PromQL of prometheus-adapter's rules, as PaaSTA 1.64 writes it, white space aside. `<<…>>` is filled in by the adapter. */

/** The PromQL text that a query reads over the whole cluster for each `kube_deployment` that is asked about. */
export interface LoadQuery {
  /** Series that must exist for the metric to be offered. */
  readonly series: string;
  /** Load of each pod. */
  readonly load: string;
  /** What is counted to find pods that report no load. */
  readonly counted: string;
}

/** Loads of the providers whose rule all instances share. */
export function loadQuery(type: string, cluster: string): LoadQuery {
  const { series, load, counted } = LOADS[type]!;
  return { series: `${series}{paasta_cluster='${cluster}'}`, load: load(cluster), counted: counted(cluster) };
}

const LOADS: Readonly<Record<string, Record<'load' | 'counted', (cluster: string) => string> & { series: string }>> = {
  'worker-load': {
    series: 'worker_busy',
    load: () => perPod('worker_busy{<<.LabelMatchers>>}'),
    counted: () => 'workers{<<.LabelMatchers>>}',
  },
  'uwsgi-v2': busyWorkers('uwsgi_worker_busy'),
  uwsgi: busyWorkers('uwsgi_worker_busy'),
  gunicorn: busyWorkers('gunicorn_worker_busy'),
  piscina: same('piscina_pool_utilization', (cluster) => `(piscina_pool_utilization{${podFilter(cluster)}})`),
};

function busyWorkers(series: string): (typeof LOADS)[string] {
  return same(series, (cluster) => perPod(`${series}{${podFilter(cluster)}}`));
}

function same(series: string, load: (cluster: string) => string): (typeof LOADS)[string] {
  return { series, load, counted: load };
}

function perPod(series: string): string {
  return `avg( ${series} ) by (kube_pod, kube_deployment)`;
}

/** Load of all pods, smoothed over a window; a ready pod that reports nothing counts as fully loaded. */
export function smoothedLoad(query: LoadQuery, cluster: string, windowSeconds: number): string {
  const reported = `count by (kube_deployment) ( ${query.counted} )`;
  const silent = `(clamp_min( ${readyReplicas(cluster)} - on (kube_deployment) ${reported}, 0 ) or on() vector(0))`;
  const total = `( sum( ${query.load} ) by (kube_deployment) + ignoring(kube_deployment) group_left() ${silent} )`;
  return smoothed(total, windowSeconds);
}

/** Average over a window. */
export function smoothed(query: string, windowSeconds: number): string {
  return `avg_over_time( ( ${query} )[${windowSeconds}s:] )`;
}

/** Ready replicas of the Deployment that is asked about. */
export function readyReplicas(cluster: string): string {
  const all = `paasta_cluster='${cluster}',namespace=~'(paasta|paastasvc-.*)'`;
  const labels = ['service', 'instance'].map((label) => `label_paasta_yelp_com_${label}=${asked(`paasta_${label}`)}`);
  const ready = `kube_deployment_status_replicas_ready{${all}}`;
  const owner = `kube_deployment_labels{${all},${labels.join(',')}}`;
  return `label_replace( ${ready} * on (deployment) ${owner}, "kube_deployment", "$1", "deployment", "(.*)")`;
}

/** Wanted replicas of a Deployment; the last 100 seconds bridge a gap in the series. */
export function wantedReplicas(filter: string): string {
  const series = `kube_deployment_spec_replicas{${filter}}`;
  const value = `( ${series} >= 0 or max_over_time( ${series}[100s] ) )`;
  return `sum( label_join( ${value}, "kube_deployment", "", "deployment" ) ) by (kube_deployment)`;
}

/** Selects the Deployment that is asked about, by kube-state-metrics' names. */
export function deploymentFilter(cluster: string): string {
  return `paasta_cluster='${cluster}',deployment=${asked('kube_deployment')},namespace=${asked('kube_namespace')}`;
}

/** One line: every line of a query trimmed, joined by spaces. */
export function oneLine(query: string): string {
  return query
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

function podFilter(cluster: string): string {
  const labels = ['paasta_service', 'paasta_instance', 'kube_deployment'].map((label) => `${label}=${asked(label)}`);
  return `paasta_cluster='${cluster}',${labels.join(',')}`;
}

/** The value of a label in the HPA's question. */
function asked(label: string): string {
  return `'<<index .LabelValuesByName "${label}">>'`;
}
