/** What `status --write-holds` takes for over: the tree on one side, live objects as an API server would give them on the other. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { desiredObject } from '../applier/desired-object.ts';
import { holdStates } from '../applier/hold-states.ts';
import { liveObject } from '../applier/live-object.ts';
import type { JsonMap } from '../compiler/emit/json-data.ts';
import { HELD_FOR_ANNOTATION } from '../compiler/model/held-object.ts';
import { objectKey } from '../compiler/model/object-identity.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { instanceObjects, type InstanceOptions } from './support/applier-cluster.ts';

const NAME = 'paastasvc-shop/shop-main';
const DEPLOYMENT = `apps/Deployment ${NAME}`;
const STATEFUL_SET = `apps/StatefulSet ${NAME}`;
const AUTOSCALER = `autoscaling/HorizontalPodAutoscaler ${NAME}`;
const READY = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 };
const AVAILABLE = { ...READY, conditions: [{ type: 'Available', status: 'True' }] };

function workload(options: InstanceOptions): KubeObject {
  return instanceObjects('shop', 'main', options).find(({ kind }) => kind === (options.kind ?? 'Deployment'))!;
}

function heldFor(key: string, options: InstanceOptions = {}): KubeObject {
  return workload({ ...options, annotations: { [HELD_FOR_ANNOTATION]: key } });
}

/** A live object with a status, and the managers of its replicas. */
function live(object: KubeObject, status: JsonMap, managers: readonly string[] = []): JsonMap {
  const managedFields = managers.map((manager) => ({
    ...{ manager, operation: 'Apply', apiVersion: 'apps/v1', time: '', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
  }));
  return { ...object, metadata: { ...object.metadata, uid: 'u', generation: 1, managedFields }, status };
}

/** The reason of the only hold; empty when it is over. */
function reasonOf(tree: readonly KubeObject[], cluster: readonly JsonMap[]): string {
  const source = { file: 'x.yaml', service: 'shop', instance: 'main', isGenerated: true };
  const desired = tree.map((object) => [objectKey(object), desiredObject(object, source, 'set')] as const);
  const objects = cluster.map((object) => {
    const found = liveObject(object, String(object['apiVersion']), String(object['kind']));
    return [found.key, { live: found, comparison: null, foreign: [] }] as const;
  });
  const set = { cluster: 'test', setId: 'set', objects: new Map(desired), problems: [], doubts: [] };
  const [hold, ...others] = holdStates(set, { objects: new Map(objects) });
  assert.is(others.length, 0);
  assert.is(hold!.instance, 'shop.main');
  assert.is(hold!.isOver, hold!.reason === '');
  return hold!.reason;
}

test('a tree that holds nothing has no holds', () => {
  const source = { file: 'x.yaml', service: 'shop', instance: 'main', isGenerated: true };
  const one = desiredObject(workload({}), source, 'set');
  const set = { cluster: 'test', setId: 'set', objects: new Map([[one.key, one]]), problems: [], doubts: [] };
  assert.equal(holdStates(set, { objects: new Map() }), []);
});

test('the new workload must be there, in the version of the tree, with its pods, and current', () => {
  const next = workload({});
  const tree = [heldFor(DEPLOYMENT, { kind: 'StatefulSet' }), next];
  assert.is(reasonOf(tree, []), `${DEPLOYMENT} is not there yet`);
  const old = live(workload({ config: 'c0' }), AVAILABLE);
  assert.is(reasonOf(tree, [old]), `${DEPLOYMENT} is of another version`);
  assert.is(reasonOf(tree, [live(workload({ replicas: 1 }), AVAILABLE)]), `${DEPLOYMENT} is to have 2 pods`);
  const starting = live(next, { ...AVAILABLE, availableReplicas: 1 });
  assert.is(reasonOf(tree, [starting]), `${DEPLOYMENT}: 1 of 2 pods are available`);
  assert.is(reasonOf(tree, [live(next, AVAILABLE)]), '');
});

test('an old workload that must end first is over when it has no pods any more', () => {
  const held = heldFor(STATEFUL_SET, { kind: 'StatefulSet', replicas: 0 });
  const running = workload({ kind: 'StatefulSet' });
  assert.is(reasonOf([held], [live(running, READY)]), `${STATEFUL_SET} is to have 0 pods`);
  assert.match(reasonOf([held], [live(held, { replicas: 1, observedGeneration: 1 })]), '1 of 0 pods are there');
  assert.is(reasonOf([held], [live(held, { replicas: 0, observedGeneration: 1 })]), '');
});

test('replicas are handed over when anybody but who delivers holds them', () => {
  const objects = instanceObjects('shop', 'main', { autoscaler: { min: 1, max: 3 } });
  const scaler = objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler')!;
  const held = heldFor(AUTOSCALER);
  const tree = [held, scaler];
  assert.is(reasonOf(tree, [live(held, AVAILABLE)]), `${AUTOSCALER} is not there yet`);
  const tools = ['argocd-controller', 'kustomize-controller', 'paasta-gitops'];
  for (const tool of tools) {
    const reason = reasonOf(tree, [live(held, AVAILABLE, [tool]), live(scaler, {})]);
    assert.is(reason, `nobody but ${tool} holds the replicas of ${DEPLOYMENT}`);
  }
  const shared = live(held, AVAILABLE, [tools[0]!, 'kube-controller-manager']);
  assert.is(reasonOf(tree, [shared, live(scaler, {})]), '');
});

test.run();
