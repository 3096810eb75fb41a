import type { CompileInput } from './compile.ts';
import type { ServiceRun } from './compile-service.ts';
import { compareText, type Diagnostic } from './diagnostics/diagnostic.ts';
import { heldBack } from './held-back.ts';
import {
  createForeignCache,
  listServices,
  loadShared,
  loadSystemConfig,
  type LoadOptions,
  type SystemConfig,
} from './load/index.ts';
import { smartstackOfCluster } from './resolve/index.ts';
import { scopeFindings } from './scope-findings.ts';
import { withSeverity } from './severity.ts';

/** What all services are compiled with, which services these are, and what was found on the way. */
export interface PreparedRun extends ServiceRun {
  readonly services: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Loads what services share. */
export function prepareRun(input: CompileInput): PreparedRun {
  const { scope } = input;
  const system = loadSystemConfig(input.system, scope.clusters && { onlyClusters: scope.clusters });
  const listed = listServices(input.soa);
  const shared = loadShared(input.soa, sharedOptions(system, listed.services));
  const services = listed.services.filter((service) => scope.services?.includes(service) ?? true);
  const load: LoadOptions = {
    clusters: new Set(system.universe),
    customPrefixes: new Set(system.customPrefixes),
    foreign: createForeignCache(),
    kinds: new Map(),
    ...(scope.clusters && { onlyClusters: new Set(scope.clusters) }),
  };
  const clusterFindings = withSeverity(
    system.clusters.flatMap((config) => smartstackOfCluster(config, shared)),
    input,
  );
  const found = [
    ...[...system.diagnostics, ...listed.diagnostics, ...shared.diagnostics],
    ...scopeFindings(scope, { services: listed.services }),
  ];
  const diagnostics = [...withSeverity(found, input), ...clusterFindings];
  const isBlocked = heldBack(diagnostics).everything;
  return { input, system, shared, load, clusterFindings, services, diagnostics, isBlocked };
}

function sharedOptions(system: SystemConfig, services: readonly string[]) {
  const alwaysAuthenticating = [...new Set(system.clusters.flatMap((config) => config.alwaysAuthenticatingServices))];
  const usesTokens = system.clusters.some((config) => config.serviceAuthTokenSettings !== null);
  return { services, alwaysAuthenticating: alwaysAuthenticating.sort(compareText), usesTokens };
}
