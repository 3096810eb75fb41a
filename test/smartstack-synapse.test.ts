import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { YamlMap } from '../compiler/model/yaml-value.ts';
import { synapseNamespaces } from '../compiler/resolve/smartstack/synapse-namespaces.ts';
import { runtimeJson } from '../constructs/_runtime-json.ts';
import { synapseDocument } from '../constructs/_synapse-document.ts';
import { synapseEntries, type SynapseWorld } from '../constructs/_synapse-entries.ts';
import { evaluateErb } from './support/erb.ts';
import { HOSTS, LOCATION_TYPES, meshServices, smartstackOf, type GoldenHost } from './support/golden-hosts.ts';
import { smartstackSettings } from './support/smartstack-settings.ts';

interface Entry {
  readonly haproxy?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}
type Entries = Readonly<Record<string, Entry>>;

/**
 * Where our entries differ from what synapse-tools generated on the host, and why. Nothing else may.
 * `apply` makes of their entry what we render; undefined when we render none.
 */
const DEVIATIONS: readonly {
  readonly reason: string;
  readonly apply: (entry: Entry, name: string, all: Readonly<Record<string, unknown>>) => Entry | undefined;
}[] = [
  {
    reason: 'nginx is not rendered: HAProxy listens on the port and on both sockets itself',
    apply: (entry, name, all) => (name.endsWith('.nginx_listener') ? undefined : withoutNginx(entry, all)),
  },
  {
    reason: 'reqtarpit is gone from HAProxy 2; where requests are not read the new rule cannot act',
    apply: (entry) =>
      lines(entry, 'backend', (line, { isHttp }) => {
        if (line !== 'reqtarpit . if to_be_tarpitted') return [line];
        return isHttp ? ['http-request tarpit if to_be_tarpitted'] : [];
      }),
  },
  {
    reason: 'reqidel and reqadd are gone from HAProxy 2; set-header does both',
    apply: (entry) =>
      lines(entry, 'backend', (line) => {
        const added = /^reqadd (\S+?):\\ (.*)$/.exec(line);
        if (added !== null) return [`http-request set-header ${added[1]!} ${added[2]!}`];
        return line.startsWith('reqidel ') ? [] : [line];
      }),
  },
  {
    reason: 'option allredisp is a private patch of HAProxy',
    apply: (entry) => lines(entry, 'backend', (line) => (line === 'option allredisp' ? [] : [line])),
  },
  {
    reason: 'Lua plugins are not rendered',
    apply: (entry) => {
      const isLua = /^http-request (set-var\S+ )?lua\.|^use_backend %\[var/;
      const backend = lines(entry, 'backend', (line) => (isLua.test(line) ? [] : [line]));
      return lines(backend, 'frontend', (line) => (isLua.test(line) ? [] : [line]));
    },
  },
  {
    reason: 'HAProxy 2 would parse https and http2 as plain http: they pass through as bytes, as tcp does',
    apply: (entry) => (isEncrypted(entry) ? passedThrough(entry) : entry),
  },
];

/** Changes the lines of a section, if the entry has it. */
function lines(
  entry: Entry,
  section: 'frontend' | 'backend',
  change: (line: string, facts: { isHttp: boolean }) => readonly string[],
): Entry {
  const found = entry.haproxy?.[section] as readonly string[] | undefined;
  if (found === undefined) return entry;
  const isHttp = String(entry.haproxy?.['server_options']).includes('layer7');
  return { ...entry, haproxy: { ...entry.haproxy, [section]: found.flatMap((line) => change(line, { isHttp })) } };
}

function withoutNginx({ nginx: _, ...entry }: Entry, all: Readonly<Record<string, unknown>>): Entry {
  const { bind_address: socket, ...haproxy } = entry.haproxy!;
  if (socket === undefined) return { ...entry, haproxy };
  const listener = all[`${String(haproxy['backend_name'])}.nginx_listener`] as { nginx: { port: number } };
  const listening = { ...entry, haproxy: { ...haproxy, port: String(listener.nginx.port) } };
  return lines(listening, 'frontend', (line) =>
    line.endsWith('.prxy accept-proxy') ? [`bind ${String(socket)}`, line] : [line],
  );
}

function isEncrypted(entry: Entry): boolean {
  return /GET \/(https|http2)\//.test(JSON.stringify(entry.haproxy?.['backend'] ?? ''));
}

function passedThrough(entry: Entry): Entry {
  const backend = lines(entry, 'backend', (line) => {
    if (!line.startsWith('option httpchk')) return [line];
    return ['mode tcp', line.replace('GET /http2/', 'GET /http/')];
  });
  const listener = ['no option accept-invalid-http-request', 'option tcplog', 'mode tcp'];
  return lines(backend, 'frontend', (line) => (line.endsWith('.sock') ? [...listener, line] : [line]));
}

function theirs(host: GoldenHost, file: string): Entries {
  const all = host.synapse[file]!.services;
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, services]) => {
      let entry: Entry | undefined = services as Entry;
      for (const { apply } of DEVIATIONS) entry = entry && apply(entry, name, all);
      return entry === undefined ? [] : [[name, entry] as const];
    }),
  );
}

function worldOf(host: GoldenHost, file: string): SynapseWorld {
  const settings = host.settingsOf(file);
  const superregion = settings.locations['superregion']!;
  const zkHosts = 'name' in superregion ? settings.zookeeperTopology[superregion.name]! : [];
  return { settings, types: LOCATION_TYPES, zkHosts, canProxy: () => true };
}

