import type { ClusterConfig } from '../model/cluster-config.ts';
import type { WorkloadInstance } from '../model/instances.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { ServiceSources, SharedSources } from '../model/service-sources.ts';
import type { SourceDocument } from '../model/source-document.ts';
import { resolveDeployGroup } from './deploy-group.ts';
import { findDeployment } from './deployment.ts';
import { documentField } from './document-fields.ts';
import type { Journal } from './journal.ts';
import { autotunedFile, instanceLayer, type Layer, type ServiceLayers } from './layers.ts';
import { MergedInstance } from './merged-instance.ts';
import { shown } from './readers.ts';
import { resolveInstance } from './resolve-instance.ts';
import { SystemKeys } from './system-keys.ts';

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
  readonly workload: WorkloadInstance;
}

/** Resolves one instance; its findings go to the journal. */
export function resolveEntry(inputs: EntryInputs): Outcome {
  const { sources, config, shared, journal, workload } = inputs;
  const { service } = sources;
  const { cluster } = config;
  const { instance, type } = workload;
  const keys = mergeLayers(inputs);
  if (keys === null) return { state: 'failed', journal };
  const deployGroup = resolveDeployGroup(keys, { service, cluster, instance });
  const deployment = findDeployment(journal, sources, cluster, deployGroup);
  if (journal.hasErrors) return { state: 'failed', journal };
  if (deployment === null) return { state: 'not-deployed', journal };
  const system = new SystemKeys(journal, config);
  const whole = { service, instance, cluster, type, journal, keys, system, sources, shared, deployment };
  const resolved = resolveInstance(whole);
  return { state: 'resolved', journal, keys, resolved, isControlAssumed: deployment.isControlAssumed };
}

/** The merged keys; null when a layer cannot be used, which is reported here unless loading did. */
function mergeLayers({ sources, config, layers, journal, workload }: EntryInputs): MergedInstance | null {
  const { document } = workload.file;
  const autotuned = autotunedFile(sources, config, workload.file);
  if (document === null || autotuned?.kind === 'broken') return null;
  const own = readLayer(journal, document);
  const weaker = autotuned?.kind === 'read' ? readLayer(journal, autotuned.document) : null;
  return own === null || journal.hasErrors ? null : new MergedInstance(journal, own, weaker, layers);
}

/** The instance's entry in a file; null when there is none or, which is reported, when it is no map. */
function readLayer(journal: Journal, document: SourceDocument): Layer | null {
  const layer = instanceLayer(document, journal.instance);
  if (layer !== null) return layer;
  const field = documentField(journal, document, [journal.instance]);
  if (field.isSet) {
    const hint = field.value === null ? 'write {} after it for an instance with all defaults' : undefined;
    field.error('bad-instance', `instance ${journal.instance} is ${shown(field.value)}, expected a map of keys`, hint);
  }
  return null;
}
