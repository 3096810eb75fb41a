/** When the old objects of an instance that moved to another namespace go: by strategy, by what is ready in the new one, by its state. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instanceFiles, namespaceFile, RenderedTree, runVerb, type TreeFiles } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

const INSTANCES = 3;
const rolling = (maxUnavailable: string): object => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: '100%', maxUnavailable },
});
const STRATEGIES: Readonly<Record<string, object>> = {
  crossover: rolling('5%'),
  brutal: rolling('100%'),
  downthenup: { type: 'Recreate' },
};

/**
 * Every row is a service of its own: `ready` pods of three are up in the new namespace. PaaSTA: the old goes at `ready >= instances`. Here one
 * pod too many is waited for until it is gone.
 */
const ROWS = Object.keys(STRATEGIES).flatMap((method) =>
  [0, 1, 2, 3, 4].flatMap((ready) =>
    (['start', 'stop'] as const).map((state) => ({
      ...{ method, ready, state, service: `${method}-${ready}-${state}` },
      oldGoes: method === 'downthenup' || state === 'stop' || ready === INSTANCES,
    })),
  ),
);

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-move', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  const tree = new RenderedTree();
  const warnings: string[] = [];
  const path = (service: string, namespace: string): string =>
    `/apis/apps/v1/namespaces/${namespace}/deployments/${service}-main`;
  const files = (isMoved: boolean): TreeFiles =>
    Object.assign(
      namespaceFile('moved'),
      ...ROWS.map(({ service, method, state }) => ({
        ...namespaceFile(`paastasvc-${service}`),
        ...instanceFiles(service, 'main', {
          replicas: isMoved && state === 'stop' ? 0 : INSTANCES,
          strategy: STRATEGIES[method]!,
          ...(isMoved && { namespace: 'moved' }),
        }),
      })),
    ) as TreeFiles;

  test.before(async () => {
    plane = await startControlPlane();
    const metadata = { name: 'paasta' };
    await plane.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    tree.write(files(false));
    assert.is((await runVerb(plane, tree, ['apply', '--no-wait'])).status, 0);
    tree.write(files(true));
    await runVerb(plane, tree, ['apply', '--timeout', '1s']);
    for (const { service, ready } of ROWS) {
      const total = Math.max(INSTANCES, ready);
      const pods = { replicas: total, updatedReplicas: total, readyReplicas: ready, availableReplicas: ready };
      const conditions = [{ type: 'Available', status: 'True', reason: 'x', message: 'x' }];
      const status = { observedGeneration: 1, ...pods, conditions };
      await plane.request('PATCH', `${path(service, 'moved')}/status`, { status }, 'application/merge-patch+json');
    }
    process.on('warning', ({ message }) => warnings.push(message));
    await runVerb(plane, tree, ['apply', '--timeout', '1s']);
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  test('many waits at once are no reason for a warning of Node', () => {
    assert.equal(warnings, []);
  });

  for (const { service, method, ready, state, oldGoes } of ROWS) {
    test(`${method}, ${ready} of ${INSTANCES} ready, ${state}: the old one ${oldGoes ? 'goes' : 'stays'}`, async () => {
      const { status, json } = await plane.request('GET', path(service, `paastasvc-${service}`));
      const isThere =
        status === 200 && !(json as { metadata: { deletionTimestamp?: string } }).metadata.deletionTimestamp;
      assert.is(!isThere, oldGoes);
    });
  }
}

test.run();
