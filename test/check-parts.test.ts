import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_MESH_STATISTICS } from '../compiler/model/monitoring.ts';
import { judgeAutoscaler } from '../monitoring/autoscaler/judge-autoscaler.ts';
import { quantityValue } from '../monitoring/autoscaler/quantity-value.ts';
import { judgeOomKills, oomKills, oomTip } from '../monitoring/oom/oom-kills.ts';
import { checkReplication, expectedReplicas } from '../monitoring/replication/check-replication.ts';
import { fleetStatus, type FleetMember } from '../monitoring/replication/fleet-status.ts';
import { backendsUp, statsUrl } from '../monitoring/replication/haproxy-stats.ts';
import { hostsByLocation } from '../monitoring/replication/mesh-locations.ts';
import type { ReplicationSource, ReplicationTarget } from '../monitoring/replication/target.ts';

const WEB: ReplicationTarget = {
  ...{ service: 'web', instance: 'main', cluster: 'prod' },
  threshold: { percent: 50, text: '50' },
  expected: { kind: 'fixed', instances: 4 },
  path: { kind: 'pods' },
};
const source = (ready: number, wanted: number | null, up: Record<string, number> = {}): ReplicationSource => ({
  readyPods: () => Promise.resolve(ready),
  wantedReplicas: () => Promise.resolve(wanted),
  backends: () => Promise.resolve(new Map(Object.entries(up))),
});

test('an autoscaled instance expects what its workload wants, within its limits', async () => {
  const scaled: ReplicationTarget = { ...WEB, expected: { kind: 'autoscaled', min: 2, max: 8 } };
  const wanted: [number | null, number][] = [
    [0, 2],
    [1, 2],
    [5, 5],
    [20, 8],
    [null, 8],
  ];
  for (const [replicas, expected] of wanted) {
    assert.is(await expectedReplicas(source(0, replicas), scaled), expected);
  }
});

test('replicas are counted where the instance says', async () => {
  assert.match((await checkReplication(source(2, null), WEB)).output, 'web.main has 2/4 replicas available');
  const path = { kind: 'discovery', locationLabel: 'l', pool: 'p', statistics: DEFAULT_MESH_STATISTICS } as const;
  const meshed: ReplicationTarget = { ...WEB, path };
  const verdict = await checkReplication(source(4, null, { a: 2, b: 0 }), meshed);
  assert.ok(verdict.isCritical);
  assert.match(verdict.output, 'web.main has 0/2 replicas in b according to Smartstack (CRITICAL: 0.0%)');
});

test('a fleet is critical by share and by number, of instances in the mesh alone', () => {
  const member = (isCritical: boolean, isInMesh = true): FleetMember => ({
    verdict: { isCritical, output: '', description: '' },
    isInMesh,
  });
  const fleet = (bad: number, good: number, more: FleetMember[] = []) =>
    fleetStatus(
      [
        ...Array.from({ length: bad }, () => member(true)),
        ...Array.from({ length: good }, () => member(false)),
        ...more,
      ],
      { percent: 10, count: 5 },
    );
  assert.is(fleet(4, 0).isCritical, false, 'too few');
  assert.is(fleet(5, 46).isCritical, false, 'too small a share');
  assert.is(fleet(5, 45).isCritical, true);
  const pods = Array.from({ length: 9 }, () => member(true, false));
  assert.equal(fleet(0, 1, [...pods, { verdict: null, isInMesh: true }]), {
    ...{ isCritical: false, underReplicated: 0, total: 1, percent: 0 },
  });
});

test('servers that take traffic are counted by proxy', () => {
  const csv = [
    '# pxname,svname,status,',
    'a,FRONTEND,OPEN,',
    'a,s1,UP,',
    'a,s2,UP 2/3,',
    'a,s3,DOWN 1/2,',
    'a,s4,MAINT,',
    'a,BACKEND,UP,',
    'b,"quoted, name",UP,',
    '',
  ].join('\n');
  assert.equal(backendsUp(csv), new Map(Object.entries({ a: 2, b: 1 })));
  assert.is(backendsUp('<html>no</html>'), null);
});

test("the address of the statistics is made by PaaSTA's format", () => {
  assert.is(statsUrl('h1', 'web.main', DEFAULT_MESH_STATISTICS), 'http://h1:3212/;csv;norefresh;scope=web.main');
  assert.is(statsUrl('h1', '', { port: 1, urlFormat: 'http://{host}/{port}' }), 'http://h1/1');
});

