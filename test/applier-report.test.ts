/** What runs tell: plans in every form, plans to carry out exactly, progress, hints, objects made anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../cli/main.ts';
import { clusterMarkdown } from '../cli/cluster-markdown.ts';
import { liveList } from '../cli/live-list.ts';
import { instanceFiles, RenderedTree, runVerb, type TreeFiles, type VerbResult } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { tempDir } from './support/git-repository.ts';
import { skipSuite } from './support/skip.ts';

let plane: ControlPlane;
const tree = new RenderedTree();
const planFile = join(tempDir('plan'), 'plan.json');

const verb = (...args: string[]): Promise<VerbResult> => runVerb(plane, tree, args);
const deployment = (name: string, namespace = 'paastasvc-shop'): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
const uidAt = async (path: string): Promise<string> =>
  ((await plane.request('GET', path)).json as { metadata: { uid: string } }).metadata.uid;

async function applied(files: TreeFiles, ...args: string[]): Promise<VerbResult> {
  tree.write(files);
  const result = await verb('apply', '--timeout', '30s', ...args);
  assert.is(result.status, 0, result.out + result.err);
  return result;
}

/** Somebody scales by hand. */
const scale = (path: string, replicas: number): Promise<unknown> =>
  plane.request('PATCH', `${path}?fieldManager=kubectl-edit`, { spec: { replicas } }, 'application/merge-patch+json');

interface Report {
  readonly version: number;
  readonly cluster: string;
  readonly set: string;
  readonly exit: number;
  readonly reason: string;
  readonly summary: Record<string, number>;
  readonly objects: readonly Record<string, unknown>[];
  readonly results: readonly { key: string; outcome: string }[];
}

