import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Waiter } from '../applier/waiter.ts';
import type { Resource } from '../cluster/resources.ts';
import type { ApiClient } from '../cluster/api-client.ts';

const RESOURCE: Resource = {
  ...{ apiVersion: 'apps/v1', group: 'apps', kind: 'Deployment', plural: 'deployments', isNamespaced: true },
  verbs: new Set(['list', 'watch']),
};
const KEY = 'apps/Deployment paastasvc-shop/shop-main';

const READY = {
  ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  conditions: [{ type: 'Available', status: 'True' }],
};

function deployment(isReady: boolean): Record<string, unknown> {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: { name: 'shop-main', namespace: 'paastasvc-shop', uid: 'u', generation: 1, resourceVersion: '2' },
    spec: { replicas: 1 },
    status: isReady ? READY : {},
  };
}

test('an answer to a write that comes after the watch told more does not take that back', async () => {
  const stream = new PassThrough();
  const client = {
    request: () => Promise.resolve({ status: 200, body: { metadata: { resourceVersion: '1' }, items: [] } }),
    stream: () => Promise.resolve(stream),
  } as unknown as ApiClient;
  const waiter = new Waiter(client, 'set');
  const howLong = (timeoutMs: number) => ({ timeoutMs, signal: new AbortController().signal, tell: () => undefined });
  const first = waiter.current(KEY, RESOURCE, howLong(10_000));
  stream.write(`${JSON.stringify({ type: 'MODIFIED', object: deployment(true) })}\n`);
  assert.is((await first).state, 'current');
  waiter.note(deployment(false), RESOURCE);
  assert.is((await waiter.current(KEY, RESOURCE, howLong(50))).state, 'current');
  waiter.close();
  stream.end();
});

test.run();
