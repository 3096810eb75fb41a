/** Faults between the applier and the API server: counted requests, answers that must and must not be repeated, lost answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyDirectly } from './support/apply-directly.ts';
import { instanceFiles, RenderedTree, runVerb, type TreeFiles, type VerbResult } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { type Fault, type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import { skipSuite } from './support/skip.ts';

let plane: ControlPlane;
let proxy: FaultProxy;
const tree = new RenderedTree();
const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-proxy-'));
let version = 0;

async function run(fault: Fault | null, ...args: string[]): Promise<VerbResult> {
  proxy.requests = 0;
  proxy.writes.length = 0;
  proxy.fault = fault;
  return runVerb(proxy, tree, args);
}

/** A tree whose Deployment has a new version; the writes of applying it are the lock, the record, the object, the record, the lock. */
function change(): void {
  version++;
  tree.write(instanceFiles('shop', 'main', { sha: `v${version}` }));
}

const apply = (fault: Fault | null): Promise<VerbResult> => run(fault, 'apply', '--no-wait');
const status = (code: number, message: string, headers: Record<string, string> = {}): NonNullable<Fault['answer']> => ({
  ...{ status: code, headers },
  text: JSON.stringify({ kind: 'Status', message, code }),
});
const OBJECT = 3;

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-faults', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane();
    proxy = await startFaultProxy(plane, folder);
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
    change();
    const first = await apply(null);
    if (first.status !== 0) process.stdout.write(first.out + first.err);
  });
  test.after(async () => {
    await proxy.stop();
    await plane.stop();
    tree.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('without differences a run costs a few requests per kind and sends no write', async () => {
    const kinds = 3;
    for (const args of [['diff'], ['apply'], ['status']]) {
      assert.is((await run(null, ...args)).status, 0);
      assert.equal(proxy.writes, []);
      assert.ok(proxy.requests <= 2 * kinds + 10, `${args.join()}: ${proxy.requests} requests`);
    }
  });

  test('a change costs five writes: lock, record, object, record, lock', async () => {
    change();
    assert.is((await apply(null)).status, 0);
    const names = proxy.writes.map((write) => write.replace(/.*\/(leases|configmaps|deployments)\/.*/, '$1'));
    assert.equal(names, ['leases', 'configmaps', 'deployments', 'configmaps', 'leases']);
  });

  test('overload, a server that is not ready and a lost answer are repeated', async () => {
    const faults: Omit<Fault, 'at'>[] = [
      { when: 'before', answer: status(429, 'too many requests', { 'retry-after': '0' }) },
      { when: 'before', answer: status(500, 'etcdserver: leader changed') },
      { when: 'before', answer: status(503, 'not ready') },
      { when: 'before' },
      { when: 'after' },
    ];
    for (const fault of faults) {
      change();
      const result = await apply({ ...fault, at: OBJECT });
      assert.is(result.status, 0, result.out + result.err);
      assert.is((await run(null, 'diff')).status, 0);
    }
  });

  test('a manifest that the server cannot read is not repeated and exits 6', async () => {
    change();
    const message = 'failed to create typed patch object (x): .spec.foo: field not declared in schema';
    const result = await apply({ at: OBJECT, when: 'before', answer: status(500, message) });
    assert.is(result.status, 6);
    assert.match(result.out, /field not declared in schema/);
    assert.is(proxy.writes.filter((write) => write.includes('deployments')).length, 1);
    assert.is((await apply(null)).status, 0);
  });

  test('a refusal of rights is told and not repeated', async () => {
    change();
    const result = await apply({
      at: OBJECT,
      when: 'before',
      answer: status(403, 'User "x" cannot patch resource "deployments"'),
    });
    assert.is(result.status, 7);
    assert.match(result.out, /cannot patch resource/);
    assert.is((await apply(null)).status, 0);
  });

  /** A run while the proxy gives an answer in place of the server, the first `times` times that one is meant. */
  async function answered(
    isMeant: (method: string, url: string) => boolean,
    answer: NonNullable<Fault['answer']>,
    times: number,
    ...args: string[]
  ): Promise<VerbResult & { asked: number }> {
    let asked = 0;
    proxy.answer = (method, url) => (isMeant(method, url) && asked++ < times ? answer : null);
    try {
      return { ...(await run(null, ...args)), asked };
    } finally {
      proxy.answer = null;
    }
  }
  const isObject = (method: string, url: string): boolean => method === 'PATCH' && url.includes('/deployments/');
  const isList = (method: string, url: string): boolean => method === 'GET' && url.includes('limit=');

  test('credentials are read again once, and a server that refuses them still ends the run with 7', async () => {
    change();
    const once = await answered(isObject, status(401, 'Unauthorized'), 1, 'apply', '--no-wait');
    assert.equal([once.status, once.asked], [0, 2]);
    const always = await answered(() => true, status(401, 'Unauthorized'), 99, 'diff');
    assert.equal([always.status, always.asked], [7, 2]);
  });

  test('what the server refuses as too large, invalid or over quota is told and not repeated', async () => {
    for (const [code, message, exit] of [
      [413, 'Request entity too large: limit is 3145728', 6],
      [422, 'Deployment.apps "shop-main" is invalid: spec: bad', 6],
      [403, 'exceeded quota: compute', 7],
    ] as const) {
      change();
      const result = await answered(isObject, status(code, message), 99, 'apply', '--no-wait');
      assert.equal([result.status, result.asked], [exit, 1], message);
      assert.match(result.out, message);
    }
    change();
    const conflict = status(409, 'Operation cannot be fulfilled on resourcequotas "q": the object has been modified');
    const repeated = await answered(isObject, conflict, 1, 'apply', '--no-wait');
    assert.equal([repeated.status, repeated.asked], [0, 2]);
  });

  test('a list that expired between its pages is read anew as a whole', async () => {
    tree.write({ ...instanceFiles('shop', 'main', { sha: `v${version}` }), ...instanceFiles('shop', 'two') });
    assert.is((await apply(null)).status, 0);
    for (const [code, message] of [
      [410, 'The provided continue parameter is too old'],
      [400, 'continue key is not valid'],
    ] as const) {
      const isNextPage = (method: string, url: string): boolean => isList(method, url) && url.includes('continue=');
      const result = await answered(isNextPage, status(code, message), 1, 'diff', '--page-size', '1');
      assert.is(result.status, 0, result.out + result.err);
      assert.ok(result.asked >= 2);
    }
    const never = await answered(isList, status(410, 'too old'), 99, 'diff');
    assert.is(never.status, 9);
    assert.is(never.asked, 4);
  });

  test('an API server that does not answer ends the run with 9, whatever it was about to do', async () => {
    const result = await answered(() => true, status(503, 'not ready', { 'retry-after': '0' }), 9999, 'apply');
    assert.is(result.status, 9);
    assert.match(result.err, /not ready/);
  });

  test('twenty objects in a row without an answer end a run with 9; those that were not tried are told', async () => {
    const many = Array.from({ length: 30 }, (_, at) => instanceFiles('many', `i${at}`));
    tree.write(Object.assign({}, ...many) as TreeFiles);
    let asked = 0;
    proxy.answer = (method, url) =>
      method === 'PATCH' && url.includes('/poddis') && asked++ >= 0 ? status(503, 'down') : null;
    const report = await applyDirectly(proxy.kubeconfigPath, tree, 'many', {});
    proxy.answer = null;
    assert.is(report.exit, 9);
    assert.is(asked, 40, 'twenty objects, two attempts each');
    assert.ok(report.results.some(({ message }) => message === 'the API server does not answer'));
    change();
    tree.write(instanceFiles('shop', 'main', { sha: `v${version}` }));
    assert.is((await apply(null)).status, 0);
  });

  test('a warning of the server is shown once', async () => {
    change();
    const text = JSON.stringify({ metadata: { name: 'a', uid: 'b', resourceVersion: '1' } });
    const warning = { status: 200, text, headers: { warning: '299 - "old API"' } };
    const result = await answered(isObject, warning, 1, 'apply', '--no-wait');
    assert.is(result.err.split('warning: old API').length, 2);
    assert.is((await apply(null)).status, 0);
  });

  test('an object that was deleted and made anew by somebody else meanwhile is not written over', async () => {
    change();
    const path = '/apis/apps/v1/namespaces/paastasvc-shop/deployments/shop-main';
    const { json } = await plane.request('GET', path);
    const { metadata, ...rest } = json as { metadata: { name: string; labels: object }; status?: unknown };
    const result = await run(
      {
        ...{ at: OBJECT, when: 'before' },
        pause: async () => {
          await plane.request('DELETE', path);
          const { name, labels } = metadata;
          const { status: _status, ...body } = { ...rest, metadata: { name, labels } };
          assert.is((await plane.request('POST', path.replace('/shop-main', ''), body)).status, 201);
        },
      },
      'apply',
      '--no-wait',
    );
    assert.is(result.status, 3);
    assert.match(result.out, /somebody deleted it or made it anew meanwhile; run again/);
    assert.is((await apply(null)).status, 0);
  });

  test('wherever one write is lost, before or after it is done, the run ends well and the next has nothing to do', async () => {
    for (let at = 1; at <= 5; at++) {
      for (const when of ['before', 'after'] as const) {
        change();
        const result = await apply({ at, when });
        assert.is(result.status, 0, `${when} ${at}: ${result.err}`);
        assert.is((await run(null, 'diff')).status, 0);
        await plane.request(
          'PATCH',
          '/apis/coordination.k8s.io/v1/namespaces/paasta/leases/paasta-gitops-main',
          { spec: { holderIdentity: '' } },
          'application/merge-patch+json',
        );
      }
    }
  });
}

test.run();
