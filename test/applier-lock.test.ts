/** The lock on a real API server: who gets it, when it is taken over from a run that died, and what its holder may do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT, exitOfError } from '../applier/exit-status.ts';
import { lockHolder, LockHeld, lockTransitions, takeLock, type Lock } from '../applier/lock.ts';
import { createClient, whileAllowed, type ApiClient } from '../cluster/api-client.ts';
import { openConnection } from '../cluster/connection.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import { tempDir } from './support/git-repository.ts';
import { skipSuite } from './support/skip.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/paasta/leases';
const SECOND = 1000;

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-lock', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let client: ApiClient;
  let set = 0;
  const name = (): { set: string; namespace: string } => ({ set: `l${set}`, namespace: 'paasta' });
  const path = (): string => `${LEASES}/paasta-gitops-l${set}`;
  /** A lease of somebody whose clock is years behind: its times mean nothing to us. */
  const heldByOther = async (): Promise<void> => {
    const time = '2001-01-01T00:00:00.000000Z';
    const spec = { holderIdentity: 'other/1/x', leaseDurationSeconds: 30, leaseTransitions: 4, renewTime: time };
    const answer = await plane.request('POST', LEASES, { metadata: { name: `paasta-gitops-l${set}` }, spec });
    assert.is(answer.status, 201, answer.text);
  };
  const take = (timeoutMs: number): Promise<Lock> =>
    takeLock(client, {
      ...{ name: name(), seenTransitions: 4, timeoutMs, durationSeconds: 1 },
      signal: new AbortController().signal,
    });

  test.before(async () => {
    plane = await startControlPlane();
    proxy = await startFaultProxy(plane, tempDir('lock'));
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'paasta' } });
    const connection = await openConnection({ context: 'test', kubeconfig: proxy.kubeconfigPath });
    client = createClient(connection, { userAgent: 'test', attempts: 1 });
  });
  test.before.each(() => void set++);
  test.after(async () => {
    client.close();
    await proxy.stop();
    await plane.stop();
  });

  test('a lease that nobody renews is taken over after it was seen unchanged for its whole duration, not before', async () => {
    await heldByOther();
    const started = performance.now();
    const lock = await take(20 * SECOND);
    assert.ok(performance.now() - started >= SECOND, 'on our own clock, however old its times are');
    assert.ok(lock.wasContended, 'what was read before is read again');
    assert.ok(lock.isHeld());
    assert.is(await lockTransitions(client, name()), 5);
    await lock.release();
    assert.is(await lockHolder(client, name()), null);
  });

  test('without the namespace of the lock, apply names the command that makes it', async () => {
    const signal = new AbortController().signal;
    const elsewhere = { set: 'main', namespace: 'nowhere' };
    const command = /^the namespace nowhere .* does not exist: create it once \(kubectl create namespace nowhere\)$/;
    const taken = takeLock(client, { name: elsewhere, seenTransitions: -1, timeoutMs: 0, signal });
    const failure = await taken.catch((error: unknown) => error);
    assert.match((failure as Error).message, command);
    assert.is(exitOfError(failure)?.exit, EXIT.invalid);
  });

  test('a lease that is deleted while it is taken is made anew', async () => {
    await heldByOther();
    await plane.request('PATCH', path(), { spec: { holderIdentity: '' } }, 'application/merge-patch+json');
    proxy.answer = (method) => {
      if (method !== 'PUT') return null;
      proxy.answer = null;
      return { status: 404, text: '{"message": "gone"}' };
    };
    const lock = await take(5 * SECOND);
    assert.ok(lock.isHeld());
    await lock.release();
  });

  test('a lease that is renewed is never taken', async () => {
    await heldByOther();
    let renewals = 0;
    proxy.answer = (method, url) => {
      if (method === 'GET' && url.startsWith(path())) {
        const metadata = { annotations: { renewal: String(renewals++) } };
        void plane.request('PATCH', path(), { metadata }, 'application/merge-patch+json');
      }
      return null;
    };
    try {
      await take(3 * SECOND);
      assert.unreachable('the lock was taken');
    } catch (error) {
      assert.instance(error, LockHeld);
      assert.match((error as Error).message, /held by other\/1\/x/);
    } finally {
      proxy.answer = null;
    }
    assert.ok(renewals > 3);
  });

  test('of two that take over the same lease one gets it', async () => {
    await heldByOther();
    const results = await Promise.allSettled([take(2 * SECOND), take(2 * SECOND)]);
    const locks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    assert.is(locks.length, 1, results.map(({ status }) => status).join());
    await locks[0]!.release();
  });

  test('a holder that cannot renew starts no write after two thirds of the duration, and gets the lock back when it can', async () => {
    const lock = await take(SECOND);
    proxy.answer = (method) => (method === 'PUT' ? { status: 503, text: 'down' } : null);
    const started = performance.now();
    while (lock.isHeld()) await plane.request('GET', path());
    assert.ok(performance.now() - started < SECOND);
    proxy.answer = null;
    while (!lock.isHeld()) await plane.request('GET', path());
    await lock.release();
    assert.is(await lockHolder(client, name()), null);
  });

  test('a write is sent once more only while its run holds the lock, and no request for longer than a minute', async () => {
    let asked = 0;
    proxy.answer = () => {
      asked++;
      return { status: 503, text: 'down' };
    };
    let now = 0;
    const timer = { now: () => now, pause: () => Promise.resolve() };
    const connection = await openConnection({ context: 'test', kubeconfig: proxy.kubeconfigPath });
    const patient = createClient(connection, { userAgent: 'test', attempts: 6, timer });
    const failing = async (holder: ApiClient, method: 'GET' | 'PATCH'): Promise<number> => {
      asked = 0;
      await holder.request({ method, path: path() }).then(
        () => assert.unreachable(),
        () => undefined,
      );
      return asked;
    };
    assert.is(await failing(patient, 'PATCH'), 6);
    const lost = whileAllowed(patient, () => asked < 3);
    assert.is(await failing(lost, 'PATCH'), 3);
    assert.is(await failing(lost, 'GET'), 6);
    timer.now = () => (now += 25_000);
    assert.is(await failing(patient, 'GET'), 2);
    proxy.answer = null;
    patient.close();
  });

  test('a holder whose lease somebody else took starts no write any more, and leaves it to them', async () => {
    const lock = await take(SECOND);
    const spec = { holderIdentity: 'other/2/y' };
    await plane.request('PATCH', path(), { spec }, 'application/merge-patch+json');
    while (lock.isHeld()) await plane.request('GET', path());
    await lock.release();
    assert.is(await lockHolder(client, name()), 'other/2/y');
  });
}

test.run();
