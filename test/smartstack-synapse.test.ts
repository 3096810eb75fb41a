import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { YamlMap } from '../compiler/model/yaml-value.ts';
import { synapseNamespaces } from '../compiler/resolve/smartstack/synapse-namespaces.ts';
import type { SynapseWorld } from '../constructs/_synapse-entries.ts';
import { evaluateErb } from './support/erb.ts';
import type { Entries, Entry } from './support/smartstack-deviations.ts';
import { serviceFiles, WORLD } from './support/synapse-files.ts';

/** Entries of `web.main` in a cluster whose habitat only the nodes know. */
function entriesOf(keys: YamlMap, world: Partial<SynapseWorld> = {}): Entries {
  const files = serviceFiles({ web: { main: { proxy_port: 20001, ...keys } } }, { ...WORLD, ...world });
  const runtime = { env: {}, files: { '/nail/etc/habitat': 'here\n' } };
  const entries = Object.entries(files).map(([name, text]) => {
    return [name, JSON.parse(evaluateErb(text, runtime)) as Entry] as const;
  });
  return Object.fromEntries(entries);
}

function section(entry: Entry | undefined, name: 'frontend' | 'backend'): readonly string[] {
  return entry!.haproxy![name] as readonly string[];
}

test('a namespace without a location of the type it is discovered by has no entries', () => {
  assert.equal(entriesOf({ discover: 'datacenter', advertise: ['datacenter', 'region'] }), {});
});

test('a location that only the node knows is read there', () => {
  const made = entriesOf({ discover: 'habitat', advertise: ['habitat'] })['web.main']!;
  const { label_filters: filters } = made['discovery'] as { label_filters: unknown };
  assert.equal(filters, [{ label: 'habitat:here', value: '', condition: 'equals' }]);
});

test('requests are not sent to a narrower type than the one that is discovered', () => {
  const made = entriesOf({ discover: 'region', advertise: ['superregion', 'region', 'habitat'] });
  assert.equal(Object.keys(made), ['web.main.habitat', 'web.main', 'web.main.superregion']);
  const routes = section(made['web.main'], 'frontend').filter((line) => line.startsWith('use_backend'));
  assert.equal(
    routes.map((line) => line.split(' ')[1]),
    ['web.main', 'web.main.superregion'],
  );
});

test('a namespace with a null port is discovered, and nothing listens', () => {
  const made = entriesOf({ proxy_port: null, endpoint_timeouts: { '/slow': 9000 } });
  assert.equal(Object.keys(made).sort(), ['web.main', 'web.main.__slow_timeouts']);
  for (const entry of Object.values(made)) assert.equal(entry.haproxy, { disabled: true });
});

test('namespaces without proxy_port, or with a negative one, are not in SmartStack', () => {
  assert.equal(entriesOf({ proxy_port: -1 }), {});
  assert.equal(synapseNamespaces({ main: { mode: 'http' } }), []);
});

test('an endpoint that is a pattern is matched as one, under a name that HAProxy takes', () => {
  const made = entriesOf({ endpoint_timeouts: { '^/users/[0-9]+/b:c$': 9000 } });
  const name = Object.keys(made).find((key) => key !== 'web.main')!;
  assert.match(name, /^web\.main\.___users___0-9____b_c_-[0-9a-f]{4}_timeouts$/);
  assert.ok(section(made['web.main'], 'frontend').includes(`acl ${name}_path path_reg ^/users/[0-9]+/b:c$`));
  assert.ok(section(made[name], 'backend').includes('timeout server 9000ms'));
});

test('setting one of the client and server timeouts sets the other to the greater', () => {
  const made = entriesOf({ timeout_client_ms: 700 })['web.main'];
  assert.ok(section(made, 'frontend').includes('timeout client 700ms'));
  assert.ok(section(made, 'backend').includes('timeout server 700ms'));
});

test('keepalive keeps connections to http servers open', () => {
  const kept = ['no option httpclose', 'option http-keep-alive'];
  assert.equal(section(entriesOf({ keepalive: true })['web.main'], 'backend').slice(0, 2), kept);
  assert.not(section(entriesOf({ keepalive: true, mode: 'tcp' })['web.main'], 'backend').includes(kept[0]!));
});

test('chaos acts where the cluster is, failures before delays', () => {
  const chaos = (setting: YamlMap): Entry => entriesOf({ chaos: { region: { 'west-1': setting } } })['web.main']!;
  assert.ok(section(chaos({ fail: 'drop', delay: '1s' }), 'frontend').includes('tcp-request content reject'));
  assert.ok(section(chaos({ delay: '1s' }), 'frontend').includes('tcp-request inspect-delay 1s'));
  assert.is((chaos({ fail: 'error_503' })['discovery'] as { method: string }).method, 'base');
  const elsewhere = entriesOf({ chaos: { region: { 'east-1': { fail: 'drop' } } } });
  assert.equal(elsewhere, entriesOf({}));
});

test('requests go through a proxy unless its backend is missing', () => {
  const keys = { proxied_through: 'relay.main' };
  const through = 'use_backend relay.main if';
  const uses = (entry: Entry | undefined) => section(entry, 'frontend').some((line) => line.startsWith(through));
  assert.ok(uses(entriesOf(keys)['web.main']));
  assert.not(uses(entriesOf(keys, { canProxy: () => false })['web.main']));
});

test.run();
