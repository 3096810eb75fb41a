import { adapterMetricName, isTemplated } from '../../constructs/_metrics.ts';
import { compareText } from '../diagnostics/diagnostic.ts';
import type { MetricsProvider, ResolvedInstance } from '../model/resolved-instance.ts';
import type { AdapterRule, AdapterRuleSource } from '../model/service-summary.ts';
import {
  deploymentFilter,
  loadQuery,
  oneLine,
  readyReplicas,
  smoothed,
  smoothedLoad,
  wantedReplicas,
} from './adapter-queries.ts';

/** Labels `kube_namespace` and `kube_deployment` say which Kubernetes objects a series is about. */
const KUBE_RESOURCES = { template: 'kube_<<.Resource>>' };
const PROMQL_RESOURCES = {
  overrides: { namespace: { resource: 'namespace' }, deployment: { group: 'apps', resource: 'deployments' } },
};

/** What an instance adds to the adapter's rules, autoscaled or not. */
export function adapterRuleSources(instance: ResolvedInstance): readonly AdapterRuleSource[] {
  return instance.scaling.providers.flatMap((provider): readonly AdapterRuleSource[] => {
    if (isTemplated(provider.type)) {
      return [{ type: provider.type, windowSeconds: provider.movingAverageWindowSeconds }];
    }
    const rule = ownRule(instance, provider);
    return rule === null ? [] : [{ rule }];
  });
}

/** Rules of a cluster: one for each shared provider and window, and those of single instances; sorted by metric name. */
export function adapterRules(sources: readonly AdapterRuleSource[], cluster: string): readonly AdapterRule[] {
  const byName = new Map<string, AdapterRule>();
  for (const source of sources) {
    const rule = 'rule' in source ? source.rule : sharedRule(source, cluster);
    byName.set(rule.name.as, rule);
  }
  return [...byName.values()].sort((a, b) => compareText(a.name.as, b.name.as));
}

function sharedRule(source: { readonly type: string; readonly windowSeconds: number }, cluster: string): AdapterRule {
  const { type, windowSeconds } = source;
  const query = loadQuery(type, cluster);
  const load = smoothedLoad(query, cluster, windowSeconds);
  return {
    name: { as: `${type}-prom-${windowSeconds}` },
    seriesQuery: query.series,
    metricsQuery: perReplica(type, load, cluster),
    resources: KUBE_RESOURCES,
  };
}

/** An HPA target of type `Value` takes the load of a replica, `AverageValue` takes that of all. */
function perReplica(type: string, load: string, cluster: string): string {
  switch (type) {
    case 'uwsgi':
      return `${load} / ${readyReplicas(cluster)}`;
    case 'gunicorn':
    case 'piscina':
      return `${load} / ${wantedReplicas(deploymentFilter(cluster))}`;
    default:
      return load;
  }
}

function ownRule(instance: ResolvedInstance, provider: MetricsProvider): AdapterRule | null {
  const as = adapterMetricName(instance, provider);
  if (as === null) return null;
  if (provider.type === 'active-requests') return activeRequestsRule(as, instance, provider);
  return { name: { as }, ...promqlQueries(instance, provider), resources: provider.resources ?? PROMQL_RESOURCES };
}

/** Requests that the mesh has open to the instance, over those that its replicas are meant to have open. */
function activeRequestsRule(as: string, instance: ResolvedInstance, provider: MetricsProvider): AdapterRule {
  const { cluster, service, name, namespace } = instance;
  const filter = `paasta_cluster='${cluster}',paasta_service='${service}'`;
  const active = `paasta_instance:envoy_cluster__egress_cluster_upstream_rq_active{${filter},paasta_instance='${meshName(instance)}'}`;
  const sum = `( sum( label_replace( ${active}, "kube_deployment", "${name}", "", "" ) ) by (kube_deployment) )`;
  const needed = smoothed(`${sum} / ${provider.desiredActiveRequestsPerReplica}`, provider.movingAverageWindowSeconds);
  const wanted = wantedReplicas(`paasta_cluster='${cluster}',deployment='${name}',namespace='${namespace}'`);
  const ratio = `label_replace( ${needed} / ${wanted} , "kube_deployment", "${name}", "", "" )`;
  return {
    name: { as },
    seriesQuery: `k8s:deployment:pods_status_ready{${filter},paasta_instance='${instance.instance}'}`,
    metricsQuery: `label_replace( ${ratio}, "kube_namespace", "${namespace}", "", "" )`,
    resources: KUBE_RESOURCES,
  };
}

/** Name under which the mesh counts requests: of the only registration, else of the instance itself. */
function meshName(instance: ResolvedInstance): string {
  const [first] = instance.registrations;
  if (instance.registrations.length !== 1 || first === undefined) return instance.instance;
  return first.slice(first.lastIndexOf('.') + 1);
}

/** With a series query both are the user's own; without, the query gives a number and gets the Deployment's labels. */
function promqlQueries(
  instance: ResolvedInstance,
  provider: MetricsProvider,
): Pick<AdapterRule, 'seriesQuery' | 'metricsQuery'> {
  const { cluster, name, namespace } = instance;
  const query = oneLine(provider.metricsQuery ?? '');
  if (provider.seriesQuery !== null) return { seriesQuery: oneLine(provider.seriesQuery), metricsQuery: query };
  const labels = `deployment='${name}', paasta_cluster='${cluster}', namespace='${namespace}'`;
  const named = `label_replace( ${query}, 'deployment', '${name}', '', '' )`;
  return {
    seriesQuery: `kube_deployment_labels{ ${labels} }`,
    metricsQuery: `label_replace( ${named}, 'namespace', '${namespace}', '', '' )`,
  };
}
