import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { parseDuration } from '../../compiler/model/duration.ts';
import type { MonitoringSettings, ReplicationMonitoring } from '../../compiler/model/monitoring.ts';
import type { ResolvedInstance } from '../../compiler/model/resolved-instance.ts';
import { instanceWith } from '../support/instance.ts';
import { monitoringWith } from '../support/monitoring.ts';
import { NASTY_STRINGS } from '../support/nasty-strings.ts';
import { HANDLERS, renderSensu, sensuConfig, sensuDocuments } from '../support/sensu-fleet.ts';
import { sensuProblems } from '../support/sensu-rules.ts';

const KEY = 'pd-key-0123456789abcdef';
const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...(NASTY_STRINGS as string[])),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/);
const team = fc.oneof(fc.constantFrom('ops', 'quiet', 'n', '0x1'), name);
const channels = fc.oneof(fc.constant(null), text, fc.array(text, { maxLength: 3 }));

const settings: fc.Arbitrary<Partial<MonitoringSettings>> = fc.record({
  team: fc.oneof({ weight: 8, arbitrary: team }, { weight: 1, arbitrary: fc.constantFrom(null, '') }),
  page: fc.constantFrom(true, false, null),
  ticket: fc.constantFrom(true, false, null),
  notificationEmail: fc.oneof(fc.constantFrom(null, false as const), text),
  slackChannels: channels,
  ircChannels: channels,
  project: maybe(text),
  priority: fc.oneof(fc.constant(null), text, fc.integer()),
  tags: maybe(fc.array(text, { maxLength: 3 })),
  component: channels,
});
const replication: fc.Arbitrary<Partial<ReplicationMonitoring>> = fc.record({
  runbook: maybe(text),
  tip: maybe(text),
  alertAfterSeconds: maybe(fc.nat()),
  realertEvery: fc.integer(),
  expected: fc.oneof(
    fc.record({ kind: fc.constant('fixed' as const), instances: fc.nat() }),
    fc.record({ kind: fc.constant('autoscaled' as const), min: fc.nat(), max: fc.nat() }),
  ),
  path: fc.oneof(
    fc.constant({ kind: 'pods' as const }),
    fc.record({
      kind: fc.constant('discovery' as const),
      ...{ locationLabel: text, pool: text, statistics: fc.record({ port: fc.nat(), urlFormat: text }) },
    }),
  ),
});
const fleet: fc.Arbitrary<readonly ResolvedInstance[]> = fc
  .uniqueArray(fc.tuple(name, name, settings, replication), {
    maxLength: 5,
    selector: ([service, instance]) => `${service}.${instance}`,
  })
  .map((each) =>
    each.map(([service, instance, ofSettings, ofReplication]) =>
      instanceWith({
        service,
        instance,
        monitoring: monitoringWith({ settings: ofSettings, replication: ofReplication }),
      }),
    ),
  );
const targets = fc.record(
  {
    pagerduty_api_key: fc.constant(KEY),
    slack_channels: channels,
    pages_slack_channel: text,
    irc_channels: channels,
    notification_email: maybe(text),
    project: maybe(text),
    tags: fc.array(text, { maxLength: 2 }),
    use_default_pager: fc.boolean(),
  },
  { requiredKeys: [] },
);
const teamData = fc.option(fc.dictionary(team, targets, { maxKeys: 4, noNullPrototype: true }));

test('whatever the input, Sensu Go takes every document, none stands twice, no key is in them', () => {
  fc.assert(
    fc.property(fleet, teamData, (instances, teams) => {
      const config = sensuConfig({ handlers: HANDLERS }, teams);
      const { files } = renderSensu(config, instances);
      const again = renderSensu(config, [...instances].reverse()).files;
      const byPath = (list: typeof files) => Object.fromEntries(list.map(({ path, content }) => [path, content]));
      assert.equal(byPath(again), byPath(files));
      const whole = files.map(({ content }) => content).join('---\n');
      assert.not.ok(whole.includes(KEY));
      if (files.length > 0) assert.equal(sensuProblems(sensuDocuments(whole), teams === null ? ['default'] : []), []);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('whatever the input, the classic files are JSON with one check for each instance that has a team', () => {
  fc.assert(
    fc.property(fleet, (instances) => {
      const { files } = renderSensu(sensuConfig({ style: 'classic' }), instances);
      const names = files.flatMap(({ content }) => {
        const { checks } = JSON.parse(content) as { checks: Record<string, { page: unknown; source: string }> };
        for (const { page, source } of Object.values(checks)) {
          assert.type(page, 'boolean');
          assert.match(source, /^[\w.-]+$/);
        }
        return Object.keys(checks);
      });
      const withTeam = instances.filter(({ monitoring }) => monitoring.settings.team);
      const expected = withTeam.map(
        ({ service, instance }) => `check_paasta_services_replication.${service}.${instance}`,
      );
      assert.equal(names.sort(), expected.sort());
    }),
    { seed: 8, numRuns: 200 },
  );
});

test('durations agree with a slow reading, character by character', () => {
  const character = fc.constantFrom(...'0123456789YMWDhms d.-'.split(''));
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 8 }), (duration) => {
      assert.is(parseDuration(duration), slowly(duration));
    }),
    { seed: 9, numRuns: 2000 },
  );
});

function slowly(duration: string): number | undefined {
  const units: Record<string, number> = { Y: 31536000, M: 2592000, W: 604800, D: 86400, h: 3600, m: 60, s: 1 };
  let total = 0;
  let digits = '';
  for (const character of duration) {
    if (character >= '0' && character <= '9') digits += character;
    else if (digits === '' || !(character in units)) return undefined;
    else {
      total += Number(digits) * units[character]!;
      digits = '';
    }
  }
  return digits === '' ? total : undefined;
}

test.run();
