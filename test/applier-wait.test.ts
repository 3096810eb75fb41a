/** What is waited for besides Deployments, against the real controllers: Jobs, claims, crashing StatefulSets; and what a run warns of. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { applyDirectly } from './support/apply-directly.ts';
import {
  instanceFiles,
  instanceObjects,
  namespaceFile,
  RenderedTree,
  runVerb,
  type VerbResult,
} from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

const tree = new RenderedTree();
let plane: ControlPlane;
let set = 0;

/** Every test has a set of its own. */
const verb = (...args: string[]): Promise<VerbResult> =>
  runVerb(plane, tree, [args[0]!, '--set', `w${set}`, ...args.slice(1)]);
const write = (namespace: string, ...objects: KubeObject[]): RenderedTree =>
  tree.write({ ...namespaceFile(namespace), [`${namespace}/all.yaml`]: { objects } });

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-wait', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane({ controllers: true, nodes: 1 });
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'paasta' } });
  });
  test.before.each(() => void set++);
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  test('a Job that was started is up, and with --wait-jobs one that is complete', async () => {
    const template = {
      metadata: { annotations: { 'test.cluster/behave': 'image-pull' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] },
    };
    const job = (name: string): KubeObject => ({
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'jobs' }, spec: { template } },
    });
    write('jobs', job('one'));
    assert.is((await verb('apply', '--timeout', '20s')).status, 0);
    write('jobs', job('one'), job('two'));
    const waited = await verb('apply', '--timeout', '1s', '--wait-jobs');
    assert.is(waited.status, 8, waited.out + waited.err);
    assert.match(waited.out, /not up batch\/Job jobs\/two: 0 of its pods have succeeded/);
  });

  test('a claim is waited for until it is bound, unless its class binds it with its first pod', async () => {
    const claim = (name: string, storageClassName: string): KubeObject => ({
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'claims' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName },
    });
    for (const [name, volumeBindingMode] of [
      ['late', 'WaitForFirstConsumer'],
      ['early', 'Immediate'],
    ])
      await plane.request('POST', '/apis/storage.k8s.io/v1/storageclasses', {
        ...{ metadata: { name }, provisioner: 'none', volumeBindingMode },
      });
    write('claims', claim('a', 'late'));
    assert.is((await verb('apply', '--timeout', '20s')).status, 0);
    write('claims', claim('a', 'late'), claim('b', 'early'));
    const { status, out } = await verb('apply', '--timeout', '1s');
    assert.is(status, 8, out);
    assert.match(out, /not up PersistentVolumeClaim claims\/b: is not bound to a volume yet/);
  });

  test('a StatefulSet whose new pods crash for too long has failed, long before its time is over', async () => {
    const files = instanceFiles('crashing', 'db', {
      ...{ kind: 'StatefulSet', podAnnotations: { 'test.cluster/behave': 'crash' } },
    });
    tree.write({ ...files, ...instanceFiles('calm', 'db', { kind: 'StatefulSet' }) });
    const started = performance.now();
    const steps = { wait: true, timeoutMs: 60_000, crashPatienceMs: 1000 };
    const { exit, results } = await applyDirectly(plane.kubeconfigPath, tree, `w${set}`, steps);
    assert.is(exit, 8);
    assert.ok(performance.now() - started < 30_000);
    const healthAt = (service: string): unknown =>
      results.find(({ key }) => key === `apps/StatefulSet paastasvc-${service}/${service}-db`)!.health;
    assert.equal(healthAt('calm'), { state: 'current', reason: '' });
    const { state, reason } = healthAt('crashing') as { state: string; reason: string };
    assert.is(state, 'failed');
    assert.match(reason, /^crashing-db-0: main: CrashLoopBackOff/);
  });

  test('a tool that applies all that we apply is named before it comes to a conflict', async () => {
    tree.write(instanceFiles('shared', 'main', { replicas: 0 }));
    assert.is((await verb('apply', '--timeout', '20s')).status, 0);
    const path = '/apis/apps/v1/namespaces/paastasvc-shared/deployments/shared-main';
    const [, deployment] = instanceObjects('shared', 'main', { replicas: 0 });
    const patch = `${path}?fieldManager=other-tool`;
    assert.is((await plane.request('PATCH', patch, deployment, 'application/apply-patch+yaml')).status, 200);
    const { status, err } = await verb('diff');
    assert.is(status, 0, err);
    assert.match(err, /shared-main is applied by "other-tool" too/);
  });

  test('a kind of the record that the server no longer serves is named, and stops nothing', async () => {
    const definition: KubeObject = {
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      metadata: { name: 'widgets.example.com' },
      spec: {
        ...{ group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' } },
        versions: [
          {
            ...{ name: 'v1', served: true, storage: true },
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    };
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'widgets' } };
    tree.write({
      ...namespaceFile('widgets'),
      '_cluster/type.yaml': { objects: [definition] },
      'widgets/w.yaml': { objects: [widget] },
    });
    const first = await verb('apply', '--timeout', '20s');
    assert.is(first.status, 0, first.out + first.err);
    const types = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com';
    await plane.request('DELETE', types);
    while ((await plane.request('GET', '/apis/example.com/v1/widgets')).status !== 404);
    tree.write(namespaceFile('widgets'));
    const { status, err } = await verb('diff');
    assert.is(status, 0, err);
    assert.match(err, /the record names Widget\.example\.com, which the server no longer serves/);
  });

  test('apply names autoscalers that do nothing', async () => {
    tree.write(instanceFiles('idle', 'main', { autoscaler: { min: 1, max: 2 } }));
    assert.is((await verb('apply', '--timeout', '20s')).status, 0);
    const path = '/apis/autoscaling/v2/namespaces/paastasvc-idle/horizontalpodautoscalers/idle-main/status';
    const conditions = [{ type: 'ScalingActive', status: 'False', reason: 'x', message: 'no metrics' }];
    const status = { currentReplicas: 1, desiredReplicas: 1, conditions };
    await plane.request('PATCH', path, { status }, 'application/merge-patch+json');
    const { err } = await verb('apply', '--timeout', '20s');
    assert.match(err, /note: autoscaling\/HorizontalPodAutoscaler .*idle-main: the autoscaler is not active: /);
  });
}

test.run();
