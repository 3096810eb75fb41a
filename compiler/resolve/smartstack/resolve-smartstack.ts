import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../../model/cluster-config.ts';
import type { ServiceSources, SharedSources } from '../../model/service-sources.ts';
import type { ServiceSummary } from '../../model/service-summary.ts';
import type { SynapseNamespace } from '../../model/smartstack.ts';
import type { SourceDocument } from '../../model/source-document.ts';
import { isMap, isNumeric, toNumber, type YamlMap } from '../../model/yaml-value.ts';
import { checkClusterLocations } from './check-cluster-locations.ts';
import { checkDropped } from './check-dropped.ts';
import { checkLocations } from './check-locations.ts';
import { checkNames } from './check-names.ts';
import { checkText } from './check-text.ts';
import type { Locations } from './locations.ts';
import { worldOf } from './location-world.ts';
import type { NamespaceFinding, NamespaceInput } from './namespace-check.ts';
import { synapseNamespaces } from './synapse-namespaces.ts';

const CHECKS = [checkNames, checkText, checkLocations, checkDropped];

/** What the namespaces of one service are to the mesh, wherever they run. */
export interface ServiceMesh {
  /** In file order. Null: they cannot be told, and what was rendered of them before stays. */
  readonly namespaces: readonly SynapseNamespace[] | null;
  readonly proxyPorts: ServiceSummary['proxyPorts'];
  readonly source: ServiceSummary['smartstackSource'];
  readonly diagnostics: readonly Diagnostic[];
}

export interface SmartstackSource {
  readonly document: SourceDocument;
  /** Path of the namespaces in the document. */
  readonly path: readonly string[];
  readonly map: YamlMap;
}

/**
 * Reads a service's namespaces as synapse does, and checks what only several keys, locations or HAProxy tell to be wrong.
 * Those with an error are null together: a service's configuration is held back as a whole.
 */
export function resolveSmartstack(
  sources: ServiceSources,
  configs: readonly ClusterConfig[],
  shared: SharedSources,
): ServiceMesh {
  const source = smartstackSource(sources);
  if (source === 'broken') return { namespaces: null, proxyPorts: {}, source: null, diagnostics: [] };
  if (source === null) return { namespaces: [], proxyPorts: {}, source: null, diagnostics: [] };
  const worlds = configs.flatMap((config) => worldOf(config, shared) ?? []);
  const inputs = inputsOf(sources.service, source, {
    worlds: [...new Set(worlds)],
    isSynapseRendered: configs.some(({ smartstack }) => smartstack.synapse.isEnabled),
  });
  const findings = inputs.flatMap((input) => CHECKS.flatMap((check) => check(input)));
  const general = findings.map((finding) => toDiagnostic(sources.service, source.document, finding));
  const local = configs.flatMap((config) => {
    const found = inputs.flatMap((input) => checkClusterLocations(input, config, worldOf(config, shared)));
    return found.map((each) => ({
      ...toDiagnostic(sources.service, source.document, each),
      cluster: config.cluster,
    }));
  });
  const isHeldBack = findings.some(({ severity }) => severity === 'error');
  return {
    namespaces: isHeldBack ? null : synapseNamespaces(source.map),
    proxyPorts: proxyPortsOf(source.map),
    source: { file: source.document.file, path: source.path },
    diagnostics: [...general, ...local],
  };
}

/** A `smartstack` key of service.yaml replaces the whole file for synapse-tools (PaaSTA: `read_service_configuration`). */
export function smartstackSource({ serviceYaml, smartstack }: ServiceSources): SmartstackSource | 'broken' | null {
  if (serviceYaml.kind === 'broken' || smartstack.kind === 'broken') return 'broken';
  if (serviceYaml.kind === 'read' && isMap(serviceYaml.document.value)) {
    const { value } = serviceYaml.document;
    const own = Object.hasOwn(value, 'smartstack') ? value['smartstack'] : undefined;
    if (own !== undefined)
      return isMap(own) ? { document: serviceYaml.document, path: ['smartstack'], map: own } : null;
  }
  if (smartstack.kind !== 'read' || !isMap(smartstack.document.value)) return null;
  return { document: smartstack.document, path: [], map: smartstack.document.value };
}

function inputsOf(
  service: string,
  { path, map }: SmartstackSource,
  world: { readonly worlds: readonly Locations[]; readonly isSynapseRendered: boolean },
): readonly NamespaceInput[] {
  return Object.entries(map).flatMap(([namespace, keys]) => {
    if (!isMap(keys)) return [];
    return [{ registration: `${service}.${namespace}`, path: [...path, namespace], keys, ...world }];
  });
}

function proxyPortsOf(map: YamlMap): ServiceSummary['proxyPorts'] {
  const ports = Object.entries(map).flatMap(([namespace, keys]) => {
    const port = isMap(keys) && Object.hasOwn(keys, 'proxy_port') ? keys['proxy_port'] : undefined;
    if (port !== null && !isNumeric(port)) return [];
    return [[namespace, port === null ? null : toNumber(port)] as const];
  });
  return Object.fromEntries(ports);
}

function toDiagnostic(service: string, document: SourceDocument, finding: NamespaceFinding): Diagnostic {
  const { severity, policy, code, message, hint, path, atKey } = finding;
  const { span } = document.locateNearest(path, atKey === true ? 'key' : 'value');
  const { root, file } = document;
  const optional = { ...(policy === undefined ? {} : { policy }), ...(hint === undefined ? {} : { hint }) };
  return { severity, code, message, root, file, ...span, path, service, ...optional };
}
