import { createServer, type AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { replicationEvent } from '../monitoring/events/instance-event.ts';
import { sendEvents } from '../monitoring/events/send-event.ts';
import { eventBytes, isEventName } from '../monitoring/events/sensu-event.ts';
import { shareOf } from '../monitoring/replication/share.ts';
import { judgeLocations, judgePods, type CheckedInstance } from '../monitoring/replication/verdict.ts';
import { monitoredGoldens, type GoldenEvent, type MonitoredGolden } from './support/golden-monitoring.ts';
import { instanceWith } from './support/instance.ts';
import { monitoringWith } from './support/monitoring.ts';

/** The order in which pysensu-yelp writes the members. */
const ORDER = (
  'name status output handler team runbook tip notification_email interval page realert_every dependencies ' +
  'alert_after ticket project priority source tags ttl irc_channels slack_channels component description'
).split(' ');
const WEB: CheckedInstance = {
  ...{ service: 'web', instance: 'main', cluster: 'prod', threshold: { percent: 50, text: '50' } },
};

for (const golden of monitoredGoldens()) {
  for (const [share, expected] of Object.entries(golden.events)) {
    test(`${golden.cluster}: with ${share}, the event of ${golden.id} is the one that PaaSTA sent`, () => {
      const event = eventOf(golden, expected);
      const sent = expected.sent[0];
      if (sent === undefined) {
        assert.is(event, null);
        return;
      }
      assert.equal(event, sent.payload);
      assert.equal(
        Object.keys(event!),
        ORDER.filter((key) => Object.hasOwn(sent.payload, key)),
      );
    });
  }
}

function eventOf({ instance, location }: MonitoredGolden, { available, expected }: GoldenEvent) {
  const { threshold, path } = instance.monitoring.replication;
  const checked = { ...instance, threshold };
  const verdict =
    path.kind === 'pods'
      ? judgePods(checked, available, expected)
      : judgeLocations(checked, new Map([[location, available]]), expected);
  return replicationEvent(instance, verdict);
}

test('an instance without a team sends nothing', () => {
  const verdict = judgePods(WEB, 0, 1);
  for (const team of [null, '']) {
    const instance = instanceWith({ monitoring: monitoringWith({ settings: { team } }) });
    assert.is(replicationEvent(instance, verdict), null);
  }
});

test('an empty list of channels is sent, an unset one is not, and an empty runbook asks for one', () => {
  const monitoring = monitoringWith({
    settings: { slackChannels: [], ircChannels: null },
    replication: { runbook: '' },
  });
  const event = replicationEvent(instanceWith({ monitoring }), judgePods(WEB, 1, 1))!;
  assert.equal(event.slack_channels, []);
  assert.not.ok('irc_channels' in event);
  assert.is(event.runbook, 'Please set a runbook!');
});

test('replicas are too few only below the threshold', () => {
  const cases: [number, number, number, number, boolean][] = [
    [5, 10, 50, 50, false],
    [4, 10, 50, 40, true],
    [1, 2, 50, 50, false],
    [0, 1, 50, 0, true],
    [0, 0, 50, 100, false],
    [2, 3, 66, (2 / 3) * 100, false],
    [2, 3, 67, (2 / 3) * 100, true],
    [1, 3, 33.9, (1 / 3) * 100, false],
  ];
  for (const [available, expected, threshold, percent, isTooLow] of cases) {
    assert.equal(shareOf(available, expected, threshold), { percent, isTooLow });
  }
});

test('one bad location makes the instance critical, and is named first', () => {
  const up = new Map([
    ['uswest2-prod', 3],
    ['useast1-prod', 3],
    ['uswest1-prod', 1],
  ]);
  const { isCritical, output } = judgeLocations(WEB, up, 10);
  assert.ok(isCritical);
  assert.is(
    output,
    'web.main has 1/3 replicas in uswest1-prod according to Smartstack (CRITICAL: 33.33333333333333%)\n' +
      '. The following locations are OK: ' +
      'web.main has 3/3 replicas in useast1-prod according to Smartstack (OK: 100.0%)\n' +
      ', web.main has 3/3 replicas in uswest2-prod according to Smartstack (OK: 100.0%)\n',
  );
});

test('fewer replicas than locations are never too few, and no location always is', () => {
  const none = new Map(['a', 'b', 'c'].map((location) => [location, 0]));
  assert.not.ok(judgeLocations(WEB, none, 2).isCritical);
  const nowhere = judgeLocations(WEB, new Map(), 2);
  assert.ok(nowhere.isCritical);
  assert.match(nowhere.output, /^Service web\.main has no Smartstack replication info\./);
});

test('names of checks are ASCII words with dots and dashes', () => {
  assert.ok(isEventName('check_x.web.main-2'));
  for (const name of ['', 'a b', 'a:b', 'a/b', 'é', 'a\n']) assert.not.ok(isEventName(name), JSON.stringify(name));
});

test('events go to the client one JSON object a line, each on its own connection', async () => {
  const received: string[] = [];
  const server = createServer((socket) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => received.push(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const event = replicationEvent(instanceWith(), judgePods(WEB, 0, 1))!;
  const allClosed = new Promise<void>((resolve) => {
    let open = 2;
    server.on('connection', (socket) => socket.on('close', () => --open === 0 && resolve()));
  });
  assert.equal(await sendEvents({ host: '127.0.0.1', port }, [event, event], 5000), []);
  await allClosed;
  assert.equal(received, [eventBytes(event).toString(), eventBytes(event).toString()]);
  await new Promise((resolve) => server.close(resolve));
  const problems = await sendEvents({ host: '127.0.0.1', port }, [event], 5000);
  assert.is(problems.length, 1);
  assert.match(problems[0]!, /^check_paasta_services_replication\.shop\.main: .*ECONNREFUSED/);
});

test.run();
