/** More than one run at once: older and newer revisions, the same revision, a run that is told to end. */
import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instanceFiles, RenderedTree, runVerb, type TreeFiles, type VerbResult } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import { git, GIT_ENV, tempDir } from './support/git-repository.ts';
import { PROGRAM } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

const DEPLOYMENT = '/apis/apps/v1/namespaces/paastasvc-shop/deployments/shop-main';
const PARENT = '/api/v1/namespaces/paasta/configmaps/paasta-gitops-main';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/paasta/leases/paasta-gitops-main';
/** Writes of a run: lock, record, object, record, lock. */
const [LOCK, RECORD, OBJECT] = [1, 2, 3];

let plane: ControlPlane;
let proxy: FaultProxy;
const tree = new RenderedTree();
const repository = tempDir('revisions');

interface Live {
  readonly metadata: { readonly generation: number; readonly labels: Record<string, string> };
}

const sha = async (): Promise<string> =>
  ((await plane.request('GET', DEPLOYMENT)).json as Live).metadata.labels['paasta.yelp.com/git_sha']!;
const applyRevision = (target: { kubeconfigPath: string }, rev: string, ...args: string[]): Promise<VerbResult> =>
  runVerb(target, tree, ['apply', '--no-wait', '--rev', rev, ...args]);

