import type { RelatedPlace } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import { isSafeName } from '../model/names.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { ServiceSources, SharedSources } from '../model/service-sources.ts';
import { resolveDeployGroup } from './deploy-group.ts';
import { findDeployment } from './deployment.ts';
import { documentField } from './document-fields.ts';
import type { Journal } from './journal.ts';
import { autotunedFile, instanceLayer, type Layer, type ServiceLayers } from './layers.ts';
import { MergedInstance } from './merged-instance.ts';
import { shown } from './readers.ts';
import { resolveInstance } from './resolve-instance.ts';
import { SystemKeys } from './system-keys.ts';
import type { WorkloadEntry } from './workload-entries.ts';

/** What became of one instance. An error in the journal holds back a resolved one too. */
export type Outcome =
  | {
      readonly state: 'resolved';
      readonly journal: Journal;
      readonly keys: MergedInstance;
      readonly resolved: ResolvedInstance;
      readonly isControlAssumed: boolean;
    }
  | { readonly state: 'not-deployed' | 'failed'; readonly journal: Journal };

export interface EntryInputs {
  readonly sources: ServiceSources;
  readonly config: ClusterConfig;
  readonly shared: SharedSources;
  readonly layers: ServiceLayers;
  readonly journal: Journal;
}

/** Resolves one instance, given every place that defines it; more than one is an error. */
export function resolveEntry(inputs: EntryInputs, entries: readonly [WorkloadEntry, ...WorkloadEntry[]]): Outcome {
  const { sources, config, shared, journal } = inputs;
  const { service } = sources;
  const { cluster } = config;
  const [{ instance, type }] = entries;
  const keys = readLayers(inputs, entries);
  if (keys === null) return { state: 'failed', journal };
  const deployGroup = resolveDeployGroup(keys, { service, cluster, instance });
  const deployment = findDeployment(journal, sources, cluster, deployGroup);
  if (journal.hasErrors) return { state: 'failed', journal };
  if (deployment === null) return { state: 'not-deployed', journal };
  const system = new SystemKeys(journal, config);
  const resolved = resolveInstance({
    service,
    instance,
    cluster,
    type,
    journal,
    keys,
    system,
    sources,
    shared,
    deployment,
  });
  return { state: 'resolved', journal, keys, resolved, isControlAssumed: deployment.isControlAssumed };
}

/** The merged keys; null when the instance cannot be used at all, which is reported unless loading did. */
function readLayers(inputs: EntryInputs, entries: readonly [WorkloadEntry, ...WorkloadEntry[]]): MergedInstance | null {
  const { sources, config, layers, journal } = inputs;
  const [entry, ...others] = entries;
  checkEntry(journal, entry, others);
  const own = instanceLayer(entry.document, entry.instance);
  const file = autotunedFile(sources, config, entry.file);
  if (own === null || file?.kind === 'broken') return null;
  const autotuned = file?.kind === 'read' ? instanceLayer(file.document, entry.instance) : null;
  if (file?.kind === 'read') checkAutotuned(journal, file.document, autotuned);
  return new MergedInstance(journal, own, autotuned, layers);
}

function checkEntry(journal: Journal, { document, instance }: WorkloadEntry, others: readonly WorkloadEntry[]): void {
  const field = documentField(journal, document, [instance]);
  if (instanceLayer(document, instance) === null) {
    const hint = field.value === null ? `write "${instance}: {}" for an instance with all defaults` : undefined;
    field.error('bad-instance', `instance ${instance} is ${shown(field.value)}, expected a map of keys`, hint);
  }
  if (!isSafeName(instance)) {
    field.error(
      'unsafe-name',
      `instance name ${shown(instance)} has characters other than letters, digits, ., _ and -`,
    );
  }
  for (const other of others) {
    const second = documentField(journal, other.document, [instance]);
    const hint = 'both files make objects of the same names: rename or remove one';
    second.error('duplicate-instance', `instance ${instance} is also in ${document.file}`, hint, () => [
      relatedPlace(document.file, document.keySpan([instance])?.line, document.keySpan([instance])?.column),
    ]);
  }
}

function checkAutotuned(journal: Journal, document: WorkloadEntry['document'], layer: Layer | null): void {
  const field = documentField(journal, document, [journal.instance]);
  if (layer === null && field.isSet) {
    field.error('bad-instance', `autotuned ${journal.instance} is ${shown(field.value)}, expected a map of keys`);
  }
}

function relatedPlace(file: string, line: number | undefined, column: number | undefined): RelatedPlace {
  const message = 'it is first defined here';
  return line === undefined || column === undefined ? { file, message } : { file, line, column, message };
}
