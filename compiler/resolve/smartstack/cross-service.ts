import type { Diagnostic, Path, RelatedPlace } from '../../diagnostics/diagnostic.ts';
import { compareText } from '../../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../../model/cluster-config.ts';
import type { ServiceSummary } from '../../model/service-summary.ts';
import type { SynapseNamespace } from '../../model/smartstack.ts';
import { quoted } from './namespace-check.ts';

/** Namespaces that one finding names. */
const MAX_NAMED = 5;

interface Port {
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
  readonly place: Place;
}

interface Place {
  readonly file: string;
  readonly path: Path;
}

/**
 * What only all services together tell: ports that two namespaces listen on, which HAProxy accepts and then splits their
 * traffic at random, and proxies that no request can be sent through. Each finding holds back its service's namespaces.
 * They have paths and no lines: summaries do not hold any.
 */
export function smartstackAcross(
  summaries: readonly ServiceSummary[],
  configs: readonly ClusterConfig[],
): readonly Diagnostic[] {
  const byService = new Map(summaries.map((summary) => [summary.service, summary]));
  return [...duplicatePorts(summaries, configs), ...summaries.flatMap((summary) => missingProxies(summary, byService))];
}

function duplicatePorts(
  summaries: readonly ServiceSummary[],
  configs: readonly ClusterConfig[],
): readonly Diagnostic[] {
  const byPort = new Map<number, Port[]>();
  for (const port of summaries.flatMap(portsOf)) {
    const sharers = byPort.get(port.port);
    if (sharers === undefined) byPort.set(port.port, [port]);
    else sharers.push(port);
  }
  const stats = new Map(configs.map(({ smartstack }) => [smartstack.synapse.statsPort, smartstack.synapse.isEnabled]));
  const findings: Diagnostic[] = [];
  for (const [number, ports] of byPort) {
    if (ports.length > 1) findings.push(...ports.map((port) => duplicate(port, ports)));
    if (stats.get(number) === true) findings.push(...ports.map(isStatsPort));
  }
  return findings.sort((a, b) => compareText(a.file, b.file));
}

function portsOf(summary: ServiceSummary): readonly Port[] {
  const { service, proxyPorts } = summary;
  return Object.entries(proxyPorts).flatMap(([namespace, port]) => {
    if (port === null || port < 0) return [];
    return [{ service, namespace, port, place: placeOf(summary, namespace, 'proxy_port') }];
  });
}

function placeOf({ service, smartstackSource }: ServiceSummary, namespace: string, key: string): Place {
  const { file, path } = smartstackSource ?? { file: `${service}/smartstack.yaml`, path: [] };
  return { file, path: [...path, namespace, key] };
}

function duplicate(port: Port, sharers: readonly Port[]): Diagnostic {
  const some = sharers.slice(0, MAX_NAMED + 1).filter((each) => each !== port);
  const others = some.slice(0, MAX_NAMED);
  const rest = sharers.length - 1 - others.length;
  const named = others.map(({ service, namespace }) => `${service}.${namespace}`).join(', ');
  const names = rest > 0 ? `${named} and ${rest} more` : named;
  const related = others.map(({ service, namespace, place }): RelatedPlace => ({
    ...place,
    message: `${service}.${namespace}`,
  }));
  return { ...portFinding(port, `proxy_port ${port.port} is also that of ${names}`), related };
}

function isStatsPort(port: Port): Diagnostic {
  return portFinding(port, `proxy_port ${port.port} is the port of HAProxy's statistics`);
}

function portFinding({ service, place }: Port, message: string): Diagnostic {
  return {
    severity: 'error',
    code: 'smartstack-duplicate-port',
    message,
    root: 'soa',
    ...place,
    hint: 'choose a free port from 19000 to 21000',
    service,
  };
}

function missingProxies(summary: ServiceSummary, all: ReadonlyMap<string, ServiceSummary>): readonly Diagnostic[] {
  const { service, smartstack } = summary;
  return (smartstack ?? []).flatMap(({ namespace, proxiedThrough, mode }) => {
    if (proxiedThrough === undefined || mode !== undefined) return [];
    const problem = proxyProblem(proxiedThrough, all);
    if (problem === null) return [];
    return [
      {
        severity: 'error',
        code: 'smartstack-proxied-through',
        message: `${service}.${namespace} goes through ${quoted(proxiedThrough)}, ${problem}`,
        root: 'soa',
        ...placeOf(summary, namespace, 'proxied_through'),
        service,
      } as const,
    ];
  });
}

/** Why requests cannot be sent through a namespace; null when they can, or nothing is known of its service. */
function proxyProblem(registration: string, all: ReadonlyMap<string, ServiceSummary>): string | null {
  const [name, ...rest] = registration.split('.');
  const service = all.get(name!);
  if (service === undefined) return 'a service that does not exist';
  if (service.smartstack === null) return null;
  const found = service.smartstack.find((each: SynapseNamespace) => each.namespace === rest.join('.'));
  if (found === undefined) return 'a namespace that is not in SmartStack';
  if (found.proxyPort === null) return 'which has no listener';
  return found.mode === undefined ? null : `which has mode ${found.mode}: a proxy reads requests, so it has to be http`;
}
