import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { toSmartStackSettings } from '../../compiler/load/smartstack-settings.ts';
import type { SmartStackSettings } from '../../compiler/model/smartstack.ts';
import type { YamlMap, YamlValue } from '../../compiler/model/yaml-value.ts';
import { ROOT } from './run-cli.ts';

const GOLDEN = join(ROOT, 'test/golden/paasta');

/** A pod of a golden host, as far as nerve cares. */
export interface HostPod {
  readonly service: string;
  readonly instance: string;
  readonly name: string;
  readonly ip: string;
  readonly phase: string;
  readonly terminating: boolean;
}

/** One mesh host of the fixture company: where it is, what runs on it and what PaaSTA's tools generated there. */
export interface GoldenHost {
  readonly name: string;
  readonly cluster: string;
  readonly settings: SmartStackSettings;
  /** The settings with those of one synapse-tools configuration, by the name of what was generated with it. */
  readonly settingsOf: (file: string) => SmartStackSettings;
  readonly pods: readonly HostPod[];
  /** PaaSTA: `nerve_register_k8s_terminating`. */
  readonly registersTerminating: boolean;
  readonly nerve: Readonly<Record<string, unknown>>;
  /** By file name: `synapse.conf.json`, `synapse-nginx.conf.json`. */
  readonly synapse: Readonly<Record<string, GoldenSynapse>>;
}

export interface GoldenSynapse {
  readonly haproxy: Readonly<Record<string, unknown>>;
  readonly services: Readonly<Record<string, Record<string, unknown>>>;
}

export const HOSTS: readonly GoldenHost[] = readdirSync(join(GOLDEN, 'hosts')).sort().map(readHost);

export const LOCATION_TYPES = json<readonly string[]>('soa-configs/location_types.json');
export const LOCATION_MAPPING = json<Record<string, unknown>>('soa-configs/location_mapping.json');

/** smartstack.yaml of a fixture service; undefined when it has none. */
export function smartstackOf(service: string): YamlValue | undefined {
  return optionalYaml(`soa-configs/${service}/smartstack.yaml`);
}

/** Services of the fixture company that have a smartstack.yaml, sorted. */
export function meshServices(): readonly string[] {
  return readdirSync(join(GOLDEN, 'soa-configs'))
    .sort()
    .filter((service) => smartstackOf(service) !== undefined);
}

/** The instance's own keys; the fixtures that run on hosts use no templates for the ones that matter here. */
export function instanceKeys(cluster: string, service: string, instance: string): YamlMap {
  for (const type of ['kubernetes', 'eks']) {
    const file = optionalYaml(`soa-configs/${service}/${type}-${cluster}.yaml`) as YamlMap | undefined;
    if (file?.[instance] !== undefined) return file[instance] as YamlMap;
  }
  throw new Error(`no ${service}.${instance} in ${cluster}`);
}

function readHost(name: string): GoldenHost {
  const host = json<{ cluster: string; location: Record<string, string>; pods: Record<string, unknown>[] }>(
    `hosts/${name}/host.json`,
  );
  const files = readdirSync(join(GOLDEN, 'expected/hosts', name)).filter((file) => file.startsWith('synapse'));
  const zookeeper = `hosts/${name}/zookeeper_discovery/infrastructure`;
  const topology: Record<string, string[]> = {};
  for (const file of readdirSync(join(GOLDEN, zookeeper))) {
    const servers = yaml(`${zookeeper}/${file}`) as unknown as [string, number][];
    topology[file.replace('.yaml', '')] = servers.map(([server, port]) => `${server}:${port}`);
  }
  const settingsOf = (file: string): SmartStackSettings =>
    toSmartStackSettings({
      synapse_image: 'synapse',
      locations: Object.fromEntries(Object.entries(host.location).map(([type, at]) => [type, { static: at }])),
      zookeeper_topology: topology,
      synapse: json<YamlMap>(`hosts/${name}/${file.replace('synapse', 'synapse-tools')}`),
    });
  return {
    name,
    cluster: host.cluster,
    settings: settingsOf('synapse.conf.json'),
    settingsOf,
    pods: host.pods.map(hostPod),
    registersTerminating:
      json<YamlMap>(`etc-paasta/${host.cluster}/kubernetes.json`)['nerve_register_k8s_terminating'] !== false,
    nerve: json(`expected/hosts/${name}/nerve.conf.json`),
    synapse: Object.fromEntries(files.map((file) => [file, json(`expected/hosts/${name}/${file}`)])),
  };
}

function hostPod(pod: Record<string, unknown>): HostPod {
  const [service, instance] = (pod['instance'] as string).split('.') as [string, string];
  return {
    service,
    instance,
    name: `${service}-${instance}-${pod['suffix'] as string}`,
    ip: pod['ip'] as string,
    phase: (pod['phase'] as string | undefined) ?? 'Running',
    terminating: pod['terminating'] === true,
  };
}

function json<T>(path: string): T {
  return JSON.parse(readFileSync(join(GOLDEN, path), 'utf8')) as T;
}

function yaml(path: string): YamlValue {
  return load(readFileSync(join(GOLDEN, path), 'utf8'), { schema: YAML11_SCHEMA }) as YamlValue;
}

function optionalYaml(path: string): YamlValue | undefined {
  try {
    return yaml(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