let count = 0;
/** Two commits of the tree, each with a version of its own; the newer has a second instance too. */
function revisions(): { older: string; newer: string; olderSha: string; newerSha: string } {
  const commit = (files: TreeFiles): string => {
    for (const name of ['clusters', '.paasta-gitops']) git(tree.root, 'rm', '-rq', '--ignore-unmatch', name);
    tree.add(files);
    git(tree.root, 'add', '-A');
    git(tree.root, 'commit', '-q', '--allow-empty', '-m', 'rendered', '-m', `Source-Revision: ${'5'.repeat(40)}`);
    return git(tree.root, 'rev-parse', 'HEAD');
  };
  const [olderSha, newerSha] = [`old${++count}`, `new${count}`];
  const older = commit(instanceFiles('shop', 'main', { sha: olderSha }));
  const newer = commit(instanceFiles('shop', 'main', { sha: newerSha }));
  return { older, newer, olderSha, newerSha };
}

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-writers', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane();
    proxy = await startFaultProxy(plane, repository);
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
    git(tree.root, 'init', '-q', '-b', 'main');
    const { older } = revisions();
    const first = await applyRevision(plane, older);
    assert.is(first.status, 0, first.out + first.err);
    assert.match((await plane.request('GET', PARENT)).text, /source-revision":"5{40}"/);
    assert.match((await runVerb(plane, tree, ['status'])).out, /revision [0-9a-f]{40}, from soa-configs 5{40}$/m);
  });
  test.before.each(() => {
    proxy.writes.length = 0;
    proxy.fault = null;
  });
  test.after(async () => {
    await proxy.stop();
    await plane.stop();
    tree.remove();
  });

  test('an older run that comes to the lock after a newer one was done writes nothing and exits 4', async () => {
    const { older, newer, newerSha } = revisions();
    let newerRun: VerbResult | undefined;
    proxy.fault = {
      ...{ at: LOCK, when: 'before' },
      pause: async () => {
        newerRun = await applyRevision(plane, newer);
      },
    };
    const olderRun = await applyRevision(proxy, older);
    assert.is(newerRun!.status, 0, newerRun!.err);
    assert.is(olderRun.status, 4, olderRun.err);
    assert.match(olderRun.err, new RegExp(`revision ${older} is older than ${newer}`));
    assert.equal(
      proxy.writes.filter((write) => !write.includes('/leases')),
      [],
    );
    assert.is(await sha(), newerSha);
  });

  for (const at of [RECORD, OBJECT]) {
    test(`a newer run waits for an older one that holds the lock at its write ${at}, and has the last word`, async () => {
      const { older, newer, newerSha } = revisions();
      let newerRun: Promise<VerbResult> | undefined;
      proxy.fault = {
        ...{ at, when: 'before' },
        pause: async () => {
          newerRun = applyRevision(plane, newer);
          const impatient = await applyRevision(plane, newer, '--lock-timeout', '1s');
          assert.is(impatient.status, 5, impatient.err);
        },
      };
      assert.is((await applyRevision(proxy, older)).status, 0);
      const result = await newerRun!;
      assert.is(result.status, 0, result.err);
      assert.is(await sha(), newerSha);
      assert.match((await plane.request('GET', PARENT)).text, new RegExp(`output-revision":"${newer}`));
      assert.is((await applyRevision(plane, older)).status, 4);
    });
  }

  test('older and newer begun at the same moment end with the newer, whatever the order', async () => {
    for (let round = 0; round < 4; round++) {
      const { older, newer, newerSha } = revisions();
      const runs = [
        [older, () => applyRevision(plane, older)],
        [newer, () => applyRevision(plane, newer)],
      ] as const;
      const order = round % 2 === 0 ? runs : [runs[1], runs[0]];
      const results = await Promise.all(order.map(async ([rev, start]) => [rev, await start()] as const));
      for (const [rev, { status, err }] of results)
        assert.ok(rev === newer ? status === 0 : [0, 4, 5].includes(status), `${status} ${err}`);
      assert.is(await sha(), newerSha);
    }
  });

  test('two runs of one revision at once roll out once', async () => {
    const { older } = revisions();
    const before = (await plane.request('GET', DEPLOYMENT)).json as Live;
    const newest = git(tree.root, 'rev-parse', 'HEAD');
    assert.is.not(newest, older);
    const results = await Promise.all([applyRevision(plane, newest), applyRevision(plane, newest)]);
    assert.equal(
      results.map(({ status }) => status),
      [0, 0],
    );
    const after = (await plane.request('GET', DEPLOYMENT)).json as Live;
    assert.is(after.metadata.generation, before.metadata.generation + 1);
  });

  test('a plan goes through what controllers wrote meanwhile, and not over what somebody changed', async () => {
    const plan = `${repository}/plan.json`;
    const meanwhile = async (body: object): Promise<VerbResult> => {
      tree.add(instanceFiles('shop', 'main', { sha: `planned${++count}` }));
      assert.is((await runVerb(plane, tree, ['diff', '--plan', plan])).status, 2);
      proxy.writes.length = 0;
      const pause = async (): Promise<void> => {
        await plane.request('PATCH', DEPLOYMENT, body, 'application/merge-patch+json');
      };
      proxy.fault = { at: OBJECT, when: 'before', pause };
      return runVerb(proxy, tree, ['apply', '--plan', plan, '--no-wait']);
    };
    const fine = await meanwhile({ metadata: { annotations: { seen: 'by-a-controller' } } });
    assert.is(fine.status, 0, fine.err);
    assert.is(await sha(), `planned${count}`);
    const changed = await meanwhile({ spec: { replicas: 17 } });
    assert.is.not(changed.status, 0);
    assert.match(changed.err, /shop-main: it is not as it was when the plan was made/);
    const { json } = await plane.request('GET', DEPLOYMENT);
    assert.is((json as { spec: { replicas: number } }).spec.replicas, 17);
    proxy.fault = null;
    assert.is((await runVerb(plane, tree, ['apply', '--no-wait'])).status, 0);
    git(tree.root, 'checkout', '-q', '.');
  });

  test('a run that is told to end completes the write under way, starts no other, and gives the lock back', async () => {
    revisions();
    tree.add({ ...instanceFiles('shop', 'late'), ...instanceFiles('shop', 'main', { sha: 'ending' }) });
    const args = ['apply', '--no-wait', '--concurrency', '1', '--cluster', 'test', '--context', 'test'];
    const env = { ...GIT_ENV, HOME: repository, KUBECONFIG: proxy.kubeconfigPath } as Record<string, string>;
    const child = spawn(process.execPath, [PROGRAM, ...args, '--dir', tree.root], { env, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    proxy.fault = {
      ...{ at: OBJECT, when: 'before' },
      pause: async () => {
        child.kill('SIGTERM');
        for (let turn = 0; turn < 5; turn++) await plane.request('GET', LEASE);
      },
    };
    const started = performance.now();
    assert.is(await ended, 143);
    assert.ok(performance.now() - started < 35_000);
    assert.is(proxy.writes.filter((write) => /deployments|poddisruption/.test(write)).length, 1);
    const lease = (await plane.request('GET', LEASE)).json as { spec: { holderIdentity?: string } };
    assert.is(lease.spec.holderIdentity ?? '', '');
    proxy.fault = null;
    const next = await runVerb(plane, tree, ['apply', '--no-wait']);
    assert.is(next.status, 0, next.err);
    assert.is(await sha(), 'ending');
  });
}

test.run();
