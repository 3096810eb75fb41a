/** What keeps the applier from doing harm: pruning within guards, ownership, the right cluster, one writer, no secrets shown. */
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  instanceFiles,
  instanceObjects,
  namespaceFile,
  RenderedTree,
  runVerb,
  type TreeFiles,
  type VerbResult,
} from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

let plane: ControlPlane;
const tree = new RenderedTree();

const verb = (...args: string[]): Promise<VerbResult> => runVerb(plane, tree, args);
const apply = (...args: string[]): Promise<VerbResult> => verb('apply', '--no-wait', ...args);
const prune = (...args: string[]): Promise<VerbResult> => verb('prune', '--yes', '--min-age', '0s', ...args);
const path = (name: string, service: string): string =>
  `/apis/apps/v1/namespaces/paastasvc-${service}/deployments/${name}`;

async function exists(at: string): Promise<boolean> {
  return (await plane.request('GET', at)).status === 200;
}

function services(...names: string[]): TreeFiles {
  return Object.assign({}, ...names.map((name) => instanceFiles(name, 'main'))) as TreeFiles;
}

async function applied(files: TreeFiles, ...args: string[]): Promise<void> {
  tree.write(files);
  const result = await apply(...args);
  assert.is(result.status, 0, result.out + result.err);
}

