import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createForeignCache, loadService, loadSystemConfig } from '../compiler/load/index.ts';
import type { ServiceFile, ServiceSources } from '../compiler/model/service-sources.ts';
import { isMap, type YamlMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { withoutCredentials } from '../git/git-url.ts';
import { reportStyle } from './frames.ts';
import { isKnownService } from './known-service.ts';
import { INPUT_OPTIONS, loadProject } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { safeText } from './safe-text.ts';
import { outputOption, textOf, UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'info',
  usage: 'info -s SERVICE',
  description: `
Shows a service as soa-configs describe it: description, team, contact, source, clusters with instances, mesh namespaces and
their ports, deploy groups with the deployed version.

Exit status: 0, 1 when the service cannot be read, 2 wrong usage.`,
  options: {
    ...INPUT_OPTIONS,
    service: { short: 's', value: 'SERVICE', help: 'the service' },
    output: outputOption(),
  },
  run,
};

function run({ values, io }: Call): Promise<number> {
  const service = textOf(values, 'service');
  if (service === undefined) throw new UsageError('-s SERVICE is needed');
  const { project, diagnostics: ofProject } = loadProject(values, io);
  const system = loadSystemConfig(createDiskReader(project.systemConfigDir));
  if (!isKnownService(service, project, io)) return Promise.resolve(1);
  const sources = loadService(createDiskReader(project.soaDir), service, {
    clusters: new Set(system.universe),
    customPrefixes: new Set(system.customPrefixes),
    foreign: createForeignCache(),
  });
  const info = serviceInfo(sources);
  if (textOf(values, 'output') === 'json') io.out(`${JSON.stringify(info, null, 2)}\n`);
  else io.out(asText(info));
  const errors = [...ofProject, ...system.diagnostics, ...sources.diagnostics].filter((d) => d.severity === 'error');
  io.err(formatDiagnostics(errors, reportStyle(project, io)));
  return Promise.resolve(errors.length > 0 ? 1 : 0);
}

interface ServiceInfo {
  readonly service: string;
  readonly description: string | null;
  readonly externalLink: string | null;
  readonly gitUrl: string | null;
  readonly team: string | null;
  readonly runbook: string | null;
  readonly clusters: Readonly<Record<string, readonly string[]>>;
  /** proxy_port by mesh namespace. */
  readonly mesh: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

function serviceInfo(sources: ServiceSources): ServiceInfo {
  const service = mapOf(sources.serviceYaml);
  const monitoring = mapOf(sources.monitoring);
  const clusters: Record<string, string[]> = {};
  for (const { cluster, instances } of sources.instanceFiles) (clusters[cluster] ??= []).push(...instances);
  for (const instances of Object.values(clusters)) instances.sort(compareText);
  const namespaces = Object.entries(mapOf(sources.smartstack)).map(([name, value]) => [
    `${sources.service}.${name}`,
    String((isMap(value) ? value['proxy_port'] : null) ?? 'discovery only'),
  ]);
  const versions = sources.deployments.kind === 'read' ? Object.entries(sources.deployments.deployments) : [];
  return {
    service: sources.service,
    description: text(service['description']),
    externalLink: text(service['external_link']),
    gitUrl: text(service['git_url']),
    team: text(monitoring['team']),
    runbook: text(monitoring['runbook']),
    clusters,
    mesh: Object.fromEntries(namespaces) as Record<string, string>,
    versions: Object.fromEntries(versions.map(([group, version]) => [group, version?.dockerImage ?? 'broken entry'])),
  };
}

function mapOf(file: ServiceFile): YamlMap {
  return file.kind === 'read' && isMap(file.document.value) ? file.document.value : {};
}

function text(value: YamlValue | undefined): string | null {
  return typeof value === 'string' ? withoutCredentials(value.trim()) : null;
}

function asText(info: ServiceInfo): string {
  const rows = [
    ['service', info.service],
    ['description', info.description ?? '(none)'],
    ['team', info.team ?? '(none: nobody is alerted)'],
    ['runbook', info.runbook ?? '(none)'],
    ['link', info.externalLink ?? '(none)'],
    ...(info.gitUrl === null ? [] : [['git', info.gitUrl]]),
    ...Object.entries(info.clusters).map(([cluster, instances]) => [
      `in ${cluster}`,
      instances.join(', ') || '(no instances)',
    ]),
    ...Object.entries(info.mesh).map(([name, port]) => [`mesh ${name}`, port]),
    ...Object.entries(info.versions).map(([group, image]) => [`deployed ${group}`, image]),
  ] as [string, string][];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${safeText(label).padEnd(width)}  ${safeText(value)}\n`).join('');
}