test('on a terminal what is not up yet is a list that is drawn again, elsewhere events are plain lines', () => {
  for (const isTerminal of [true, false]) {
    let err = '';
    const io = { out: () => undefined, err: (text: string) => void (err += text), env: {}, cwd: '/', hasColor: false };
    const { listen, close } = liveList({ ...io, isTerminal });
    const key = 'apps/Deployment ns/web';
    listen({ kind: 'phase', phase: 'applying' });
    listen({ kind: 'health', key, health: { state: 'progressing', reason: '1 of 3 pods are new' } });
    listen({ kind: 'health', key, health: { state: 'progressing', reason: '2 of 3 pods are new\u001b[2J' } });
    listen({ kind: 'health', key, health: { state: 'current', reason: '' } });
    close();
    const drawn =
      'applying\n' +
      '  … apps/Deployment ns/web: 1 of 3 pods are new\n' +
      '\u001b[1A\u001b[J  … apps/Deployment ns/web: 2 of 3 pods are new\\u001b[2J\n' +
      '\u001b[1A\u001b[Jup apps/Deployment ns/web\n';
    assert.is(err, isTerminal ? drawn : 'applying\nup apps/Deployment ns/web\n');
  }
});

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-report', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane({ controllers: true, nodes: 2 });
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
    await applied({ ...instanceFiles('shop', 'main'), ...instanceFiles('shop', 'side') });
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  const changed = (): TreeFiles => ({
    ...instanceFiles('shop', 'main', { sha: 'bbb' }),
    ...instanceFiles('shop', 'side'),
    ...instanceFiles('fresh', 'main', { replicas: 1 }),
  });

  test('the text of diff says which version comes, how pods are replaced, and how many', async () => {
    await scale(deployment('shop-side'), 5);
    tree.write(changed());
    const { status, out } = await verb('diff');
    assert.is(status, 2);
    assert.match(
      out,
      /^~ apps\/Deployment paastasvc-shop\/shop-main {2}\(rollout: \+100%\/-5%, 2 pods; new version aaa -> bbb\)$/m,
    );
    assert.match(out, /^\+ apps\/Deployment paastasvc-fresh\/fresh-main$/m);
    assert.match(out, /^! DRIFT apps\/Deployment paastasvc-shop\/shop-side {2}\(no restart\)$/m);
    assert.match(out, /^ {4}\.spec\.replicas changed by "kubectl-edit" \(Update\) at 20\d\d-/m);
    assert.match(out, /^3 create, 1 change, 1 drift; \d+ unchanged; 1 rollout, 2 pods replaced$/m);
  });

  test('JSON holds one entry an object with its identity, owners and diff, and the exit status', async () => {
    const { out } = await verb('diff', '-o', 'json');
    const report = JSON.parse(out) as Report;
    assert.equal([report.version, report.cluster, report.set, report.exit], [1, 'test', 'main', 2]);
    const drifted = report.objects.find(({ action }) => action === 'drift')!;
    assert.equal(
      [drifted['gvk'], drifted['namespace'], drifted['name'], drifted['service'], drifted['instance']],
      ['apps/v1/Deployment', 'paastasvc-shop', 'shop-side', 'shop', 'side'],
    );
    assert.is(drifted['uid'], await uidAt(deployment('shop-side')));
    const [owner] = drifted['owners'] as { manager: string; operation: string; time: string; paths: string[] }[];
    assert.equal([owner!.manager, owner!.operation, owner!.paths], ['kubectl-edit', 'Update', ['.spec.replicas']]);
    assert.match((drifted['diff'] as string[]).join('\n'), /^- {2}replicas: 5\n\+ {2}replicas: 2$/m);
    assert.is((await verb('diff', '-o', 'json')).out, out, 'the order is stable');
  });

  test('JUnit has a failed case an object that differs, Markdown a folded diff', async () => {
    const junit = (await verb('diff', '-o', 'junit')).out;
    assert.match(junit, /<testsuite name="paasta-gitops diff test" tests="5" failures="5">/);
    assert.match(
      junit,
      /<testcase classname="shop\.side" name="apps\/Deployment paastasvc-shop\/shop-side">\n +<failure type="drift" message="drift; \.spec\.replicas changed by &quot;kubectl-edit&quot;/,
    );
    const markdown = (await verb('diff', '-o', 'markdown')).out;
    assert.match(markdown, /^### diff of `test`\n\n3 create, 1 change, 1 drift;/);
    assert.match(markdown, /^- \*\*change\*\* `apps\/Deployment paastasvc-shop\/shop-main` \(restarts 2 pods, `new/m);
    assert.match(markdown, /<summary><code>apps\/Deployment paastasvc-shop\/shop-main<\/code><\/summary>\n\n```diff\n/);
  });

  test('a Markdown report stays within what a comment holds', () => {
    const diff = ['+'.padEnd(2000, 'x')];
    const object = { key: 'a/B n/c', gvk: 'a/v1/B', namespace: 'n', name: 'c', uid: null, action: 'change' as const };
    const rest = {
      service: null,
      instance: null,
      restart: false,
      strategy: '',
      pods: 0,
      reasons: [],
      owners: [],
      diff,
    };
    const report = { verb: 'diff', cluster: 'c', set: 'main', revision: '', summary: null, results: [], warnings: [] };
    const objects = Array.from({ length: 60 }, () => ({ ...object, ...rest }));
    const text = clusterMarkdown({ ...report, objects, reason: '', exit: 2 });
    assert.ok(text.length <= 60_000, String(text.length));
    assert.match(text, /… and 3\d more entries\.\*\*\n$/);
  });

  test('a plan is carried out exactly: other drift stays, and what changed meanwhile refuses it', async () => {
    await applied({ ...instanceFiles('shop', 'main'), ...instanceFiles('shop', 'side') });
    tree.write({ ...instanceFiles('shop', 'main', { sha: 'ccc' }), ...instanceFiles('shop', 'side') });
    assert.is((await verb('diff', '--plan', planFile)).status, 2);
    const plan = JSON.parse(readFileSync(planFile, 'utf8')) as {
      server: string;
      objects: { resourceVersion: string }[];
    };
    assert.match(plan.server, /^v1\.\d+\./);
    assert.match(plan.objects[0]!.resourceVersion, /^\d+$/);
    await scale(deployment('shop-side'), 4);
    const run = await verb('apply', '--plan', planFile, '--timeout', '30s');
    assert.is(run.status, 0, run.err);
    assert.match(run.err, /applied apps\/Deployment paastasvc-shop\/shop-main/);
    assert.not.match(run.err, /shop-side/);
    const again = await verb('apply', '--plan', planFile);
    assert.is(again.status, 4);
    assert.match(again.err, /shop-main is not as it was when the plan was made/);
    await applied({ ...instanceFiles('shop', 'main', { sha: 'ccc' }), ...instanceFiles('shop', 'side') });
    tree.write({ ...instanceFiles('shop', 'main', { sha: 'ddd' }), ...instanceFiles('shop', 'side') });
    await verb('diff', '--plan', planFile);
    await scale(deployment('shop-main'), 7);
    assert.is((await verb('apply', '--plan', planFile)).status, 4, 'the live object changed');
    await scale(deployment('shop-main'), 2);
    tree.write({ ...instanceFiles('shop', 'main', { sha: 'eee' }), ...instanceFiles('shop', 'side') });
    assert.is((await verb('apply', '--plan', planFile)).status, 4, 'the tree changed');
    writeFileSync(planFile, '{}');
    assert.is((await verb('apply', '--plan', planFile)).status, 6);
  });

  test('a plan prunes what it showed, and nothing when that is not the same any more', async () => {
    const both = { ...instanceFiles('shop', 'main'), ...instanceFiles('shop', 'side') };
    await applied({ ...both, ...instanceFiles('shop', 'old', { replicas: 0 }) });
    tree.write(both);
    assert.is((await verb('diff', '--prune', '--min-age', '0s', '--plan', planFile)).status, 2);
    const { prune } = JSON.parse(readFileSync(planFile, 'utf8')) as { prune: string[] };
    assert.is(prune.length, 2);
    await plane.request('DELETE', deployment('shop-old'));
    const refused = await verb('apply', '--plan', planFile, '--min-age', '0s');
    assert.is(refused.status, 4);
    assert.match(refused.err, /what would be deleted is not what it was/);
    await verb('diff', '--prune', '--min-age', '0s', '--plan', planFile);
    const run = await verb('apply', '--plan', planFile, '--min-age', '0s');
    assert.is(run.status, 0, run.err);
    assert.match(run.err, /"deleted","object":"policy\/PodDisruptionBudget paastasvc-shop\/shop-old"/);
  });

  test('--recreate deletes the workload it names and makes it again, and refuses a name that is not there', async () => {
    await applied({ ...instanceFiles('shop', 'main'), ...instanceFiles('shop', 'side') });
    const [main, side] = [await uidAt(deployment('shop-main')), await uidAt(deployment('shop-side'))];
    assert.match((await verb('diff', '--recreate', 'shop.main')).out, /rollout: \+100%\/-5%, 2 pods; is deleted first/);
    const run = await verb('apply', '--recreate', 'shop.main', '--timeout', '30s');
    assert.is(run.status, 0, run.err);
    assert.is.not(await uidAt(deployment('shop-main')), main);
    assert.is(await uidAt(deployment('shop-side')), side);
    const unknown = await verb('apply', '--recreate', 'shop.nope');
    assert.is(unknown.status, 6);
    assert.match(unknown.err, /no instance shop\.nope/);
  });

  test('what an unfinished run left is waited for, so that the status stays true until it is up', async () => {
    const stuck = {
      ...instanceFiles('shop', 'main'),
      ...instanceFiles('stuck', 'main', { podAnnotations: { 'test.cluster/behave': 'image-pull' } }),
    };
    tree.write(stuck);
    const first = await verb('apply', '--timeout', '3s');
    assert.is(first.status, 8);
    assert.match(first.out, /container main: ImagePullBackOff: back-off pulling image example\.com\/stuck:aaa/);
    assert.match(first.out, /event \w+: /);
    const second = await verb('apply', '--timeout', '1s', '-o', 'junit');
    assert.is(second.status, 8);
    assert.match(second.out, /<testcase classname="stuck\.main".*>\n +<failure type="not-up"/);
    assert.match((await verb('status')).out, /unfinished run \(applying\)/);
    await applied({ ...instanceFiles('shop', 'main'), ...instanceFiles('stuck', 'main') });
    assert.not.match((await verb('status')).out, /unfinished/);
  });

  test('a missing namespace that the tree does not hold is named with the command that makes it', async () => {
    const objects = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'custom-metrics' } }];
    tree.write({ ...instanceFiles('shop', 'main'), 'custom-metrics/configmap-a.yaml': { objects } });
    const { status, out } = await verb('apply');
    assert.is(status, 3);
    assert.match(
      out,
      /^blocked ConfigMap custom-metrics\/a: namespaces "custom-metrics" not found: the tree holds no Namespace custom-metrics; create it once \(kubectl create namespace custom-metrics\)$/m,
    );
  });

  test('a run about one service makes the namespace and the account it needs, and leaves other services alone', async () => {
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'acc', namespace: 'paastasvc-solo' },
    };
    tree.write({
      ...instanceFiles('shop', 'main'),
      ...instanceFiles('solo', 'main', { replicas: 1 }),
      ...instanceFiles('other', 'main'),
      'paastasvc-solo/namespace.yaml': { objects: [account] },
    });
    const run = await verb('apply', '-s', 'solo', '--timeout', '30s');
    assert.is(run.status, 0, run.out + run.err);
    assert.is((await plane.request('GET', '/api/v1/namespaces/paastasvc-solo/serviceaccounts/acc')).status, 200);
    assert.is((await plane.request('GET', '/api/v1/namespaces/paastasvc-other')).status, 404);
  });

  test('the context is named by the project or by --context, and the current one of the kubeconfig is not used', async () => {
    let err = '';
    const io = {
      out: () => undefined,
      err: (text: string) => void (err += text),
      env: { PATH: process.env['PATH'], HOME: tree.root, KUBECONFIG: plane.kubeconfigPath },
      ...{ cwd: tree.root, isTerminal: false, hasColor: false },
    };
    const target = ['--cluster', 'test', '--dir', tree.root];
    assert.is(await main(['diff', ...target], io), 6);
    assert.match(err, /clusters\.test\.context|--context/);
    tree.file('paasta-gitops.yaml', 'clusters: {test: {context: test}}\n');
    assert.is(await main(['status', ...target], io), 0, err);
    tree.file('paasta-gitops.yaml', 'clusters: {test: {context: test, delivery: argocd}}\n');
    assert.is(await main(['apply', ...target], io), 4);
    assert.match(err, /test is delivered by argocd; --i-am-the-writer/);
  });
}

test.run();
