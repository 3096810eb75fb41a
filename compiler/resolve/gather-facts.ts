import { applicationName } from '../model/names.ts';
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
  const { journal, service, instance } = inputs;
  const facts: Facts = {
    ...inputs,
    application: applicationName(service, instance),
    namespace: journal.fact(() => resolveNamespace(inputs)),
    version: journal.fact(() => resolveVersion(inputs)),
    registrations: journal.fact(() => resolveRegistrations(inputs)),
    mesh: journal.fact(() => resolveMeshNamespace(facts)),
    kind: journal.fact(() => resolveKind(inputs)),
    pool: journal.fact(() => resolvePool(inputs)),
    containerPort: journal.fact(() => resolveContainerPort(inputs)),
    drainSeconds: journal.fact(() => resolveDrainSeconds(facts)),
    waitsForConnections: journal.fact(() => resolveWaitsForConnections(facts)),
    minInstances: journal.fact(() => resolveMinInstances(facts)),
    maxInstances: journal.fact(() => resolveMaxInstances(inputs)),
    providers: journal.fact(() => resolveProviders(inputs)),
    gracePeriodSeconds: journal.fact(() => resolveGracePeriodSeconds(inputs)),
    prometheusPort: journal.fact(() => resolvePrometheusPort(inputs)),
    iamRole: journal.fact(() => resolveIamRole(inputs)),
    usesAwsRole: journal.fact(() => usesAwsRole(facts)),
  };
  return facts;
}
