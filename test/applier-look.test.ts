/** Looking closer, and looking quicker: what others set beside our fields, what the server would store, and lists of metadata alone. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allowedManagers } from '../applier/foreign-fields.ts';
import {
  instanceFiles,
  type InstanceOptions,
  namespaceFile,
  RenderedTree,
  runVerb,
  type TreeFiles,
  type VerbResult,
} from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import { tempDir } from './support/git-repository.ts';
import { skipSuite } from './support/skip.ts';

const PATH = '/apis/apps/v1/namespaces/paastasvc-shop/deployments/shop-main';

test('controllers of Kubernetes may hold what we do not state, and whoever is named, also by the start of a name', () => {
  const isAllowed = allowedManagers(['robot', 'team-*']);
  for (const manager of ['kube-controller-manager', 'vpa-updater', 'robot', 'team-a']) assert.ok(isAllowed(manager));
  for (const manager of ['kubectl-edit', 'robots', 'a-team-']) assert.not.ok(isAllowed(manager));
});

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-look', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  const tree = new RenderedTree();
  const verb = (...args: string[]): Promise<VerbResult> => runVerb(proxy, tree, args);
  const merge = (body: unknown, manager: string): Promise<{ status: number }> =>
    plane.request('PATCH', `${PATH}?fieldManager=${manager}`, body, 'application/merge-patch+json');
  const files = (options: InstanceOptions = {}): TreeFiles => instanceFiles('shop', 'main', options);

  test.before(async () => {
    plane = await startControlPlane();
    proxy = await startFaultProxy(plane, tempDir('look'));
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'paasta' } });
  });
  test.before.each(async () => {
    tree.write(files());
    const { status, err } = await verb('apply', '--no-wait', '--conflicts', 'force');
    assert.is(status, 0, err);
    proxy.writes.length = 0;
  });
  test.after(async () => {
    await proxy.stop();
    tree.remove();
    await plane.stop();
  });

  test('--strict-fields lists what others set beside our fields, with who and when, and leaves controllers out', async () => {
    await merge({ metadata: { labels: { theirs: 'x' } }, spec: { minReadySeconds: 5 } }, 'some-tool');
    await merge({ metadata: { annotations: { revision: '7' } } }, 'kube-controller-manager');
    assert.is((await verb('diff')).status, 0);
    const { status, out } = await verb('diff', '--strict-fields');
    assert.is(status, 2, out);
    assert.match(out, /^\* FOREIGN apps\/Deployment paastasvc-shop\/shop-main$/m);
    assert.match(out, /^ {4}\.spec\.minReadySeconds set by "some-tool" \(Update\) at 20\d\d-/m);
    assert.match(out, /^ {4}\.metadata\.labels\.theirs set by "some-tool"/m);
    assert.not.match(out, /revision|kube-controller/);
    assert.match(out, /^1 foreign; /m);
    assert.is((await verb('diff', '--strict-fields', '--allow-manager', 'some-*')).status, 0);
    await merge({ metadata: { labels: { theirs: null } }, spec: { minReadySeconds: null } }, 'some-tool');
    assert.is((await verb('diff', '--strict-fields')).status, 0);
  });

  test('--strict-fields tells a value that admission altered on its way, which is no drift', async () => {
    const api = '/apis/admissionregistration.k8s.io/v1';
    const policy = {
      metadata: { name: 'alter' },
      spec: {
        ...{ failurePolicy: 'Fail', reinvocationPolicy: 'Never' },
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
          ],
        },
        mutations: [
          {
            patchType: 'JSONPatch',
            jsonPatch: { expression: '[JSONPatch{op: "replace", path: "/spec/replicas", value: 9}]' },
          },
        ],
      },
    };
    const made = await plane.request('POST', `${api}/mutatingadmissionpolicies`, policy);
    assert.is(made.status, 201, made.text);
    const binding = { metadata: { name: 'alter' }, spec: { policyName: 'alter' } };
    await plane.request('POST', `${api}/mutatingadmissionpolicybindings`, binding);
    let round = 0;
    for (let replicas = 0; replicas !== 9;) {
      tree.write(files({ sha: `altered-${++round}` }));
      await verb('apply', '--no-wait');
      replicas = ((await plane.request('GET', PATH)).json as { spec: { replicas: number } }).spec.replicas;
    }
    for (const kind of ['mutatingadmissionpolicybindings', 'mutatingadmissionpolicies'])
      await plane.request('DELETE', `${api}/${kind}/alter`);
    assert.is((await verb('diff')).status, 0);
    const { status, out } = await verb('diff', '--strict-fields');
    assert.is(status, 2);
    assert.match(out, /^ {4}\.spec\.replicas was altered by the server$/m);
  });

  test('--server asks what would be stored: nothing is written, a refusal is told, and the status says that the input is wrong', async () => {
    tree.write(files({ sha: 'new' }));
    const fine = await verb('diff', '--server');
    assert.is(fine.status, 2, fine.err);
    assert.match(fine.out, /^ +\+.*example\.com\/shop:new/m, fine.out);
    const before = (await plane.request('GET', PATH)).text;
    tree.write(files({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }));
    assert.is((await verb('diff')).status, 2, 'only the server knows');
    const refused = await verb('diff', '--server');
    assert.is(refused.status, 6, refused.err);
    assert.match(refused.out, /the server refuses it: .*may not be 0 when `maxSurge` is 0/);
    assert.is((await plane.request('GET', PATH)).text, before);
    tree.write({ ...files(), ...instanceFiles('later', 'main') });
    assert.match((await verb('diff', '--server')).out, /later-main {2}\(.*its namespace is not there yet/);
  });

  test('--server tells that a change that only looks like one replaces no pods', async () => {
    const env = [{ name: 'A', value: '1' }];
    tree.write(files({ env }));
    await verb('apply', '--no-wait');
    tree.write(files({ env: [{ name: 'A', value: '1' }], annotations: { note: 'x' } }));
    const { out } = await verb('diff', '--server', '-o', 'json');
    const [only] = (JSON.parse(out) as { objects: { restart: boolean; diff: string[] }[] }).objects;
    assert.is(only!.restart, false);
    assert.match(only!.diff.join('\n'), /^\+ +note: x$/m);
  });

  test('a record of ownership that cannot be read is settled by a dry run, without a write', async () => {
    const entries = (
      (await plane.request('GET', PATH)).json as { metadata: { managedFields: { fieldsV1: unknown }[] } }
    ).metadata.managedFields;
    const text = JSON.stringify(entries[0]!.fieldsV1);
    const odd = text.replace('"f:image":{}', '"f:image":{"i:0":{}}');
    assert.is.not(odd, text);
    const body = [{ op: 'replace', path: '/metadata/managedFields/0/fieldsV1', value: JSON.parse(odd) as unknown }];
    const { status } = await plane.request('PATCH', PATH, body, 'application/json-patch+json');
    assert.is(status, 200);
    const { status: exit, out } = await verb('diff');
    assert.is(exit, 0, out);
    assert.equal(proxy.writes, [`PATCH ${PATH}`], 'the dry run');
  });

  test('--mode metadata finds the same differences from lists without specifications, but no order', async () => {
    const lists: string[] = [];
    tree.write({ ...files({ sha: 'new' }), ...namespaceFile('added') });
    const full = await verb('diff');
    proxy.answer = (method, url) => {
      if (method === 'GET' && url.includes('limit=')) lists.push(url);
      return null;
    };
    const brief = await verb('diff', '--mode', 'metadata');
    proxy.answer = null;
    assert.is(brief.out, full.out);
    assert.is(brief.status, 2);
    assert.ok(lists.length > 0);
    tree.write(files());
    const reversed = [
      { name: 'B', value: '2' },
      { name: 'A', value: '1' },
    ];
    const spec = {
      template: { spec: { containers: [{ name: 'main', image: 'example.com/shop:aaa', env: reversed }] } },
    };
    await merge({ spec }, 'kubectl-edit');
    assert.is((await verb('diff')).status, 2);
    assert.is((await verb('diff', '--mode', 'metadata', '--prune')).status, 6);
    assert.is((await verb('status', '--mode', 'metadata')).out, (await verb('status')).out);
  });

  test('more differences than are looked up one by one are listed whole', async () => {
    const many = (sha: string): TreeFiles =>
      Object.assign(
        {},
        ...Array.from({ length: 25 }, (_, at) => instanceFiles('many', `i${at}`, { sha })),
      ) as TreeFiles;
    tree.write(many('a'));
    assert.is((await verb('apply', '--no-wait')).status, 0);
    tree.write(many('b'));
    const full = await verb('diff');
    proxy.requests = 0;
    const brief = await verb('diff', '--mode', 'metadata');
    assert.is(brief.out, full.out);
    assert.ok(proxy.requests < 20, `${proxy.requests} requests`);
  });
}

test.run();
