import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDuration } from '../compiler/model/duration.ts';
import { DEFAULT_MESH_STATISTICS, type ResolvedMonitoring } from '../compiler/model/monitoring.ts';
import { findingsOfMain, findingText, resolveMain, resolveYaml, type Case } from './support/sources.ts';

const FILE = "{team: ops, alert_after: 7m, realert_every: 30, slack_channels: ['#svc'], tags: [a]}";
const withFile = (text: string, more: Record<string, string> = {}): Case => ({
  files: { 'shop/monitoring.yaml': text, ...more },
});
const monitoringOf = (keys: string, options: Case = withFile(FILE)): ResolvedMonitoring =>
  resolveMain(keys, options).monitoring;

test('an instance without its own block has what monitoring.yaml says', () => {
  const { settings, replication } = monitoringOf('');
  assert.is(settings.team, 'ops');
  assert.is(settings.alertAfter, '7m');
  assert.is(replication.alertAfterSeconds, 420);
  assert.is(replication.realertEvery, 30);
  assert.equal(settings.slackChannels, ['#svc']);
});

test('an instance block wins key by key, also with null; lists replace, they are not joined', () => {
  const block = 'monitoring: {team: canary, page: true, alert_after: 300, slack_channels: null, tags: [b]}';
  const { settings, replication } = monitoringOf(block);
  assert.is(settings.team, 'canary');
  assert.is(settings.page, true);
  assert.is(replication.alertAfterSeconds, 300);
  assert.is(settings.slackChannels, null);
  assert.equal(settings.tags, ['b']);
  assert.is(settings.realertEvery, 30);
});

test('alert_after 0 is no grace period, not the default one', () => {
  assert.is(monitoringOf('monitoring: {alert_after: 0}').replication.alertAfterSeconds, 0);
});

test('a team of null means that nobody is told', () => {
  assert.is(monitoringOf('monitoring: {team: null}').settings.team, null);
});

test('the top of service.yaml gives what monitoring.yaml does not, and loses to it', () => {
  const options = withFile(FILE, { 'shop/service.yaml': '{team: lowest, tip: look, component: [x]}' });
  const { settings } = monitoringOf('', options);
  assert.is(settings.team, 'ops');
  assert.is(settings.tip, 'look');
  assert.equal(settings.component, ['x']);
});

test('monitoring in service.yaml hides monitoring.yaml from the merge, and it is still looked up behind it', () => {
  const options = withFile(FILE, { 'shop/service.yaml': 'monitoring: {team: other}' });
  const { settings, replication } = monitoringOf('', options);
  assert.is(settings.team, 'other');
  assert.equal(settings.tags, ['a']);
  assert.is(settings.alertAfter, '7m');
  assert.is(replication.alertAfterSeconds, 1200, 'the check itself reads the merged block alone');
  assert.is(replication.realertEvery, -1);
});

test('monitoring_defaults of the system configuration come last', () => {
  const options = { ...withFile(FILE), system: { monitoring_defaults: { team: 'fallback', project: 'OPS' } } };
  const { settings } = monitoringOf('', options);
  assert.is(settings.team, 'ops');
  assert.is(settings.project, 'OPS');
});

test('without anything set nobody is told, and texts ask to be set', () => {
  const { settings, replication } = monitoringOf('', {});
  assert.is(settings.team, null);
  assert.match(settings.runbook!, /^Please set a `runbook`/);
  assert.is(replication.runbook, 'y/unhealthy-paasta-instances');
  assert.is(replication.tip, 'Check the instance with: `paasta status -s shop -i main -c norcal-prod -vv`');
});

test('runbook and tip have defaults that a cluster may set', () => {
  const system = { defaults: { runbook: 'https://wiki/x', tip: 'see {service}/{instance} in {cluster}' } };
  const { replication } = monitoringOf('', { system });
  assert.is(replication.runbook, 'https://wiki/x');
  assert.is(replication.tip, 'see shop/main in norcal-prod');
});

test('a lone replica alerts after 20 minutes, several or autoscaled ones after 10', () => {
  const after = (keys: string): number | null => monitoringOf(keys, {}).replication.alertAfterSeconds;
  assert.is(after(''), 1200);
  assert.is(after('instances: 1'), 1200);
  assert.is(after('instances: 2'), 600);
  assert.is(after('instances: 0'), 600);
  assert.is(after('min_instances: 1\nmax_instances: 1'), 600);
});

test('a stopped instance still expects its replicas', () => {
  const { replication } = monitoringOf('instances: 3', { desiredState: 'stop' });
  assert.equal(replication.expected, { kind: 'fixed', instances: 3 });
});

