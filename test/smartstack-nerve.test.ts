import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { locationsOf } from '../compiler/resolve/smartstack/locations.ts';
import { resolveNerveServices, type NervePod } from '../compiler/resolve/smartstack/nerve-services.ts';
import type { YamlMap } from '../compiler/model/yaml-value.ts';
import { nerveDocument } from '../constructs/_nerve-document.ts';
import { runtimeJson } from '../constructs/_runtime-json.ts';
import { evaluateErb } from './support/erb.ts';
import type { Records } from './support/smartstack-deviations.ts';
import { smartstackSettings } from './support/smartstack-settings.ts';

function document(pod: Partial<NervePod> & Pick<NervePod, 'registrations' | 'smartstackOf'>, name: string, ip: string) {
  const runtime = { env: { PAASTA_POD_IP: ip, POD_NAME: name }, files: { '/nail/etc/habitat': 'west-1a\n' } };
  const services = resolveNerveServices({
    port: 8888,
    weight: 10,
    settings: smartstackSettings(),
    locations: world,
    usesHacheckSidecar: true,
    ...pod,
  });
  const text = evaluateErb(runtimeJson(nerveDocument(services)), runtime);
  return JSON.parse(text) as { instance_id: string; services: Records };
}

const MAPPING = {
  prod_ecosystem: { 'west-prod_superregion': { 'west-1_region': { 'west-1a_habitat': {}, 'west-1b_habitat': {} } } },
  dev_ecosystem: {
    'west-dev_superregion': { 'sjc-dev_region': { 'sjc-1_habitat': {} } },
    'east-dev_superregion': { 'nyc-dev_region': {} },
  },
};
const world = locationsOf({ types: ['ecosystem', 'superregion', 'region', 'habitat'], mapping: MAPPING });
const dev = smartstackSettings({
  locations: {
    ecosystem: { name: 'dev' },
    superregion: { name: 'west-dev' },
    region: { name: 'sjc-dev' },
    habitat: { nodeFile: '/nail/etc/habitat' },
  },
  zookeeperTopology: { 'west-dev': ['zk-dev:2181'], 'west-prod': ['zk-prod:2181'], 'east-dev': ['zk-east:2181'] },
});

/** Records of one pod of `web.main` in dev, by ZooKeeper location. */
function records(keys: YamlMap, pod: Partial<NervePod> = {}): Records {
  const smartstack = { main: { proxy_port: 20001, ...keys } };
  const given = { registrations: ['web.main'], smartstackOf: () => smartstack, settings: dev, locations: world };
  const { services } = document({ ...given, ...pod }, 'web-main-1', '10.0.0.5');
  return Object.fromEntries(
    Object.entries(services).map(([key, record]) => {
      const name = /^web\.main\.(.*):10\.0\.0\.5\.8888\.v2\.new$/.exec(key);
      assert.ok(name !== null, key);
      return [name[1]!, record];
    }),
  );
}

function labels(made: Records): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(made).map(([zk, record]) => [zk, Object.keys(record['labels'] as object)]));
}

function check(made: Records): Record<string, unknown> {
  return (made['west-dev']!['checks'] as Record<string, unknown>[])[0]!;
}

test('extra_advertise registers instances of the left location in the right one too', () => {
  const made = records({
    advertise: ['region', 'superregion'],
    extra_advertise: { 'superregion:west-dev': ['region:west-1'], 'region:nyc-dev': ['region:west-1'] },
  });
  assert.equal(labels(made), {
    'west-dev': ['region:sjc-dev', 'superregion:west-dev'],
    'west-prod': ['region:west-1'],
  });
});

test('extra_advertise never widens: a destination narrower than the advertised type is left out', () => {
  const made = records({ extra_advertise: { 'region:sjc-dev': ['habitat:west-1a'] } });
  assert.equal(labels(made), { 'west-dev': ['region:sjc-dev'] });
});

test('a type above the ZooKeeper locations registers in each of them that has a topology', () => {
  const made = records({ advertise: ['ecosystem'] });
  assert.equal(labels(made), { 'east-dev': ['ecosystem:dev'], 'west-dev': ['ecosystem:dev'] });
  const { 'east-dev': _, ...topology } = dev.zookeeperTopology;
  const fewer = records({ advertise: ['ecosystem'] }, { settings: { ...dev, zookeeperTopology: topology } });
  assert.equal(Object.keys(fewer), ['west-dev']);
});

test('a location that only the node knows is read there', () => {
  assert.equal(labels(records({ advertise: ['habitat'] })), { 'west-dev': ['habitat:west-1a'] });
});

test('ZooKeeper locations with the same servers make one record with all labels', () => {
  const one = { ...dev, zookeeperTopology: { 'west-dev': ['b:1', 'a:1'], 'west-prod': ['a:1', 'b:1'] } };
  const made = records({ extra_advertise: { 'region:sjc-dev': ['region:west-1'] } }, { settings: one });
  assert.equal(labels(made), { 'west-dev': ['region:sjc-dev', 'region:west-1'] });
  assert.is(made['west-dev']!['zk_cluster_name'], 'infrastructure-west-dev');
});

test('an http2 service is checked over http, which hacheck knows', () => {
  assert.is(check(records({ mode: 'http2' }))['uri'], '/http/web.main/8888/status');
  assert.is(check(records({ mode: 'http2', healthcheck_mode: 'tcp' }))['uri'], '/tcp/web.main/8888/status');
});

test('without a hacheck sidecar the node is asked, and told which pod to check', () => {
  const made = check(records({ extra_healthcheck_headers: { Host: 'a.example.com' } }, { usesHacheckSidecar: false }));
  assert.is(made['host'], '127.0.0.1');
  assert.equal(made['headers'], { 'X-Nerve-Check-IP': '10.0.0.5', 'x-smartstack-target-identity': 'web.main' });
});

test('an empty advertise list, a missing namespace and an unknown mode register nothing', () => {
  assert.equal(records({ advertise: [] }), {});
  assert.equal(records({}, { registrations: ['web.other'] }), {});
  assert.equal(records({ mode: 'quic' }), {});
});

test('a namespace with a null proxy_port registers; one without the key does not', () => {
  assert.equal(Object.keys(records({ proxy_port: null })), ['west-dev']);
  const smartstackOfNone = { smartstackOf: () => ({ main: { mode: 'http' } }) };
  assert.equal(records({}, smartstackOfNone), {});
});

test('a check timeout makes the interval one second longer', () => {
  const made = records({ healthcheck_timeout_s: 0.5 });
  assert.is(made['west-dev']!['check_interval'], 1.5);
  assert.equal([check(made)['timeout'], check(made)['open_timeout']], [0.5, 0.5]);
});

test.run();
