/** Faults between the applier and the API server: counted requests, answers that must and must not be repeated, lost answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instanceFiles, RenderedTree, runVerb, type VerbResult } from './support/applier-cluster.ts';
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
