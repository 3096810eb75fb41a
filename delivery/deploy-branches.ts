import { compareText, type Diagnostic, type Path } from '../compiler/diagnostics/diagnostic.ts';
import type { InstanceFile, InstanceType, ServiceSources } from '../compiler/model/service-sources.ts';
import { isMap, type YamlMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { interpolate } from '../compiler/resolve/interpolate.ts';
import type { DeployBranch } from './deployments-from-refs.ts';

/** Instance types in PaaSTA's order for deployments.json (`INSTANCE_TYPE_HANDLERS`), which is not its lookup order. */
const TYPE_ORDER: readonly InstanceType[] = [
  'adhoc',
  'kubernetes',
  'eks',
  'tron',
  'flink',
  'flinkeks',
  'cassandracluster',
  'cassandraclustereks',
  'kafkacluster',
  'nrtsearchservice',
  'nrtsearchserviceeks',
  'monkrelays',
];

/** One instance of any type with what decides its version. */
export interface DeployInstance extends DeployBranch {
  readonly cluster: string;
  readonly instance: string;
  readonly type: InstanceType;
}

/** The instances of a service, and the findings that keep deployments.json from being made. */
export interface DeployInstances {
  readonly instances: readonly DeployInstance[];
  readonly errors: readonly Diagnostic[];
}

/**
 * Every instance of every type of a service: clusters sorted, then PaaSTA's order of types, then file order. Instances whose
 * `service` names another service are left out, as their image is another service's.
 * A file that could not be read is an error here: without it the document would lose instances.
 */
export function deployInstances(sources: ServiceSources): DeployInstances {
  const files = sources.instanceFiles
    .filter((file) => TYPE_ORDER.includes(file.type))
    .sort((a, b) => compareText(a.cluster, b.cluster) || TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type));
  const general = generalDefaults(sources);
  const errors: Diagnostic[] = [...brokenFiles(sources)];
  const instances = files.flatMap((file) => instancesOf(file, sources.service, general, errors));
  return { instances, errors };
}

/** Top-level keys of service.yaml, which are defaults of every instance. */
function generalDefaults({ serviceYaml }: ServiceSources): YamlMap {
  return serviceYaml.kind === 'read' && isMap(serviceYaml.document.value) ? serviceYaml.document.value : {};
}

function brokenFiles(sources: ServiceSources): readonly Diagnostic[] {
  const broken = sources.instanceFiles.filter((file) => file.document === null).map((file) => file.file);
  if (sources.serviceYaml.kind === 'broken') broken.push(sources.serviceYaml.file);
  return broken.flatMap((file) => {
    const found = sources.diagnostics.filter((d) => d.severity === 'error' && d.root === 'soa' && d.file === file);
    if (found.length > 0) return found;
    return [
      { severity: 'error', code: 'unreadable-file', message: 'the file cannot be used', root: 'soa', file, path: [] },
    ];
  });
}

/** One instance as it stands in its file. */
interface NamedConfig {
  readonly instance: string;
  readonly path: Path;
  readonly config: YamlValue;
}

function instancesOf(
  file: InstanceFile,
  service: string,
  general: YamlMap,
  errors: Diagnostic[],
): readonly DeployInstance[] {
  const value = file.document?.value;
  if (!isMap(value)) return [];
  const isTron = file.type === 'tron';
  const configs: readonly NamedConfig[] = isTron
    ? tronActions(value)
    : file.instances.map((instance) => ({ instance, path: [instance], config: ownValue(value, instance) ?? null }));
  const found: DeployInstance[] = [];
  for (const { instance, path, config } of configs) {
    const report = (code: string, message: string, key: Path): void => {
      const { span } = file.document!.locateNearest(key);
      const scope = { service, cluster: file.cluster, instance };
      errors.push({ severity: 'error', code, message, root: 'soa', file: file.file, path: key, ...span, ...scope });
    };
    if (!isMap(config)) {
      report('bad-instance', `instance "${instance}" is not a mapping`, path);
      continue;
    }
    const merged = isTron ? config : { ...general, ...config };
    const override = ownValue(merged, 'service') ?? service;
    if (override !== service) continue;
    const facts = { cluster: file.cluster, instance, service };
    const group = groupOf(merged, facts, isTron);
    if ('problem' in group) report('bad-deploy-group', group.problem, [...path, 'deploy_group']);
    else
      found.push({
        ...group,
        cluster: file.cluster,
        instance,
        type: file.type,
        branch: branchOf(file.cluster, instance),
      });
  }
  return found;
}

function groupOf(
  config: YamlMap,
  facts: { readonly cluster: string; readonly instance: string; readonly service: string },
  isTron: boolean,
): { readonly group: string | null } | { readonly problem: string } {
  const text = ownValue(config, 'deploy_group');
  if (text === undefined) return { group: isTron ? null : branchOf(facts.cluster, facts.instance) };
  if (text === null) return { group: null };
  if (typeof text !== 'string') return { problem: `deploy_group of "${facts.instance}" is not text` };
  const filled = interpolate(text, facts);
  if (filled.kind === 'text') return { group: filled.text };
  return { problem: `deploy_group of "${facts.instance}" has ${filled.problem}` };
}

/** Control branch of an instance. PaaSTA: `get_paasta_branch`. */
export function branchOf(cluster: string, instance: string): string {
  return `${cluster}.${instance}`;
}

/** Tron instances are `job.action`; an action takes `deploy_group` from its job. */
function tronActions(file: YamlMap): readonly NamedConfig[] {
  return Object.entries(file).flatMap(([job, config]) => {
    if (job.startsWith('_') || !isMap(config)) return [];
    const group = ownValue(config, 'deploy_group');
    const inherited: YamlMap = group === undefined ? {} : { deploy_group: group };
    return namedActions(ownValue(config, 'actions')).map(([action, index, own]) => ({
      instance: `${job}.${action}`,
      path: [job, 'actions', index],
      config: isMap(own) ? { ...inherited, ...own } : own,
    }));
  });
}

/** Name, key and value of each action: a mapping by name, or a list in which each says its name. */
function namedActions(actions: YamlValue | undefined): readonly (readonly [string, string | number, YamlValue])[] {
  if (isMap(actions)) return Object.entries(actions).map(([name, own]) => [name, name, own]);
  if (!Array.isArray(actions)) return [];
  return (actions as readonly YamlValue[]).flatMap((own, index) => {
    const name = isMap(own) ? ownValue(own, 'name') : undefined;
    return typeof name === 'string' ? [[name, index, own] as const] : [];
  });
}

function ownValue(map: YamlMap, key: string): YamlValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
