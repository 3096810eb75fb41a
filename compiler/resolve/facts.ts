import type { MetricsProvider, ResolvedVersion } from '../model/resolved-instance.ts';
import type { SharedSources, ServiceSources, WorkloadType } from '../model/service-sources.ts';
import type { Deployment } from './deployment.ts';
import type { Journal } from './journal.ts';
import type { MergedInstance } from './merged-instance.ts';
import type { MeshNamespace } from './mesh-namespace.ts';
import type { SystemKeys } from './system-keys.ts';

/** Which instance is resolved, and everything its keys may refer to. */
export interface Inputs {
  readonly service: string;
  readonly instance: string;
  readonly cluster: string;
  readonly type: WorkloadType;
  readonly journal: Journal;
  readonly keys: MergedInstance;
  readonly system: SystemKeys;
  readonly sources: ServiceSources;
  readonly shared: SharedSources;
  readonly deployment: Deployment;
}

/** The inputs, and the values that decide more than one member; each is made when it is first asked for. */
export interface Facts extends Inputs {
  /** Name of the workload and of all that belongs to it. */
  readonly application: string;
  /** The instance as part of other names. */
  readonly partName: string;
  readonly namespace: () => string;
  readonly version: () => ResolvedVersion;
  /** At least one. */
  readonly registrations: () => readonly string[];
  readonly mesh: () => MeshNamespace;
  readonly kind: () => 'Deployment' | 'StatefulSet';
  readonly pool: () => string;
  readonly containerPort: () => number;
  /** Seconds; the default 30 in the mesh, else 0. */
  readonly drainSeconds: () => number;
  readonly waitsForConnections: () => boolean;
  readonly minInstances: () => number;
  /** Null: not autoscaled. */
  readonly maxInstances: () => number | null;
  readonly providers: () => readonly MetricsProvider[];
  readonly gracePeriodSeconds: () => number;
  readonly prometheusPort: () => number | null;
  /** Empty when none is set. */
  readonly iamRole: () => string;
  readonly usesAwsRole: () => boolean;
}
