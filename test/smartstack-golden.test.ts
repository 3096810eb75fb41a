import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { compileTree, type CompiledCluster } from './support/compile.ts';
import { evaluateErb, type RuntimeWorld } from './support/erb.ts';
import { HOSTS, type GoldenHost, type HostPod } from './support/golden-hosts.ts';
import { goldenReader } from './support/golden-tree.ts';
import {
  NERVE_DEVIATIONS,
  SYNAPSE_DEVIATIONS,
  TOP_DEVIATIONS,
  type Entries,
  type Entry,
  type Records,
  type Top,
} from './support/smartstack-deviations.ts';

const FILES = HOSTS.flatMap((host) => Object.keys(host.synapse).map((file) => ({ host, file })));

/** The company with nerve and synapse rendered, each cluster as one of its hosts knows it. */
async function compiled(file: (host: GoldenHost) => string): Promise<(host: GoldenHost) => CompiledCluster> {
  const settings = HOSTS.map((host) => {
    return [`${host.cluster}/smartstack.json`, JSON.stringify({ smartstack: host.smartstack(file(host)) })] as const;
  });
  const tree = await compileTree(goldenReader('soa-configs'), goldenReader('etc-paasta', Object.fromEntries(settings)));
  const errors = tree.diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(errors, []);
  return (host) => tree.clusters[host.cluster]!;
}

const usual = await compiled(() => 'synapse.conf.json');
const others = await compiled((host) => Object.keys(host.synapse).sort()[0]!);
const clusterOf = (host: GoldenHost, file: string): CompiledCluster =>
  (file === 'synapse.conf.json' ? usual : others)(host);

function data(objects: readonly KubeObject[], name: string): Readonly<Record<string, string>> | undefined {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  return found && ((found['data'] ?? {}) as Record<string, string>);
}

function read<T>(text: string, world: RuntimeWorld = { env: { PAASTA_HOST: 'node-west-1' } }): T {
  return JSON.parse(evaluateErb(text, world)) as T;
}

function servicesOf(host: GoldenHost, pod: HostPod): Records {
  const objects = usual(host).instances.get(`${pod.service}.${pod.instance}`)!;
  const name = objects.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')!.metadata.name;
  const text = data(objects, `${name}-nerve`)?.['nerve.conf.json'];
  if (text === undefined) return {};
  const env = { PAASTA_POD_IP: pod.ip, POD_NAME: pod.name };
  const { instance_id: id, services } = read<{ instance_id: string; services: Records }>(text, { env });
  assert.is(id, pod.name);
  return services;
}

for (const host of HOSTS) {
  test(`what is rendered for the pods of ${host.name} is what nerve-tools generates there`, () => {
    const listed = host.pods.filter(
      (pod) => pod.phase === 'Running' && (host.registersTerminating || !pod.terminating),
    );
    const ours = Object.assign({}, ...listed.map((pod) => servicesOf(host, pod))) as Records;
    const theirs = NERVE_DEVIATIONS.reduce((records, { apply }) => apply(records), host.nerve['services'] as Records);
    assert.equal(ours, theirs);
    assert.ok(Object.keys(ours).length > 1);
  });
}

for (const { reason, apply } of NERVE_DEVIATIONS) {
  test(`the fixtures show the deviation: ${reason}`, () => {
    const records = HOSTS.map((host) => host.nerve['services'] as Records);
    assert.not.equal(records.map(apply), records);
  });
}

function expectedEntries(host: GoldenHost, file: string): Entries {
  const all = host.synapse[file]!.services;
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, services]) => {
      let entry: Entry | undefined = services as Entry;
      for (const { apply } of SYNAPSE_DEVIATIONS) entry = entry && apply(entry, name, all);
      return entry === undefined ? [] : [[name, entry] as const];
    }),
  );
}

for (const { host, file } of FILES) {
  test(`the shards hold the entries of ${file} on ${host.name} with HAProxy 2's syntax`, () => {
    const { shared } = clusterOf(host, file);
    const shards = [0, 1, 2, 3].map((shard) => data(shared, `synapse-services-${shard}`)!);
    const entries = shards.flatMap((files) => Object.entries(files));
    assert.equal(
      Object.fromEntries(entries.map(([name, text]) => [name.replace(/\.json$/, ''), read<Entry>(text)])),
      expectedEntries(host, file),
    );
  });

  test(`synapse is otherwise told what ${file} on ${host.name} says`, () => {
    const made = read<Top>(data(clusterOf(host, file).shared, 'synapse')!['synapse.conf.json']!);
    const top = host.synapse[file]!.haproxy as Top;
    assert.equal(
      made['haproxy'],
      TOP_DEVIATIONS.reduce((haproxy, { apply }) => apply(haproxy), top),
    );
    assert.equal(made['file_output'], { output_directory: '/var/run/synapse/services' });
    assert.equal([made['services'], made['service_conf_dir']], [{}, '/etc/synapse/services.d']);
  });
}

for (const { reason, apply } of SYNAPSE_DEVIATIONS) {
  test(`the fixtures show the deviation: ${reason}`, () => {
    const isShown = FILES.some(({ host, file }) => {
      const all = host.synapse[file]!.services as Entries;
      const names = Object.keys(all);
      return names.some((name) => JSON.stringify(apply(all[name]!, name, all)) !== JSON.stringify(all[name]));
    });
    assert.ok(isShown);
  });
}

for (const { reason, apply } of TOP_DEVIATIONS) {
  test(`the fixtures show the deviation: ${reason}`, () => {
    const tops = FILES.map(({ host, file }) => host.synapse[file]!.haproxy as Top);
    assert.not.equal(tops.map(apply), tops);
  });
}

test.run();
