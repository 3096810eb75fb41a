import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { memoryReader, type MemoryFile } from './support/memory-reader.ts';

const KEY = 'pd-key-0123456789abcdef';
const CLUSTER = { cluster: 'prod', clusters: ['prod'], docker_registry: 'r.example.com', volumes: [] };

function load(named: string, files: Readonly<Record<string, MemoryFile>>, sensu: object = {}) {
  const settings = JSON.stringify({ ...CLUSTER, sensu: { team_data: named, ...sensu } });
  return loadSystemConfig(memoryReader({ 'cluster.json': settings, ...files }));
}

test('team data beside the configuration is no part of it, and of a key only its presence is known', () => {
  const data = { team_data: { ops: { pagerduty_api_key: KEY, slack_channels: '#ops' }, other: {} } };
  const system = load('team_data.json', { 'team_data.json': JSON.stringify(data) });
  assert.equal(system.diagnostics, []);
  const { sensu, raw } = system.clusters[0]!;
  assert.not.ok('team_data' in raw);
  assert.equal(sensu!.teams!['ops']!.slackChannels, ['#ops']);
  assert.is(sensu!.teams!['ops']!.hasPagerdutyKey, true);
  assert.is(sensu!.teams!['other']!.hasPagerdutyKey, false);
  assert.not.match(JSON.stringify(system), KEY);
});

test('what is said of a broken team data file quotes nothing of it and shows no line of it', () => {
  for (const text of [
    `{"team_data": {"ops": {"pagerduty_api_key": "${KEY}"`,
    `["${KEY}"]`,
    `{"team_data": "${KEY}"}`,
  ]) {
    const { clusters, failed, diagnostics } = load('team_data.json', { 'team_data.json': text });
    assert.equal([clusters.length, failed], [0, ['prod']]);
    assert.ok(diagnostics.length > 0);
    assert.not.match(JSON.stringify(diagnostics), KEY);
    for (const { file, line } of diagnostics) assert.equal([file, line], ['team_data.json', undefined]);
  }
});

test('a team data file may be YAML in another folder of the tree, and must be there', () => {
  const found = load('teams/all.yaml', { 'teams/all.yaml': 'team_data: {ops: {project: OPS}}' });
  assert.is(found.clusters[0]!.sensu!.teams!['ops']!.project, 'OPS');
  const missing = load('team_data.json', {});
  assert.equal(
    missing.diagnostics.map(({ code, file }) => [code, file]),
    [['missing-team-data', 'team_data.json']],
  );
  for (const path of ['../team_data.json', '/etc/sensu/team_data.json']) {
    assert.equal(
      load(path, {}).diagnostics.map(({ code }) => code),
      ['bad-team-data'],
    );
  }
});

test('settings of another shape are errors of the cluster, unknown ones warnings with a hint', () => {
  const teams = { 'team_data.json': '{"team_data": {}}' };
  const wrong = load('team_data.json', teams, { style: 'core', handlers: { slack: {} }, namespace: 'a b' });
  assert.equal(
    wrong.diagnostics.map(({ severity, path }) => [severity, path.join('.')]),
    [
      ['error', 'sensu.style'],
      ['error', 'sensu.namespace'],
      ['error', 'sensu.handlers.slack'],
    ],
  );
  const unknown = load('team_data.json', teams, { handlers: { slak: { command: 'x' } } });
  assert.equal(
    unknown.diagnostics.map(({ severity, hint }) => [severity, hint]),
    [['warning', 'did you mean "slack"?']],
  );
});

test.run();
