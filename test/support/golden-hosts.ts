import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';
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
  /** `smartstack` of a system configuration that says what the host knows, by the name of what synapse-tools generated. */
  readonly smartstack: (file: string) => YamlMap;
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
  const smartstack = (file: string): YamlMap => ({
    nerve_image: 'nerve',
    synapse_image: 'synapse',
    locations: Object.fromEntries(Object.entries(host.location).map(([type, at]) => [type, { static: at }])),
    zookeeper_topology: topology,
    synapse: json<YamlMap>(`hosts/${name}/${file.replace('synapse', 'synapse-tools')}`),
  });
  return {
    name,
    cluster: host.cluster,
    smartstack,
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