function ours(services: readonly string[], world: SynapseWorld, source = smartstackOf): Entries {
  const entries = services.flatMap((service) =>
    synapseNamespaces(source(service)).flatMap((namespace) => synapseEntries(service, namespace, world)),
  );
  const names = entries.map(({ name }) => name);
  assert.is(new Set(names).size, names.length, 'every entry has a name of its own');
  const env = { env: {}, files: { '/nail/etc/habitat': 'here\n' } };
  return Object.fromEntries(
    entries.map(({ name, document }) => [name, JSON.parse(evaluateErb(runtimeJson(document), env)) as Entry]),
  );
}

const FILES = HOSTS.flatMap((host) => Object.keys(host.synapse).map((file) => ({ host, file })));

for (const { host, file } of FILES) {
  test(`the entries of ${file} on ${host.name} are those of synapse-tools with HAProxy 2's syntax`, () => {
    assert.equal(ours(meshServices(), worldOf(host, file)), theirs(host, file));
  });
}

for (const { reason, apply } of DEVIATIONS) {
  test(`the fixtures show the deviation: ${reason}`, () => {
    const isShown = FILES.some(({ host, file }) => {
      const all = host.synapse[file]!.services as Entries;
      return Object.keys(all).some(
        (name) => JSON.stringify(apply(all[name]!, name, all)) !== JSON.stringify(all[name]),
      );
    });
    assert.ok(isShown);
  });
}

/** As `DEVIATIONS`, for what stands above the services. */
const TOP_DEVIATIONS: readonly { readonly reason: string; readonly apply: (haproxy: Top) => Top }[] = [
  {
    reason: 'HAProxy runs in the foreground in master-worker mode, and is reloaded through its master socket',
    apply: (haproxy) => ({
      ...withoutLines(haproxy, 'global', /^daemon$/),
      reload_command:
        `ruby -rsocket -e 's=UNIXSocket.new("/var/run/synapse/haproxy-master.sock"); s.puts("reload"); ` +
        `s.close_write; s.read'`,
    }),
  },
  {
    reason: 'only Lua used the map of addresses, and Lua plugins are not rendered',
    apply: (haproxy) => {
      const { 'listen map.debug': _, ...sections } = haproxy['extra_sections'] as Top;
      return { ...withoutLines(haproxy, 'global', /^(setenv|lua-load) /), extra_sections: sections };
    },
  },
  {
    reason: 'option forceclose is gone from HAProxy 2',
    apply: (haproxy) => ({
      ...haproxy,
      defaults: (haproxy['defaults'] as string[]).map((line) => line.replace('forceclose', 'httpclose')),
    }),
  },
  {
    reason: 'HAProxy 2 refuses a file without a final newline, which synapse does not write',
    apply: (haproxy) => ({
      ...haproxy,
      do_checks: true,
      candidate_config_file_path: '/var/run/synapse/haproxy.cfg.tmp',
      check_command: 'echo >> /var/run/synapse/haproxy.cfg.tmp; haproxy -c -f /var/run/synapse/haproxy.cfg.tmp',
    }),
  },
  {
    reason: 'weights have no effect unless they are asked for',
    apply: (haproxy) => ({ ...haproxy, use_nerve_weights: true }),
  },
  {
    reason: 'the file is the same on all nodes, so the seed is made of the node name at run time',
    apply: (haproxy) => ({ ...haproxy, server_order_seed: '1012' }),
  },
];

type Top = Readonly<Record<string, unknown>>;

function withoutLines(haproxy: Top, section: string, pattern: RegExp): Top {
  return { ...haproxy, [section]: (haproxy[section] as string[]).filter((line) => !pattern.test(line)) };
}

for (const { host, file } of FILES) {
  test(`${file} on ${host.name} is otherwise that of synapse-tools`, () => {
    const text = runtimeJson(synapseDocument(host.settingsOf(file).synapse, true));
    const made = JSON.parse(evaluateErb(text, { env: { PAASTA_HOST: 'node-west-1' } })) as Record<string, unknown>;
    assert.equal(
      made['haproxy'],
      TOP_DEVIATIONS.reduce((top, { apply }) => apply(top), host.synapse[file]!.haproxy as Top),
    );
    assert.equal(made['file_output'], { output_directory: '/var/run/synapse/services' });
    assert.equal([made['services'], made['service_conf_dir']], [{}, '/etc/synapse/services.d']);
  });
}

for (const { reason, apply } of TOP_DEVIATIONS) {
  test(`the fixtures show the deviation: ${reason}`, () => {
    const tops = FILES.map(({ host, file }) => host.synapse[file]!.haproxy as Top);
    assert.not.equal(tops.map(apply), tops);
  });
}

/** Entries of `web.main` in a cluster whose habitat only the nodes know. */
function entriesOf(keys: YamlMap, world: Partial<SynapseWorld> = {}): Entries {
  const settings = smartstackSettings({
    locations: {
      ecosystem: { name: 'prod' },
      superregion: { name: 'west' },
      region: { name: 'west-1' },
      habitat: { nodeFile: '/nail/etc/habitat' },
    },
  });
  const given = { settings, types: LOCATION_TYPES, zkHosts: ['zk:1'], canProxy: () => true, ...world };
  return ours(['web'], given, () => ({ main: { proxy_port: 20001, ...keys } }));
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
  assert.is((chaos({ fail: 'error_503' })['discovery'] as Top)['method'], 'base');
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
