import { compareText } from '../diagnostics/diagnostic.ts';
import { canonicalJson } from '../emit/canonical-json.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import { objectKey } from '../model/object-identity.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { SensuTeamUse } from '../model/sensu.ts';
import type { ClusterSummary, ExternalSecretSource } from '../model/service-summary.ts';
import { adapterRuleSources } from './adapter-rules.ts';
import { isWorkloadOf } from './config-sha.ts';
import type { RenderedInstance } from './render-service.ts';

export interface SummaryInput {
  readonly config: ClusterConfig;
  /** Every compiled-type instance of the service in the cluster. */
  readonly known: readonly string[];
  /** What was rendered for this cluster. */
  readonly rendered: readonly RenderedInstance[];
  readonly notDeployed: readonly string[];
  readonly failed: readonly string[];
  /** Default: none. */
  readonly sensuTeams?: readonly SensuTeamUse[];
  /** A file that may hold more instances could not be read. */
  readonly hasUnknownInstances: boolean;
}

/** Most lists of a summary are empty, and a fleet has many summaries. */
const NONE: readonly never[] = [];

/** What one service leaves behind for the aggregates of one cluster: sorted, without duplicates, plain JSON. */
export function summariseCluster(input: SummaryInput): ClusterSummary {
  const instances = input.rendered.map(({ instance }) => instance);
  return {
    known: sorted(input.known),
    hasUnknownInstances: input.hasUnknownInstances,
    rendered: distinct(instances.map(({ instance, namespace, name }) => ({ instance, namespace, name }))),
    notDeployed: sorted(input.notDeployed),
    failed: sorted(input.failed),
    serviceAccounts: distinct(instances.flatMap(serviceAccounts)),
    adapterRules: distinct(instances.flatMap(adapterRuleSources)),
    externalSecrets:
      input.config.secretsProvider === 'none' ? NONE : distinct(instances.flatMap((each) => externalSecrets(each))),
    sensuTeams: input.sensuTeams ?? NONE,
    extraObjects: distinct(input.rendered.flatMap(extraObjects)),
  };
}

function serviceAccounts(instance: ResolvedInstance): ClusterSummary['serviceAccounts'] {
  const { namespace, serviceAccount } = instance;
  return serviceAccount === null ? [] : [{ namespace, name: serviceAccount.name, roleArn: serviceAccount.roleArn }];
}

function externalSecrets(instance: ResolvedInstance): readonly ExternalSecretSource[] {
  const { namespace, secretReferences } = instance;
  return secretReferences.map(({ secretName, key, service, source }) => ({
    namespace,
    secretName,
    key,
    service,
    ...(source !== undefined && source !== '' && { parameter: source }),
  }));
}

/** Objects that PaaSTA would not make: their names are the users' own. */
function extraObjects({ instance, objects }: RenderedInstance): ClusterSummary['extraObjects'] {
  return objects
    .filter((object) => !isWorkloadOf(instance, object) && !isOwn(instance, object.kind, object.metadata.name))
    .map((object) => ({ instance: instance.instance, key: objectKey(object) }));
}

/** Whether PaaSTA makes such an object beside the workload. */
function isOwn({ name, mesh }: ResolvedInstance, kind: string, objectName: string): boolean {
  if (kind === 'HorizontalPodAutoscaler' || kind === 'PodDisruptionBudget') return objectName === name;
  return kind === 'ConfigMap' && Boolean(mesh?.nerve) && [`${name}-nerve`, `${name}-hacheck`].includes(objectName);
}

function sorted(names: readonly string[]): readonly string[] {
  if (names.length < 2) return names.length === 0 ? NONE : names;
  return [...new Set(names)].sort(compareText);
}

/** Made anew from their texts: V8 keeps a whole file's text for as long as a slice of it is left. */
function distinct<T>(items: readonly T[]): readonly T[] {
  if (items.length === 0) return NONE;
  const texts = new Set(items.map(canonicalJson));
  return [...texts].sort(compareText).map((text) => JSON.parse(text) as T);
}
