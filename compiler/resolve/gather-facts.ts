import { sanitise } from '../model/names.ts';
import { resolveKind } from './claims.ts';
import { resolvePrometheusPort } from './container.ts';
import type { Facts, Inputs } from './facts.ts';
import { resolveGracePeriodSeconds } from './health-check.ts';
import { resolveIamRole, usesAwsRole } from './identity.ts';
import { resolveContainerPort, resolveDrainSeconds, resolveWaitsForConnections } from './lifecycle.ts';
import { resolveMeshNamespace } from './mesh-namespace.ts';
import { resolveProviders } from './metrics-providers.ts';
import { resolveNamespace } from './namespace.ts';
import { resolvePool } from './node-placement.ts';
import { resolveRegistrations } from './registrations.ts';
import { resolveMaxInstances, resolveMinInstances } from './scaling.ts';
import { resolveVersion } from './version.ts';

/** The inputs of one instance with the values that several members need. */
export function gatherFacts(inputs: Inputs): Facts {
  return new GatheredFacts(inputs);
}

class GatheredFacts implements Facts {
  readonly service: Facts['service'];
  readonly instance: Facts['instance'];
  readonly cluster: Facts['cluster'];
  readonly type: Facts['type'];
  readonly journal: Facts['journal'];
  readonly keys: Facts['keys'];
  readonly system: Facts['system'];
  readonly sources: Facts['sources'];
  readonly shared: Facts['shared'];
  readonly deployment: Facts['deployment'];
  readonly application: Facts['application'];
  readonly partName: Facts['partName'];
  readonly namespace: Facts['namespace'];
  readonly version: Facts['version'];
  readonly registrations: Facts['registrations'];
  readonly mesh: Facts['mesh'];
  readonly kind: Facts['kind'];
  readonly pool: Facts['pool'];
  readonly containerPort: Facts['containerPort'];
  readonly drainSeconds: Facts['drainSeconds'];
  readonly waitsForConnections: Facts['waitsForConnections'];
  readonly minInstances: Facts['minInstances'];
  readonly maxInstances: Facts['maxInstances'];
  readonly providers: Facts['providers'];
  readonly gracePeriodSeconds: Facts['gracePeriodSeconds'];
  readonly prometheusPort: Facts['prometheusPort'];
  readonly iamRole: Facts['iamRole'];
  readonly usesAwsRole: Facts['usesAwsRole'];

  constructor(inputs: Inputs) {
    const { journal, service, instance } = inputs;
    this.service = service;
    this.instance = instance;
    this.cluster = inputs.cluster;
    this.type = inputs.type;
    this.journal = journal;
    this.keys = inputs.keys;
    this.system = inputs.system;
    this.sources = inputs.sources;
    this.shared = inputs.shared;
    this.deployment = inputs.deployment;
    this.partName = sanitise(instance);
    this.application = `${sanitise(service)}-${this.partName}`;
    this.namespace = journal.fact(resolveNamespace, this);
    this.version = journal.fact(resolveVersion, this);
    this.registrations = journal.fact(resolveRegistrations, this);
    this.mesh = journal.fact(resolveMeshNamespace, this);
    this.kind = journal.fact(resolveKind, this);
    this.pool = journal.fact(resolvePool, this);
    this.containerPort = journal.fact(resolveContainerPort, this);
    this.drainSeconds = journal.fact(resolveDrainSeconds, this);
    this.waitsForConnections = journal.fact(resolveWaitsForConnections, this);
    this.minInstances = journal.fact(resolveMinInstances, this);
    this.maxInstances = journal.fact(resolveMaxInstances, this);
    this.providers = journal.fact(resolveProviders, this);
    this.gracePeriodSeconds = journal.fact(resolveGracePeriodSeconds, this);
    this.prometheusPort = journal.fact(resolvePrometheusPort, this);
    this.iamRole = journal.fact(resolveIamRole, this);
    this.usesAwsRole = journal.fact(usesAwsRole, this);
  }
}
