/** What `explain --object` says of nerve, synapse and Sensu: every field has a cause, and the causes hold when the input is changed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMask } from '../differences/mask.ts';
import { createShown, tellCause } from '../explain/cause-text.ts';
import { meshFiles, meshSystem } from './support/mesh-tree.ts';
import { memoryReader } from './support/memory-reader.ts';
import { explainAll, refutations, unexplained, type Explained } from './support/provenance.ts';
import { CLUSTER } from './support/sources.ts';
import { HANDLERS } from './support/sensu-fleet.ts';

const TEAMS = {
  web_shop: { slack_channels: ['#web'], pagerduty_api_key: 'hunter22', project: 'WEB' },
  ops: { notification_email: 'ops@example.com', irc_channels: ['#ops'] },
  unused: { slack_channels: ['#unused'] },
};
const SENSU = { team_data: 'team_data.json', runtime_assets: ['check:1'], handlers: HANDLERS };

/** Two services of one team and one of another, in the mesh and checked. */
function explainFleet(sensu: Readonly<Record<string, unknown>>): Promise<readonly Explained[]> {
  const smartstack = {
    main: { proxy_port: 20001, advertise: ['region'], extra_healthcheck_headers: { 'X-Check': 'a' } },
  };
  const soa = {
    ...meshFiles({
      shop: { smartstack },
      cart: { smartstack: { main: { proxy_port: 20002 } }, main: { instances: 3, monitoring: { alert_after: '7m' } } },
      mail: { smartstack: {} },
    }),
    'shop/monitoring.yaml': 'team: web_shop\npage: true\n',
    'cart/monitoring.yaml': 'team: web_shop\n',
    'mail/monitoring.yaml': 'team: ops\nrunbook: y/mail\n',
  };
  const system = { 'system.json': meshSystem({}, { sensu: { ...SENSU, ...sensu } as never }) };
  const teams = { 'team_data.json': JSON.stringify({ team_data: TEAMS }) };
  return explainAll({ soa: memoryReader(soa), system: memoryReader({ ...system, ...teams }) });
}

const fleet = await explainFleet({});
const [explained] = fleet as readonly [Explained];

function kinds({ objects }: Explained): readonly string[] {
  return [...new Set(objects.map(({ kind, name }) => (kind === 'ConfigMap' ? `${kind} ${name}` : kind)))].sort();
}

test('every field of checks, handlers, filters, nerve and synapse has a cause, or stands in the code that is named', () => {
  for (const kind of [
    'CheckConfig',
    'DaemonSet',
    'EventFilter',
    'Handler',
    'ConfigMap shop-main-nerve',
    'ConfigMap synapse',
  ])
    assert.ok(kinds(explained).includes(kind), kind);
  assert.equal(unexplained(explained), []);
});

test('changing a named line changes exactly the fields that name it', async () => {
  assert.equal(await refutations(fleet, 90), []);
});

test('a handler names the team of every service, and the data of the team, which nobody sees', () => {
  const telling = { soa: explained.world.soa, cluster: CLUSTER, shown: createShown(createMask()) };
  const told = explained.objects
    .filter(({ kind, name }) => kind === 'Handler' && name === 'slack_web_shop')
    .flatMap(({ id, leaves }) => [...leaves].flatMap(([path, { value }]) => explained.causes.of(id, path, value)))
    .map((cause) => tellCause(cause, telling));
  const places = told.map(({ file, text }) => `${file} ${text}`);
  for (const service of ['shop', 'cart'])
    assert.ok(places.includes(`${service}/monitoring.yaml team: "web_shop"`), service);
  assert.ok(places.includes('team_data.json team_data.web_shop.slack_channels[0]: <hidden>'));
  assert.not.ok(places.some((place) => place.includes('#web') || place.includes('hunter') || place.includes('unused')));
});

for (const sensu of [{ delivery: 'configmap' }, { style: 'classic' }, { style: 'classic', delivery: 'configmap' }]) {
  test(`checks as ${JSON.stringify(sensu)} are explained too`, async () => {
    const [other] = (await explainFleet(sensu)) as readonly [Explained];
    assert.ok(other.objects.some(({ leaves }) => [...leaves.keys()].some((path) => /shop|checks/.test(path))));
    assert.equal(unexplained(other), []);
  });
}

test.run();