test('the threshold is compared whole and shown as it was written', () => {
  const threshold = (keys: string) => monitoringOf(keys, {}).replication.threshold;
  assert.equal(threshold(''), { percent: 50, text: '50' });
  assert.equal(threshold('replication_threshold: 33.9'), { percent: 33, text: '33.9' });
  assert.equal(threshold('replication_threshold: 80.0'), { percent: 80, text: '80.0' });
});

test('replicas are counted in the mesh only under the own name and with a port', () => {
  const path = (keys: string, smartstack: string) =>
    monitoringOf(keys, { files: { 'shop/smartstack.yaml': smartstack } }).replication.path;
  const statistics = DEFAULT_MESH_STATISTICS;
  const region = { kind: 'discovery', locationLabel: 'yelp.com/region', pool: 'default', statistics };
  assert.equal(path('', 'main: {proxy_port: 20001}'), region);
  assert.equal(path('', 'main: {proxy_port: 20001, discover: habitat}').kind, 'discovery');
  assert.equal(path('pool: batch', 'main: {proxy_port: 20001, discover: habitat}'), {
    ...{ kind: 'discovery', locationLabel: 'yelp.com/habitat', pool: 'batch', statistics },
  });
  assert.equal(path('', 'main: {proxy_port: 20001, discover: zone}'), {
    ...{ kind: 'discovery', locationLabel: 'paasta.yelp.com/zone', pool: 'default', statistics },
  });
  assert.equal(path('', 'main: {proxy_port: null}'), { kind: 'pods' });
  assert.equal(path('', 'other: {proxy_port: 20001}'), { kind: 'pods' });
  assert.equal(path('registrations: [shop.other]', 'other: {proxy_port: 20001}'), { kind: 'pods' });
});

test('the statistics of HAProxy are where the cluster says', () => {
  const system = { synapse_port: 3213, synapse_haproxy_url_format: 'http://{host}:{port}/x' };
  const { path } = monitoringOf('', {
    files: { 'shop/smartstack.yaml': 'main: {proxy_port: 20001}' },
    system,
  }).replication;
  assert.equal(path.kind === 'discovery' && path.statistics, { port: 3213, urlFormat: 'http://{host}:{port}/x' });
});

test('what no check can use is a warning at its place, and the instance is rendered', () => {
  assert.equal(findingsOfMain('monitoring: {team: ops, alert_after: 10 m}'), [
    'warning shop/kubernetes-norcal-prod.yaml:2:40 bad-duration: monitoring.alert_after is "10 m", ' +
      "which is no duration: PaaSTA's check fails on it",
  ]);
  assert.equal(findingsOfMain('monitoring: {team: ops, page: "yes"}'), [
    'warning shop/kubernetes-norcal-prod.yaml:2:33 bad-monitoring: monitoring.page is "yes", expected true or false: ' +
      'it is left out',
  ]);
});

test('a team whose name cannot stand in object names is an error', () => {
  const options = withFile('team: ../ops');
  assert.match(findingsOfMain('', options).join('\n'), /error shop\/monitoring\.yaml:1:7 unsafe-name/);
});

test('a team that the team data lacks is named where it is written, once, with the nearest one', () => {
  const options = (team: string): Case => ({
    ...withFile(`team: ${team}`),
    system: { sensu: { team_data: 'team_data.json' } },
    systemFiles: { 'team_data.json': '{"team_data": {"ops": {}, "web": {}}}' },
  });
  const { diagnostics } = resolveYaml('main: {}\nmore: {monitoring: {team: wbe}}\n', options('opps'));
  assert.equal(
    diagnostics.map((found) => [findingText(found), found.policy, found.hint]),
    [
      ['shop/monitoring.yaml:1:7', 'opps', 'ops'],
      ['shop/kubernetes-norcal-prod.yaml:2:27', 'wbe', 'web'],
    ].map(([place, team, hint]) => [
      `warning ${place!} unknown-team: the team data has no team "${team!}": only targets of the instance's own are told`,
      true,
      `did you mean "${hint!}"?`,
    ]),
  );
  assert.equal(findingsOfMain('', options('ops')), []);
});

test('durations are what pysensu-yelp makes of them', () => {
  const cases: Record<string, number | undefined> = {
    ...{ '30s': 30, '4h': 14400, '1h30m': 5400, '1h1h': 7200, '1M1m': 2592060, '1Y1M1W1D1h1m1s': 34822861 },
    ...{ '010s': 10, '': 0 },
    ...{ '0': undefined, '10': undefined, '1.5h': undefined, '5 m': undefined, ' 5m': undefined, '5m ': undefined },
    ...{ m: undefined, '-5m': undefined, '30S': undefined, '1d': undefined, '1h30m ': undefined, '5m\n': undefined },
  };
  for (const [text, seconds] of Object.entries(cases)) assert.is(parseDuration(text), seconds, JSON.stringify(text));
});

test.run();