/** Removes every member, so that a test begins with a cluster of its own. */
async function clear(): Promise<void> {
  tree.write(namespaceFile('paastasvc-none'));
  assert.is((await prune('--allow-empty', '--force-prune')).status, 0);
}

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-safety', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane({ controllers: true });
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });
  test.after.each(clear);

  test('prune shows first, deletes with --yes, and leaves namespaces, young objects and what an annotation keeps', async () => {
    await applied({
      ...services('a', 'b', 'c'),
      ...instanceFiles('c', 'kept', { annotations: { 'paasta.yelp.com/prune': 'disabled' } }),
    });
    tree.write({ ...services('a', 'b'), ...namespaceFile('paastasvc-c') });
    const preview = await verb('prune', '--min-age', '0s');
    assert.is(preview.status, 2);
    assert.match(preview.out, /^- apps\/Deployment paastasvc-c\/c-main/m);
    assert.match(preview.out, /kept: apps\/Deployment paastasvc-c\/c-kept .*paasta\.yelp\.com\/prune/);
    assert.is((await verb('prune', '--yes')).status, 0);
    assert.ok(await exists(path('c-main', 'c')), 'it is younger than --min-age');
    assert.is((await prune()).status, 0);
    assert.not.ok(await exists(path('c-main', 'c')));
    assert.ok(await exists(path('c-kept', 'c')));
    assert.ok(await exists('/api/v1/namespaces/paastasvc-c'));
    await plane.request('DELETE', path('c-kept', 'c'));
  });

  test("the share of instances that may go is PaaSTA's: 1 of 2 goes, 1 of 1 and 2 of 3 do not", async () => {
    await applied(services('a', 'b'));
    tree.write({ ...services('a'), ...namespaceFile('paastasvc-b') });
    assert.is((await prune()).status, 0);
    tree.write({ ...services('z'), ...namespaceFile('paastasvc-a') });
    const all = await prune();
    assert.is(all.status, 4);
    assert.match(all.err, /1 of 1 instances would go/);
    await applied(services('a', 'b', 'c'));
    tree.write({ ...services('a'), ...namespaceFile('paastasvc-b'), ...namespaceFile('paastasvc-c') });
    assert.is((await prune()).status, 4);
    assert.ok(await exists(path('b-main', 'b')));
    assert.is((await prune('--kill-threshold', '0.7')).status, 0);
  });

  test('an empty or half-broken tree deletes nothing, also with force', async () => {
    await applied(services('a', 'b', 'c'));
    tree.write(namespaceFile('paastasvc-a'));
    const empty = await prune('--force-prune');
    assert.is(empty.status, 4);
    assert.match(empty.err, /an empty tree deletes nothing/);
    tree.write(services('a', 'b', 'c'));
    tree.file('clusters/test/kustomization.yaml', 'resources: [_cluster, paastasvc-a]\n');
    assert.is((await prune('--force-prune')).status, 6);
    tree.file('clusters/test/paastasvc-b/b-main.yaml', 'a: [');
    const broken = await apply('--prune', '--min-age', '0s', '--force-prune');
    assert.is(broken.status, 6);
    assert.match(broken.err, /^paasta-gitops: the tree cannot be used:\n {2}clusters\/test\/paastasvc-b\/b-main\.yaml/);
    tree.write(services('a', 'b', 'c'));
    const files = Array.from({ length: 25 }, (_, i) => `gone-${i}.yaml`);
    tree.file('clusters/test/paastasvc-b/kustomization.yaml', `resources: [${files.join(', ')}]\n`);
    assert.match((await verb('diff')).err, /\n {2}and \d+ more\n/, 'what is left out is counted');
    assert.ok(await exists(path('b-main', 'b')));
  });

  test('a narrowed run prunes nothing, --max-prune is a cap', async () => {
    await applied(services('a', 'b', 'c'));
    tree.write({ ...services('a', 'b'), ...namespaceFile('paastasvc-c') });
    assert.is((await apply('-s', 'a', '--prune', '--min-age', '0s')).status, 0);
    assert.ok(await exists(path('c-main', 'c')));
    assert.is((await prune('--max-prune', '1')).status, 4);
    const run = await apply('--prune', '--min-age', '0s');
    assert.is(run.status, 0, run.err);
    assert.not.ok(await exists(path('c-main', 'c')));
  });

  test('a run about names that there are not is refused, with the nearest right spelling', async () => {
    await applied(services('alpha', 'beta'));
    const calls: readonly (readonly [readonly string[], RegExp])[] = [
      [['-s', 'alhpa'], /has the service "alhpa"; did you mean "alpha"\?/],
      [['-s', 'alpha', '-i', 'mian'], /has the instance "mian" of alpha; did you mean "main"\?/],
      [['-n', 'paastasvc-alpah'], /has the namespace "paastasvc-alpah"; did you mean "paastasvc-alpha"\?/],
      [['--kinds', 'Deployment,deployment'], /has the kind "deployment"; did you mean "Deployment"\?/],
    ];
    for (const [args, message] of calls) {
      for (const name of ['diff', 'apply', 'status']) {
        const { status, out, err } = await verb(name, ...args);
        assert.is(status, 6, `${name} ${args.join(' ')}: ${err}`);
        assert.match(err, message);
        assert.not.match(out, /no differences/, name);
      }
    }
    const both = await verb('diff', '-s', 'alhpa', '-i', 'mian');
    assert.not.match(both.err, /mian/, 'what a misspelt service has is not told');
    // What the tree has no longer and the cluster has is there, and so are kinds that happen to have no object.
    tree.write({ ...services('beta'), ...namespaceFile('paastasvc-alpha') });
    assert.match((await verb('status', '-s', 'alpha')).out, /Removed/);
    assert.is((await verb('diff', '-s', 'alpha')).status, 0);
    assert.is((await verb('diff', '--kinds', 'CronJob')).status, 0);
  });

  test('deleting with another uid or without a change of version is refused by the server, so a body is always sent whole', async () => {
    await applied(services('a'));
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'other' } };
    assert.is((await plane.request('DELETE', path('a-main', 'a'), body)).status, 409);
    assert.ok(await exists(path('a-main', 'a')));
  });

  test('live objects of nobody, of another set and of controllers are refused', async () => {
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paastasvc-own' },
    });
    tree.write(services('own'));
    const refused = await apply();
    assert.is(refused.status, 4);
    assert.match(refused.err, /Namespace paastasvc-own is live and not ours; --adopt=unowned takes it over/);
    assert.is((await apply('--adopt', 'unowned')).status, 0);
    const other = await apply('--set', 'other');
    assert.is(other.status, 4);
    assert.match(other.err, /is a member of another set/);
  });

  test('what PaaSTA made is adopted: its leftovers go, and another run has nothing to do', async () => {
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paastasvc-old' },
    });
    const [, deployment] = instanceObjects('old', 'main', {
      env: [
        { name: 'LEFTOVER', value: 'x' },
        { name: 'A', value: '0' },
      ],
    });
    const made = {
      ...deployment!,
      metadata: { ...deployment!.metadata, labels: { ...deployment!.metadata.labels, 'old-label': 'x' } },
    };
    const created = await plane.request(
      'POST',
      '/apis/apps/v1/namespaces/paastasvc-old/deployments?fieldManager=paasta',
      made,
    );
    assert.is(created.status, 201, created.text);
    tree.write(services('old'));
    assert.is((await apply()).status, 4);
    const preview = await verb('diff', '--adopt', 'paasta');
    assert.match(preview.out, /^\? apps\/Deployment paastasvc-old\/old-main/m);
    const run = await apply('--adopt', 'paasta');
    assert.is(run.status, 0, run.err);
    const { text } = await plane.request('GET', path('old-main', 'old'));
    assert.not.match(text, /LEFTOVER|old-label/);
    assert.is((await verb('diff')).status, 0);
  });

  test('a tree of another cluster is refused by the record and by the labels', async () => {
    await applied(services('a'));
    const parent = '/api/v1/namespaces/paasta/configmaps/paasta-gitops-main';
    const label = (name: string): Promise<unknown> =>
      plane.request(
        'PATCH',
        parent,
        { metadata: { labels: { 'paasta.yelp.com/cluster': name } } },
        'application/merge-patch+json',
      );
    await label('elsewhere');
    for (const args of [['diff'], ['apply'], ['prune', '--yes'], ['status']]) {
      const result = await verb(...args);
      assert.is(result.status, 4, args.join());
      assert.match(result.err, /this is the cluster elsewhere, and the tree is of test/);
    }
    await label('test');
  });

  test('a context is never guessed, and an unknown one is refused with the known ones', async () => {
    const { status, err } = await verb('diff', '--context', 'nowhere');
    assert.is(status, 6);
    assert.match(err, /has no context "nowhere"; it has test/);
  });

  test('while another run holds the lock nothing is written and the exit status is 5', async () => {
    await applied(services('a'));
    const lease = '/apis/coordination.k8s.io/v1/namespaces/paasta/leases/paasta-gitops-main';
    await plane.request('PATCH', lease, { spec: { holderIdentity: 'other/1/x' } }, 'application/merge-patch+json');
    tree.write({ ...services('a', 'b') });
    const result = await apply('--lock-timeout', '1s');
    assert.is(result.status, 5);
    assert.match(result.err, /the lock is held by other\/1\/x/);
    assert.not.ok(await exists(path('b-main', 'b')));
    await plane.request('PATCH', lease, { spec: { holderIdentity: '' } }, 'application/merge-patch+json');
  });

  test('two runs of one revision at once end as one run does', async () => {
    tree.write(services('a', 'b', 'c'));
    const results = await Promise.all([apply(), apply()]);
    assert.ok(
      results.every(({ status }) => status === 0 || status === 5),
      results.map(({ err }) => err).join(),
    );
    const { json } = await plane.request('GET', path('a-main', 'a'));
    assert.is((json as { metadata: { generation: number } }).metadata.generation, 1);
    assert.is((await verb('diff')).status, 0);
  });

  test('an older revision is refused, going back holds the cluster, and only --resume ends the hold', async () => {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', tree.root, ...args], { encoding: 'utf8' }).trim();
    const commit = (files: TreeFiles): string => {
      tree.write(files);
      git('init', '-q');
      return '';
    };
    commit(services('a'));
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    git('add', '-A');
    git(...identity, 'commit', '-q', '-m', 'one');
    const older = git('rev-parse', 'HEAD');
    tree.file('README.md', 'two\n');
    git('add', '-A');
    git(...identity, 'commit', '-q', '-m', 'two');
    const newer = git('rev-parse', 'HEAD');
    assert.is((await apply('--rev', newer)).status, 0);
    const parent = async (): Promise<string> =>
      (await plane.request('GET', '/api/v1/namespaces/paasta/configmaps/paasta-gitops-main')).text;
    assert.match(await parent(), new RegExp(`output-revision":"${newer}`));
    const refused = await apply('--rev', older);
    assert.is(refused.status, 4);
    assert.match(refused.err, /is older than/);
    await plane.request('PATCH', path('a-main', 'a'), { spec: { replicas: 9 } }, 'application/merge-patch+json');
    assert.is((await apply('--rev', older, '--allow-older')).status, 0);
    const held = await apply('--rev', newer);
    assert.is(held.status, 4);
    assert.match(held.err, new RegExp(`held at revision ${older}`));
    assert.is((await apply('--rev', newer, '--resume')).status, 0);
    assert.is((await apply('--rev', newer)).status, 0);
  });

  test('forget leaves objects running and outside of the set', async () => {
    await applied(services('a', 'b'));
    const result = await verb('forget', 'b.main');
    assert.is(result.status, 0, result.err);
    tree.write({ ...services('a'), ...namespaceFile('paastasvc-b') });
    assert.is((await prune('--force-prune')).status, 0);
    assert.ok(await exists(path('b-main', 'b')));
    assert.is((await verb('forget', 'b.main')).status, 4);
    assert.match((await verb('forget', 'a.mian')).err, 'the set has no objects of a.mian; did you mean "a.main"?');
    await plane.request('DELETE', path('b-main', 'b'));
    await plane.request('DELETE', '/apis/policy/v1/namespaces/paastasvc-b/poddisruptionbudgets/b-main');
  });

  test('secret values are never shown, and a change of one is', async () => {
    const secret = (value: string): TreeFiles => ({
      ...services('a'),
      'paastasvc-a/secret.yaml': {
        objects: [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: 's', namespace: 'paastasvc-a' },
            data: { any: Buffer.from(value).toString('base64') },
          },
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'c', namespace: 'paastasvc-a' },
            data: { DB_PASSWORD: value, url: `https://user:${value}@db`, args: `--api-token=${value}`, plain: 'seen' },
          },
        ],
      },
    });
    await applied(secret('hunter-one'));
    tree.write(secret('hunter-two'));
    for (const args of [['diff'], ['diff', '-o', 'json']]) {
      const { out, err } = await verb(...args);
      assert.match(out, /<hidden #\d+>/);
      assert.not.match(out + err, /hunter|aHVudGVy/);
    }
  });

  test('reading rights are enough for diff, missing ones end with 7 and what is missing', async () => {
    await applied(services('a'));
    const none = await runVerb({ kubeconfigPath: plane.kubeconfigOf('reader') }, tree, ['diff']);
    assert.is(none.status, 7);
    assert.match(none.err, /User "reader" cannot get resource "configmaps"/);
    const rule = { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] };
    await plane.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: 'read' },
      rules: [rule],
    });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'read' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'reader' }];
    await plane.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'read' },
      roleRef,
      subjects,
    });
    assert.is((await runVerb({ kubeconfigPath: plane.kubeconfigOf('reader') }, tree, ['diff'])).status, 0);
    tree.write(services('a', 'b'));
    assert.is((await runVerb({ kubeconfigPath: plane.kubeconfigOf('reader') }, tree, ['apply'])).status, 7);
  });
}

test.run();
