import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { canonicalObject } from '../emit/canonical.ts';
import { emitObjects } from '../emit/yaml.ts';
import { compareApplyOrder } from '../model/apply-order.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import { objectKey } from '../model/object-identity.ts';
import type { KubeObject, RenderedFile } from '../model/rendered-file.ts';
import type { ClusterSummary, ServiceSummary } from '../model/service-summary.ts';
import { adapterConfig } from './adapter-config.ts';
import { adapterRules } from './adapter-rules.ts';
import { loadToolkit, type Toolkit } from './app.ts';
import { crossServiceCollisions, takenByInstances } from './collisions.ts';
import { externalSecretProps } from './external-secrets.ts';
import { namespaceFilePath, objectFilePath } from './file-paths.ts';
import { isKeptPath, keptAccounts, keptRules, type KeptOutput, unreadableAggregate } from './kept-output.ts';
import { namespaceObjects, serviceAccountsIn } from './namespace-objects.ts';
import type { RenderOptions } from './render-service.ts';
import { sensuShared } from './sensu-shared.ts';
import { earlierSynapse, synapseOutput, type SynapseInput } from './synapse.ts';

export interface AggregateInput {
  readonly config: ClusterConfig;
  /** All services of the tree; those of other clusters do not matter. */
  readonly summaries: readonly ServiceSummary[];
  readonly filePer: RenderOptions['filePer'];
  /** Earlier output that stays because its instances were not rendered; null when every instance was. */
  readonly kept: KeptOutput | null;
  /** What synapse's files depend on besides; without it no namespace is held back. Null: they stay as they are. */
  readonly mesh?: Pick<SynapseInput, 'locationTypes' | 'heldBack'> | null;
}

