import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import type { YamlMap } from '../compiler/model/yaml-value.ts';
import { compileMesh, meshSystem, type MeshService } from './support/mesh-tree.ts';

const LOCATIONS = {
  superregion: { static: 'west' },
  region: { static: 'west-1' },
  habitat: { node_file: '/nail/etc/habitat' },
};

async function findings(
  services: Readonly<Record<string, MeshService>>,
  system = meshSystem({ locations: LOCATIONS }),
): Promise<readonly Diagnostic[]> {
  const { diagnostics } = await compileMesh(services, system);
  return diagnostics.filter(({ code }) => code.startsWith('smartstack-') || code === 'unsafe-name');
}

const ofKeys = (keys: YamlMap, system?: string): Promise<readonly Diagnostic[]> =>
  findings({ web: { smartstack: { main: { proxy_port: 20001, ...keys } } } }, system);

const brief = (found: readonly Diagnostic[]): readonly string[] =>
  found.map(({ severity, code, file, path }) => `${severity} ${code} ${file} ${path.join('.')}`);

/** Keys of one namespace, and what is said about them. */
const CASES: Readonly<Record<string, { readonly keys: YamlMap; readonly says: readonly string[] }>> = {
  'discovery by a type that is not advertised': {
    keys: { discover: 'superregion' },
    says: ['error smartstack-discover-not-advertised main.discover'],
  },
  'advertising without the type of discovery': {
    keys: { advertise: ['superregion'] },
    says: ['error smartstack-discover-not-advertised main.advertise'],
  },
  'an unknown type to advertise': {
    keys: { advertise: ['region', 'regoin'] },
    says: ['error smartstack-unknown-location-type main.advertise.1'],
  },
  'an unknown location to advertise to': {
    keys: { extra_advertise: { 'region:west-1': ['region:west-9', 'realm:x', 'west-2'] } },
    says: [
      'error smartstack-unknown-location-type main.extra_advertise.region:west-1.0',
      'error smartstack-unknown-location-type main.extra_advertise.region:west-1.1',
      'error smartstack-unknown-location-type main.extra_advertise.region:west-1.2',
    ],
  },
  'advertising from a location that only nodes know': {
    keys: { extra_advertise: { 'habitat:west-1a': ['region:west-2'] } },
    says: ['error smartstack-extra-advertise-dynamic main.extra_advertise.habitat:west-1a'],
  },
  'a destination narrower than what is advertised': {
    keys: { extra_advertise: { 'region:west-1': ['habitat:west-1a'] } },
    says: ['warning smartstack-extra-advertise-narrow main.extra_advertise.region:west-1.0'],
  },
  'a destination whose ZooKeeper is unknown': {
    keys: { extra_advertise: { 'region:west-1': ['region:east-1'] } },
    says: ['warning smartstack-dropped main.extra_advertise.region:west-1.0'],
  },
  'a line break in a header': {
    keys: { extra_headers: { 'X-A': 'a\nb' }, extra_healthcheck_headers: { 'X-A': 'a\rb' } },
    says: [
      'error smartstack-control-char main.extra_headers.X-A',
      'error smartstack-control-char main.extra_healthcheck_headers.X-A',
    ],
  },
  'a header name with a space': {
    keys: { extra_headers: { 'X A': '1' } },
    says: ['error smartstack-header-name main.extra_headers.X A'],
  },
  'an endpoint that is no path': {
    keys: { endpoint_timeouts: { 'a b': 1, '^(?<=x)': 1, '^/[a': 1, '^/ok[0-9]+$': 1 } },
    says: [
      'error smartstack-endpoint main.endpoint_timeouts.a b',
      'error smartstack-endpoint main.endpoint_timeouts.^(?<=x)',
      'error smartstack-endpoint main.endpoint_timeouts.^/[a',
    ],
  },
  'a delay that is no duration': {
    keys: { chaos: { region: { 'west-1': { delay: 'two seconds' } } } },
    says: ['error smartstack-chaos main.chaos.region.west-1.delay'],
  },
  'chaos by a location that only nodes know': {
    keys: { chaos: { habitat: { 'west-1a': { fail: 'drop' } } } },
    says: ['warning smartstack-dropped main.chaos.habitat'],
  },
  'what the rendered HAProxy cannot do': {
    keys: { allredisp: true, plugins: { logging: { enabled: true }, source_required: { enabled: false } } },
    says: ['warning smartstack-dropped main.allredisp', 'warning smartstack-dropped main.plugins.logging.enabled'],
  },
  'a protocol that passes through as bytes': {
    keys: { mode: 'https', extra_headers: { 'X-A': '1' } },
    says: ['warning smartstack-dropped main.mode', 'warning smartstack-dropped main.extra_headers'],
  },
  'a proxy that names no namespace': {
    keys: { proxied_through: 'relay' },
    says: ['error smartstack-proxied-through main.proxied_through'],
  },
  'a proxy that does not exist': {
    keys: { proxied_through: 'relay.main' },
    says: ['error smartstack-proxied-through main.proxied_through'],
  },
  'the port of the statistics': {
    keys: { proxy_port: 20555 },
    says: ['error smartstack-duplicate-port main.proxy_port'],
  },
};

for (const [name, { keys, says }] of Object.entries(CASES)) {
  test(`${name} is reported at its place`, async () => {
    const found = await ofKeys(keys, meshSystem({ locations: LOCATIONS, synapse: { stats_port: 20555 } }));
    const expected = says.map((each) => each.replace(/^(\S+ \S+) (.*)$/, '$1 web/smartstack.yaml $2'));
    assert.equal([...brief(found)].sort(), [...expected].sort());
    for (const { line, column, service } of found) assert.ok(line! > 1 && column! > 0 && service === 'web');
  });
}

