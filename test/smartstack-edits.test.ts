import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { YamlMap } from '../compiler/model/yaml-value.ts';
import { compileMesh, meshSystem, objectsOf, sharedOf, type MeshService } from './support/mesh-tree.ts';

const SYSTEM = meshSystem({
  locations: {
    ecosystem: { static: 'prod' },
    superregion: { static: 'west' },
    region: { static: 'west-1' },
    habitat: { static: 'west-1a' },
  },
});
const RELAY: MeshService = { smartstack: { main: { proxy_port: 20900, is_proxy: true } } };
const BASE: YamlMap = { proxy_port: 20001, timeout_server_ms: 2000 };

/** Objects by kind and name, as text, of the service and of what services share. */
async function rendered(main: YamlMap, namespace = 'main'): Promise<ReadonlyMap<string, string>> {
  const tree = await compileMesh({ web: { smartstack: { [namespace]: main } }, relay: RELAY }, SYSTEM);
  const errors = tree.diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(errors, []);
  const named = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;
  return new Map([...objectsOf(tree), ...sharedOf(tree)].map((each) => [named(each), JSON.stringify(each)]));
}

const base = await rendered(BASE);

/** Names of the objects that an edit changes, adds or removes. */
async function changedBy(main: YamlMap, namespace = 'main'): Promise<readonly string[]> {
  const after = await rendered(main, namespace);
  const names = [...new Set([...base.keys(), ...after.keys()])];
  return names.filter((name) => base.get(name) !== after.get(name)).sort();
}

const NERVE = 'ConfigMap web-main-nerve';
const HACHECK = 'ConfigMap web-main-hacheck';
const SHARD = [...base.keys()].find((name) => base.get(name)!.includes('"web.main.json"'))!;
const POD = 'Deployment web-main';

/** What an edit of one key changes: never the pod. */
const CONFIG_ONLY: Readonly<Record<string, { readonly edit: YamlMap; readonly changes: readonly string[] }>> = {
  proxy_port: { edit: { proxy_port: 20002 }, changes: [SHARD] },
  'proxy_port, to discovery only': { edit: { proxy_port: null }, changes: [SHARD] },
  advertise: { edit: { advertise: ['region', 'superregion'] }, changes: [SHARD, NERVE] },
  'advertise, to nothing but what is discovered': { edit: { advertise: ['region'] }, changes: [] },
  discover: { edit: { advertise: ['superregion'], discover: 'superregion' }, changes: [SHARD, NERVE] },
  extra_advertise: { edit: { extra_advertise: { 'region:west-1': ['region:west-2'] } }, changes: [NERVE] },
  healthcheck_port: { edit: { healthcheck_port: 9999 }, changes: [NERVE] },
  healthcheck_timeout_s: { edit: { healthcheck_timeout_s: 3 }, changes: [NERVE] },
  healthcheck_body_expect: { edit: { healthcheck_body_expect: 'OK' }, changes: [NERVE] },
  extra_healthcheck_headers: { edit: { extra_healthcheck_headers: { 'X-A': '1' } }, changes: [HACHECK, NERVE, SHARD] },
  timeout_connect_ms: { edit: { timeout_connect_ms: 300 }, changes: [SHARD] },
  timeout_client_ms: { edit: { timeout_client_ms: 300 }, changes: [SHARD] },
  retries: { edit: { retries: 3 }, changes: [SHARD] },
  balance: { edit: { balance: 'roundrobin' }, changes: [SHARD] },
  keepalive: { edit: { keepalive: true }, changes: [SHARD] },
  extra_headers: { edit: { extra_headers: { 'X-A': '1' } }, changes: [SHARD] },
  chaos: { edit: { chaos: { region: { 'west-1': { delay: '1s' } } } }, changes: [SHARD] },
  proxied_through: { edit: { proxied_through: 'relay.main' }, changes: [SHARD] },
  is_proxy: { edit: { is_proxy: true }, changes: [SHARD] },
  updown_timeout_s: { edit: { updown_timeout_s: 10 }, changes: [] },
  allredisp: { edit: { allredisp: true }, changes: [] },
  port: { edit: { port: 1234 }, changes: [] },
  lb_policy: { edit: { lb_policy: 'RANDOM' }, changes: [] },
  plugins: { edit: { plugins: { logging: { enabled: true } } }, changes: [] },
};

for (const [name, { edit, changes }] of Object.entries(CONFIG_ONLY)) {
  test(`an edit of ${name} reaches nerve and synapse without touching a pod`, async () => {
    assert.equal(await changedBy({ ...BASE, ...edit }), [...changes].sort());
  });
}

/** Keys that are about the pod itself, and what of it they change. */
const POD_KEYS: Readonly<Record<string, { readonly edit: YamlMap; readonly of: string }>> = {
  timeout_server_ms: { edit: { timeout_server_ms: 9000 }, of: 'terminationGracePeriodSeconds' },
  endpoint_timeouts: { edit: { endpoint_timeouts: { '/slow': 9000 } }, of: 'terminationGracePeriodSeconds' },
  healthcheck_uri: { edit: { healthcheck_uri: '/health' }, of: 'livenessProbe' },
  mode: { edit: { mode: 'tcp' }, of: 'livenessProbe' },
  healthcheck_mode: { edit: { healthcheck_mode: 'https' }, of: 'livenessProbe' },
};

for (const [name, { edit, of }] of Object.entries(POD_KEYS)) {
  test(`an edit of ${name} changes the ${of} of pods, and nothing else of them`, async () => {
    assert.ok((await changedBy({ ...BASE, ...edit })).includes(POD));
    const without = (text: string): string =>
      JSON.stringify(JSON.parse(text), (key, value: unknown) => (isMasked(key) ? 0 : value));
    const isMasked = (key: string): boolean => key === of || key.endsWith('config_sha');
    const after = await rendered({ ...BASE, ...edit });
    assert.is(without(after.get(POD)!), without(base.get(POD)!));
  });
}

test('a longer timeout that the cap of the grace period swallows changes no pod', async () => {
  const before = await rendered({ ...BASE, timeout_server_ms: 2_000_000 });
  const after = await rendered({ ...BASE, timeout_server_ms: 3_000_000 });
  assert.is(after.get(POD), before.get(POD));
});

test('leaving SmartStack changes pods and takes their records away', async () => {
  const changed = await changedBy(BASE, 'other');
  assert.equal(changed, [SHARD, POD, HACHECK, NERVE].sort());
});

test.run();
