/** When an object counts as up, from statuses as controllers write them; and PaaSTA's words for an instance. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { healthOf, instanceState, jobCompletion, waitingContainers } from '../applier/health.ts';
import { rolloutGate, rolloutWaves, surgePods } from '../applier/rollout-gate.ts';
import { rateLimit } from '../cluster/rate-limit.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const condition = (type: string, status: string, more: object = {}): object => ({ type, status, ...more });
const AVAILABLE = condition('Available', 'True');
const COMPLETE = condition('Progressing', 'True', { reason: 'NewReplicaSetAvailable' });
const all = (n: number): object => ({ replicas: n, updatedReplicas: n, readyReplicas: n, availableReplicas: n });

type Row = readonly [name: string, kind: string, object: object, state: string, reason?: RegExp];

function deployment(replicas: number | undefined, status: object, generation = 1): object {
  const spec = replicas === undefined ? {} : { replicas };
  return { metadata: { generation }, spec, status: { observedGeneration: 1, ...status } };
}
function unschedulable(lastTransitionTime: string): object {
  const more = { reason: 'Unschedulable', message: 'no node', lastTransitionTime };
  return { status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', more)] } };
}
const done = { conditions: [AVAILABLE, COMPLETE] };

const ROWS: readonly Row[] = [
  ['all pods are new and ready', 'Deployment', deployment(3, { ...all(3), ...done }), 'current'],
  [
    'no deadline is set, so there is no Progressing',
    'Deployment',
    deployment(1, { ...all(1), conditions: [AVAILABLE] }),
    'current',
  ],
  ['replicas is not stated', 'Deployment', deployment(undefined, { ...all(1), ...done }), 'current'],
  [
    'nothing was observed',
    'Deployment',
    { metadata: { generation: 1 }, spec: { replicas: 1 }, status: {} },
    'progressing',
    /looked at/,
  ],
  [
    'an older generation was observed',
    'Deployment',
    deployment(3, { ...all(3), ...done }, 2),
    'progressing',
    /looked at/,
  ],
  [
    'some pods are old',
    'Deployment',
    deployment(3, { ...all(3), updatedReplicas: 1, ...done }),
    'progressing',
    /1 of 3 pods are new/,
  ],
  [
    'old pods still end',
    'Deployment',
    deployment(3, { ...all(3), replicas: 5, ...done }),
    'progressing',
    /2 old pods are still there/,
  ],
  [
    'new pods are not available',
    'Deployment',
    deployment(3, { ...all(3), availableReplicas: 2, ...done }),
    'progressing',
    /2 of 3 pods are available/,
  ],
  [
    'pods are not ready',
    'Deployment',
    deployment(3, { ...all(3), readyReplicas: 0, ...done }),
    'progressing',
    /0 of 3 pods are ready/,
  ],
  [
    'the rollout is not complete',
    'Deployment',
    deployment(1, {
      ...all(1),
      conditions: [AVAILABLE, condition('Progressing', 'True', { reason: 'ReplicaSetUpdated' })],
    }),
    'progressing',
    /not complete/,
  ],
  [
    'Available is False',
    'Deployment',
    deployment(1, { ...all(1), conditions: [condition('Available', 'False'), COMPLETE] }),
    'progressing',
    /not available/,
  ],
  [
    'the deadline passed',
    'Deployment',
    deployment(1, {
      conditions: [condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message: 'timed out' })],
    }),
    'failed',
    /timed out/,
  ],
  [
    'pods are refused for a minute',
    'Deployment',
    deployment(1, {
      conditions: [
        condition('ReplicaFailure', 'True', { message: 'exceeded quota', lastTransitionTime: '2026-01-01T00:08:59Z' }),
      ],
    }),
    'failed',
    /exceeded quota/,
  ],
  [
    'pods are refused since a moment',
    'Deployment',
    deployment(1, {
      conditions: [
        condition('ReplicaFailure', 'True', { message: 'exceeded quota', lastTransitionTime: '2026-01-01T00:09:30Z' }),
      ],
    }),
    'progressing',
    /exceeded quota/,
  ],
  ['a stopped Deployment has no pods', 'Deployment', deployment(0, {}), 'current'],
  [
    'a stopped Deployment has pods left',
    'Deployment',
    deployment(0, { replicas: 2 }),
    'progressing',
    /2 pods are still there/,
  ],
  [
    'a StatefulSet is at its revision',
    'StatefulSet',
    deployment(2, { ...all(2), currentRevision: 'a', updateRevision: 'a' }),
    'current',
  ],
  [
    'a StatefulSet is between revisions',
    'StatefulSet',
    deployment(2, { ...all(2), updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' }),
    'progressing',
    /1 of 2 pods are new/,
  ],
  ['a StatefulSet lacks pods', 'StatefulSet', deployment(2, { ...all(1) }), 'progressing', /1 of 2 pods are there/],
  [
    'a StatefulSet of OnDelete',
    'StatefulSet',
    {
      metadata: { generation: 1 },
      spec: { replicas: 2, updateStrategy: { type: 'OnDelete' } },
      status: { observedGeneration: 1 },
    },
    'current',
  ],
  [
    'a partition is complete',
    'StatefulSet',
    {
      metadata: { generation: 1 },
      spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
      status: { observedGeneration: 1, ...all(3), updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    },
    'current',
  ],
  [
    'a DaemonSet is everywhere',
    'DaemonSet',
    {
      metadata: { generation: 1 },
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 2,
        currentNumberScheduled: 2,
        updatedNumberScheduled: 2,
        numberAvailable: 2,
        numberReady: 2,
      },
    },
    'current',
  ],
  [
    'a DaemonSet is not ready on a node',
    'DaemonSet',
    {
      metadata: { generation: 1 },
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 2,
        currentNumberScheduled: 2,
        updatedNumberScheduled: 2,
        numberAvailable: 1,
        numberReady: 1,
      },
    },
    'progressing',
    /1 of 2/,
  ],
  ['a Job has started', 'Job', { status: { active: 1 } }, 'current'],
  [
    'a Job failed',
    'Job',
    { status: { conditions: [condition('Failed', 'True', { message: 'BackoffLimitExceeded' })] } },
    'failed',
    /BackoffLimit/,
  ],
  ['a claim is bound', 'PersistentVolumeClaim', { status: { phase: 'Bound' } }, 'current'],
  ['a claim waits', 'PersistentVolumeClaim', { status: { phase: 'Pending' } }, 'progressing', /not bound/],
  ['a claim lost its volume', 'PersistentVolumeClaim', { status: { phase: 'Lost' } }, 'failed', /lost/],
  ['a pod is ready', 'Pod', { status: { conditions: [condition('Ready', 'True')] } }, 'current'],
  [
    'a pod crashes',
    'Pod',
    { status: { containerStatuses: [{ name: 'a', state: { waiting: { reason: 'CrashLoopBackOff' } } }] } },
    'failed',
    /a: CrashLoopBackOff/,
  ],
  ['a pod waits for a node', 'Pod', unschedulable('2026-01-01T00:09:46Z'), 'progressing'],
  ['a pod finds no node for 15 seconds', 'Pod', unschedulable('2026-01-01T00:09:45Z'), 'failed', /no node/],
  [
    'a type is established',
    'CustomResourceDefinition',
    { status: { conditions: [condition('Established', 'True')] } },
    'current',
  ],
  [
    'the names of a type are taken',
    'CustomResourceDefinition',
    { status: { conditions: [condition('NamesAccepted', 'False', { message: 'taken' })] } },
    'failed',
    /taken/,
  ],
  ['a type is not established', 'CustomResourceDefinition', { status: {} }, 'progressing', /established/],
  ['a namespace is active', 'Namespace', { status: { phase: 'Active' } }, 'current'],
  ['a namespace ends', 'Namespace', { status: { phase: 'Terminating' } }, 'progressing'],
  ['a load balancer without an address', 'Service', { spec: { type: 'LoadBalancer' } }, 'progressing', /address/],
  ['a plain service', 'Service', { spec: { type: 'ClusterIP' } }, 'current'],
  ['a budget', 'PodDisruptionBudget', { spec: {} }, 'current'],
  ['an autoscaler', 'HorizontalPodAutoscaler', { spec: {} }, 'current'],
  ['anything that is being deleted', 'ConfigMap', { metadata: { deletionTimestamp: 'x' } }, 'terminating'],
  [
    'anything that is stalled',
    'ExternalSecret',
    { status: { conditions: [condition('Stalled', 'True', { message: 'no store' })] } },
    'failed',
    /no store/,
  ],
  [
    'anything that reconciles',
    'ExternalSecret',
    { status: { conditions: [condition('Reconciling', 'True')] } },
    'progressing',
  ],
];

for (const [name, kind, object, state, reason] of ROWS) {
  test(`${kind}: ${name}: ${state}`, () => {
    const health = healthOf(kind, object as Parameters<typeof healthOf>[1], NOW);
    assert.is(health.state, state, health.reason);
    if (reason !== undefined) assert.match(health.reason, reason);
  });
}

test('a Job is complete, failed, or has work left', () => {
  const states = [{ conditions: [condition('Complete', 'True')] }, { conditions: [condition('Failed', 'True')] }, {}];
  assert.equal(
    states.map((status) => jobCompletion({ status }).state),
    ['current', 'failed', 'progressing'],
  );
});

test('a rollout has as many waves as its strategy needs to replace all pods', () => {
  const rolling = (maxSurge: unknown, maxUnavailable: unknown): Record<string, unknown> => ({
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
  });
  assert.is(rolloutWaves(rolling('100%', '5%'), 20), 1);
  assert.is(rolloutWaves(rolling('0%', '10%'), 20), 10);
  assert.is(rolloutWaves(rolling(1, 1), 5), 3);
  assert.is(rolloutWaves({ strategy: { type: 'Recreate' } }, 5), 1);
  assert.is(rolloutWaves({}, 5), 5, 'a StatefulSet, one after another');
});

test("PaaSTA's words, asked in PaaSTA's order", () => {
  const word = (desired: number, ready: number | null, updated: number, total: number): string =>
    instanceState({ desired, ready, updated, total });
  assert.equal(
    [word(0, null, 0, 0), word(2, null, 0, 0), word(2, 1, 2, 2), word(2, 2, 1, 3), word(0, 0, 0, 0), word(2, 2, 2, 2)],
    ['Stopped', 'Waiting', 'Waiting', 'Deploying', 'Stopped', 'Running'],
  );
});

test('containers that wait say why', () => {
  const waiting = { reason: 'ImagePullBackOff', message: 'no such image' };
  assert.equal(
    waitingContainers({
      initContainerStatuses: [{ name: 'init', state: { waiting: { reason: 'PodInitializing' } } }],
      containerStatuses: [
        { name: 'main', state: { waiting } },
        { name: 'side', state: { running: {} } },
      ],
    }),
    ['init: PodInitializing', 'main: ImagePullBackOff: no such image'],
  );
});

test('rollouts begin by rank, within the limits on rollouts and pods, and one that is too large runs alone', async () => {
  const begun: string[] = [];
  const gate = rolloutGate({ maxInFlight: 2, maxSurgePods: 5 });
  const enter = (name: string, rank: number, pods: number): Promise<unknown> =>
    gate.enter(rank, pods).then(() => begun.push(name));
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  void enter('third', 3, 1);
  void enter('large', 4, 9);
  void enter('first', 1, 3);
  void enter('second', 2, 2);
  await settled();
  assert.equal(begun, ['first', 'second']);
  gate.leave(3);
  await settled();
  assert.equal(begun, ['first', 'second', 'third']);
  gate.leave(2);
  await settled();
  assert.equal(begun.length, 3);
  gate.leave(1);
  await settled();
  assert.equal(begun, ['first', 'second', 'third', 'large']);
  assert.equal([surgePods(3, '100%'), surgePods(3, '50%'), surgePods(3, 1), surgePods(4, undefined)], [3, 2, 1, 1]);
});

test('requests stay within the rate; overload halves it, and it comes back by a tenth every ten seconds', async () => {
  let now = 0;
  const limit = rateLimit(10, 2, {
    now: () => now,
    pause: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  });
  for (let request = 0; request < 12; request++) await limit.take();
  assert.ok(Math.abs(now - 1000) < 1, `2 at once, 10 more in a second: ${now}`);
  limit.slowDown();
  assert.is(limit.rate(), 5);
  now += 20_000;
  await limit.take();
  assert.is(limit.rate(), 7);
  for (let more = 0; more < 20; more++) limit.slowDown();
  assert.is(limit.rate(), 1);
});

test.run();