test('what only synapse cannot do is not reported where none is rendered', async () => {
  const host = meshSystem(null);
  assert.equal(await ofKeys({ allredisp: true, mode: 'https', chaos: { habitat: { x: { fail: 'drop' } } } }, host), []);
});

test('two namespaces with one port are both told of the other', async () => {
  const found = await findings({
    web: { smartstack: { main: { proxy_port: 20001 }, other: { proxy_port: 20001 } } },
    api: { smartstack: { main: { proxy_port: 20001 } } },
  });
  assert.equal(brief(found), [
    'error smartstack-duplicate-port api/smartstack.yaml main.proxy_port',
    'error smartstack-duplicate-port web/smartstack.yaml main.proxy_port',
    'error smartstack-duplicate-port web/smartstack.yaml other.proxy_port',
  ]);
  assert.equal(
    found[0]!.related?.map(({ message, line, column }) => `${message} ${line}:${column}`),
    ['web.main 2:15', 'web.other 4:15'],
  );
});

test('namespaces in service.yaml are reported there', async () => {
  const serviceYaml = 'description: x\nsmartstack:\n  main:\n    proxy_port: 20555\n';
  const { diagnostics } = await compileMesh(
    { web: { smartstack: { main: { proxy_port: 20001 } } } },
    meshSystem({ locations: LOCATIONS, synapse: { stats_port: 20555 } }),
    { 'web/service.yaml': serviceYaml },
  );
  const { file, line, column, path } = diagnostics.find(({ code }) => code === 'smartstack-duplicate-port')!;
  assert.equal([file, line, column, path.join('.')], ['web/service.yaml', 4, 17, 'smartstack.main.proxy_port']);
});

test('a proxy must listen and read requests', async () => {
  const through = (relay: YamlMap): Promise<readonly Diagnostic[]> =>
    findings({
      web: { smartstack: { main: { proxy_port: 20001, proxied_through: 'relay.main' } } },
      relay: { smartstack: { main: relay } },
    });
  assert.equal(await through({ proxy_port: 20002 }), []);
  assert.match((await through({ proxy_port: null }))[0]!.message, /no listener/);
  assert.match((await through({ proxy_port: 20002, mode: 'tcp' }))[0]!.message, /mode tcp/);
});

test('a namespace name that cannot stand in paths is an error', async () => {
  const found = await findings({ web: { smartstack: { 'a b': { proxy_port: 20001 }, main: { proxy_port: 20002 } } } });
  assert.equal(brief(found), ['error unsafe-name web/smartstack.yaml a b']);
});

test('namespaces that would be one backend, or need too long a socket, are errors', async () => {
  const one = await findings({
    web: {
      smartstack: {
        main: { proxy_port: 20001, advertise: ['region', 'superregion'] },
        'main.superregion': { proxy_port: 20002 },
      },
    },
  });
  assert.equal(brief(one), ['error smartstack-name web/smartstack.yaml ']);
  const long = await findings({ web: { smartstack: { ['n'.repeat(64)]: { proxy_port: 20001 } } } });
  assert.equal(brief(long), ['error smartstack-name web/smartstack.yaml ']);
});

test('a listed registration without a namespace is a warning, an implicit one is a worker', async () => {
  const registrations = ['web.main', 'web.mian', 'api.main', 'gone.main'];
  const found = await findings({
    web: { smartstack: { main: { proxy_port: 20001 } }, main: { registrations } },
    api: { smartstack: { v1: { proxy_port: 20002 } } },
  });
  assert.equal(
    found.map(({ severity, code, instance, message }) => [severity, code, instance, message]),
    ['web.mian', 'api.main', 'gone.main'].map((name) => [
      'warning',
      'smartstack-unknown-registration',
      'main',
      `there is no namespace ${name}`,
    ]),
  );
});

test('a weight that HAProxy does not know is an error of its instance', async () => {
  const smartstack = { main: { proxy_port: 20001 } };
  for (const weight of [257, -1, 1.5, '10']) {
    const found = await findings({ web: { smartstack, main: { weight } } });
    const weights = found.filter(({ code }) => code === 'smartstack-weight');
    assert.equal(
      weights.map(({ instance, severity }) => [instance, severity]),
      [['main', 'error']],
      String(weight),
    );
  }
  assert.equal(await findings({ web: { smartstack, main: { weight: 256 } } }), []);
});

test('an image of nerve in a cluster that registers no pods is a warning', async () => {
  const found = await ofKeys({}, meshSystem({}, { register_k8s_pods: false }));
  assert.equal(
    found.map(({ severity, code, cluster }) => [severity, code, cluster]),
    [['warning', 'smartstack-not-registered', 'norcal-prod']],
  );
});

test('a shard that a ConfigMap cannot hold is an error that says what to raise', async () => {
  const smartstack = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => {
      const paths = Array.from({ length: 60 }, (_, path) => [`/${'p'.repeat(100)}/${path}`, 1]);
      return [`n${index}`, { proxy_port: 20000 + index, endpoint_timeouts: Object.fromEntries(paths) as YamlMap }];
    }),
  );
  const found = await findings({ web: { smartstack } }, meshSystem({ synapse: { shards: 1 } }));
  assert.equal(
    found.map(({ code, root, hint }) => [code, root, hint]),
    [['smartstack-shard-size', 'system', 'raise smartstack.synapse.shards above 1']],
  );
});

test.run();