test('a location is asked in the pool of the instance, or anywhere when it has no node there', () => {
  const node = (name: string, region: string | null, pool: string, host?: string) => ({
    name,
    labels: {
      ...(region !== null && { 'yelp.com/region': region }),
      ...(host !== undefined && { 'yelp.com/hostname': host }),
      'yelp.com/pool': pool,
    },
  });
  const nodes = [
    node('n4', 'west', 'batch'),
    node('n3', 'west', 'default', 'h3'),
    node('n2', 'east', 'batch'),
    node('n1', 'east', 'batch'),
    node('n5', null, 'default'),
  ];
  assert.equal(
    hostsByLocation(nodes, 'yelp.com/region', 'default'),
    new Map([...Object.entries({ east: ['n1'], west: ['h3'] })]),
  );
});

test('an autoscaler is in trouble only at its limit and above its threshold; the last metric decides', () => {
  const autoscaler = (desired: number, current: string | undefined, min = 1) => ({
    spec: {
      ...{ minReplicas: min, maxReplicas: 5 },
      metrics: [{ type: 'Object', object: { metric: { name: 'm' }, target: { type: 'Value', value: '1' } } }],
    },
    status: {
      desiredReplicas: desired,
      ...(current !== undefined && {
        currentMetrics: [{ type: 'Object', object: { metric: { name: 'm' }, current: { value: current } } }],
      }),
    },
  });
  const alert = { type: 'uwsgi', setpoint: 0.8, threshold: 0.9 };
  const job = { service: 'web', instance: 'main' };
  const judge = (made: object, name = job) => judgeAutoscaler(name, made as Record<string, unknown>, [alert]);
  assert.equal(judge(autoscaler(4, '2')), { status: 0, output: 'web.main is below max_instances.' });
  assert.equal(judge(autoscaler(5, '1500m')), {
    status: 2,
    output:
      'web.main: Service is at max_instances, and utilization (1.2000000000000002) is greater than ' +
      'max_instances_alert_threshold (0.9).',
  });
  assert.is(judge(autoscaler(5, '1')).status, 0);
  assert.is(judge(autoscaler(5, undefined)).status, 3);
  assert.match(judge(autoscaler(5, undefined)).output, 'there is an error fetching your uwsgi metric');
  assert.is(judge(autoscaler(5, '9', 5), { service: 'web', instance: 'canary_2' }).status, 0);
  assert.is(judgeAutoscaler(job, autoscaler(5, '9'), []).status, 3);
});

test('quantities are numbers', () => {
  const cases: [string | number, number | undefined][] = [
    ['1500m', 1.5],
    ['2Ki', 2048],
    ['3k', 3000],
    [80, 80],
    ['many', undefined],
  ];
  for (const [quantity, value] of cases) assert.is(quantityValue(quantity), value);
});

test('kills are counted by container and by time, and few of them change nothing', () => {
  const killed = (finishedAt: string) => ({ lastState: { terminated: { reason: 'OOMKilled', finishedAt } } });
  const pod = {
    status: {
      containerStatuses: [
        killed('2026-01-01T00:00:30Z'),
        killed('2025-12-31T23:59:00Z'),
        { lastState: { terminated: { reason: 'Error', finishedAt: '2026-01-01T00:00:30Z' } } },
        { state: { terminated: { reason: 'OOMKilled', finishedAt: '2026-01-01T00:00:40Z' } } },
      ],
    },
  };
  assert.is(oomKills(pod, Date.parse('2026-01-01T00:00:00Z')), 2);
  const job = { service: 'web', instance: 'main' };
  const rules = { minutes: 1, threshold: 2 };
  assert.is(judgeOomKills(job, 2, true, rules)!.status, 2);
  assert.is(judgeOomKills(job, 1, true, rules), null);
  assert.is(judgeOomKills(job, 0, true, rules)!.output, 'No oom events for web.main in the last 1 minute(s).');
  assert.is(judgeOomKills(job, 9, false, rules)!.output, 'This check is disabled for web.main.');
  assert.match(oomTip('2048Mi'), '(curr: 2048MB)');
  assert.match(oomTip('2Gi'), '(curr: 2Gi)');
});

test.run();