export interface Aggregates {
  /** Files that belong to no single instance, sorted by path. */
  readonly files: readonly RenderedFile[];
  /** Earlier aggregate files that are neither rendered nor to be deleted. */
  readonly untouched: readonly string[];
  /** Names that two services claim, service accounts of one name and two roles, aggregates that could not be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Files that several instances share, for one cluster: namespaces, what each holds besides instances, prometheus-adapter's
 * rules, ExternalSecrets, synapse. They depend on the summaries and the configuration alone, and on `kept` when there is such output.
 */
export async function aggregateFiles(input: AggregateInput): Promise<Aggregates> {
  const { cluster } = input.config;
  const summaries = input.summaries.flatMap(({ clusters }) => clusters[cluster] ?? []);
  const toolkit = await loadToolkit();
  const { accounts, diagnostics } = serviceAccountsIn(input.summaries, cluster);
  const { smartstack } = input.config;
  const { mesh = { locationTypes: null, heldBack: new Set<string>() } } = input;
  const synapse = mesh === null ? earlierSynapse(toolkit, input.config) : synapseOutput(toolkit, { ...input, ...mesh });
  const meshNamespace = smartstack.synapse.isEnabled ? [smartstack.synapse.namespace] : [];
  const parts = [
    ...namespacesOf(summaries, input.kept, meshNamespace).flatMap((namespace) =>
      namespaceParts(toolkit, input, namespace, accounts.get(namespace) ?? []),
    ),
    ...externalSecretParts(toolkit, input, summaries),
    ...adapterPart(toolkit, input, summaries),
    ...perObject(input, finished(synapse.manifests)),
  ];
  const sensu = sensuShared(input.config, summaries);
  const files = [...parts.flatMap(({ file }) => file ?? []), ...sensu.files];
  const rendered = new Set(files.map(({ path }) => path));
  return {
    files: files.sort((a, b) => compareText(a.path, b.path)),
    untouched: [
      ...synapse.untouched,
      ...(input.kept?.paths ?? []).filter((path) => isKeptPath(path, input.kept!) && !rendered.has(path)),
    ],
    diagnostics: [
      ...synapse.diagnostics,
      ...sensu.diagnostics,
      ...crossServiceCollisions(input.summaries, cluster),
      ...takenByInstances(input.summaries, cluster, new Set(parts.flatMap(({ keys }) => keys))),
      ...diagnostics,
      ...parts.flatMap(({ unreadable }) => (unreadable === undefined ? [] : [unreadableAggregate(unreadable)])),
    ],
  };
}

/** One aggregate file, or the path of an earlier one that could not be read and therefore stays. */
interface Part {
  readonly file?: RenderedFile;
  readonly unreadable?: string;
  /** Identities of the objects in the file. */
  readonly keys: readonly string[];
}

function namespacesOf(
  summaries: readonly ClusterSummary[],
  kept: KeptOutput | null,
  others: readonly string[],
): readonly string[] {
  const rendered = summaries.flatMap((summary) => summary.rendered.map(({ namespace }) => namespace));
  return [...new Set([...rendered, ...others, ...(kept?.namespaces ?? [])])].sort(compareText);
}

function namespaceParts(
  toolkit: Toolkit,
  input: AggregateInput,
  namespace: string,
  accounts: ClusterSummary['serviceAccounts'],
): readonly Part[] {
  const { config, kept, filePer } = input;
  const { PaastaNamespace } = toolkit;
  const namespaceObject = finished([PaastaNamespace.manifest({ name: namespace, owner: config.labels.owner })]);
  const hasRoleBinding = config.defaults.apiRoleBinding;
  const objects = finished(namespaceObjects(toolkit, { namespace, accounts, hasRoleBinding }));
  const path = namespaceFilePath(config.cluster, namespace);
  const shared = filePer === 'object' ? objects : withKept(objects, keptAccounts(kept, namespace, path));
  if (shared === null) return [...perObject(input, namespaceObject), { unreadable: path, keys: [] }];
  const inside = filePer === 'object' ? perObject(input, shared) : oneFile(input, path, shared);
  return [...perObject(input, namespaceObject), ...inside];
}

/** The objects, and those kept ones that they do not replace; null when the kept ones cannot be read. */
function withKept(
  objects: readonly KubeObject[],
  kept: readonly KubeObject[] | 'unreadable',
): readonly KubeObject[] | null {
  if (kept === 'unreadable') return null;
  const keys = new Set(objects.map(objectKey));
  return [...objects, ...kept.filter((object) => !keys.has(objectKey(object)))].sort(compareApplyOrder);
}

function externalSecretParts(
  toolkit: Toolkit,
  input: AggregateInput,
  summaries: readonly ClusterSummary[],
): readonly Part[] {
  const props = externalSecretProps(
    summaries.flatMap(({ externalSecrets }) => externalSecrets),
    input.config,
  );
  return perObject(input, finished(props.map((each) => toolkit.ExternalSecret.manifest(each))));
}

function adapterPart(toolkit: Toolkit, input: AggregateInput, summaries: readonly ClusterSummary[]): readonly Part[] {
  const { cluster } = input.config;
  const { AdapterConfigMap, ADAPTER_CONFIG_MAP, ADAPTER_NAMESPACE } = toolkit;
  const path = `clusters/${cluster}/${ADAPTER_NAMESPACE}/configmap-${ADAPTER_CONFIG_MAP}.yaml`;
  const earlier = keptRules(input.kept, path);
  if (earlier === 'unreadable') return [{ unreadable: path, keys: [] }];
  const sources = summaries.flatMap((summary) => summary.adapterRules);
  const rules = adapterRules([...earlier.map((rule) => ({ rule })), ...sources], cluster);
  if (rules.length === 0) return [];
  return oneFile(input, path, finished([AdapterConfigMap.manifest({ configYaml: adapterConfig(rules) })]));
}

function finished(manifests: readonly KubeObject[]): readonly KubeObject[] {
  return manifests.map(canonicalObject).sort(compareApplyOrder);
}

function perObject(input: AggregateInput, objects: readonly KubeObject[]): readonly Part[] {
  return objects.flatMap((object) => oneFile(input, objectFilePath(input.config.cluster, object), [object]));
}

function oneFile(input: AggregateInput, path: string, objects: readonly KubeObject[]): readonly Part[] {
  if (objects.length === 0) return [];
  const { cluster } = input.config;
  const file = { path, content: emitObjects(objects), cluster, service: null, instance: null };
  return [{ file, keys: objects.map(objectKey) }];
}
