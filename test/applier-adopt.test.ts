/** Objects that other tools made, with their marks, by their field managers and ways of writing: refused, then taken over without a trace. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareObject } from '../applier/compare-object.ts';
import { liveObject } from '../applier/live-object.ts';
import { replicaStep } from '../applier/replicas.ts';
import type { DesiredObject } from '../applier/desired-object.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { instanceFiles, instanceObjects, RenderedTree, runVerb, type VerbResult } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

interface Tool {
  readonly flag: string;
  readonly title: string;
  readonly manager: string;
  readonly writes: 'Apply' | 'Update';
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** As the tools leave objects; kapp and Helm send them whole, the others apply on the server, Argo CD does either. */
const TOOLS: readonly Tool[] = [
  {
    ...{ flag: 'kapp', title: 'kapp', manager: 'kapp', writes: 'Update' },
    labels: { 'kapp.k14s.io/app': '1700000000', 'kapp.k14s.io/association': 'v1.0123456789abcdef' },
    annotations: { 'kapp.k14s.io/identity': 'v1;ns/apps/Deployment/x;apps/v1', 'kapp.k14s.io/original': '{}' },
  },
  {
    ...{ flag: 'kluctl', title: 'kluctl', manager: 'kluctl', writes: 'Apply' },
    labels: { 'kluctl.io/discriminator': 'prod', 'kluctl.io/tag-0': 'shop' },
    annotations: { 'kluctl.io/deployment-item-dir': 'shop' },
  },
  {
    ...{ flag: 'flux', title: 'Flux', manager: 'kustomize-controller', writes: 'Apply' },
    labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
  },
  {
    ...{ flag: 'argocd', title: 'Argo CD', manager: 'argocd-controller', writes: 'Update' },
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:ns/x' },
  },
  {
    ...{ flag: 'argocd', title: 'Argo CD', manager: 'argocd-controller', writes: 'Apply' },
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:ns/x' },
  },
  {
    ...{ flag: 'helm', title: 'Helm', manager: 'helm', writes: 'Update' },
    annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'ns' },
  },
];

const COLLECTIONS: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1/namespaces/NS/deployments',
  PodDisruptionBudget: 'apis/policy/v1/namespaces/NS/poddisruptionbudgets',
};

interface Live {
  readonly metadata: {
    readonly uid: string;
    readonly generation: number;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly managedFields: readonly { manager: string; subresource?: string }[];
  };
  readonly spec: { readonly replicas?: number; template: { spec: { containers: { env?: { name: string }[] }[] } } };
}

test('the size that whoever made an autoscaled workload gave it is handed over before it is dropped', () => {
  const objects = instanceObjects('shop', 'main', { autoscaler: { min: 3, max: 9 } });
  const desired = objects.map((object): DesiredObject => {
    const key = `${object.kind === 'Deployment' ? 'apps' : 'autoscaling'}/${object.kind} paastasvc-shop/shop-main`;
    return { key, object, service: 'shop', instance: 'main', hash: 'h', file: '', isGenerated: true };
  });
  const set = {
    setId: 's',
    cluster: 'test',
    objects: new Map(desired.map((one) => [one.key, one])),
    problems: [],
    doubts: [],
  };
  const deployment = desired.find(({ object }) => object.kind === 'Deployment')!;
  const made = (manager: string) => {
    const entry = { manager, operation: 'Update', apiVersion: 'apps/v1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } };
    const metadata = { ...deployment.object.metadata, uid: 'u', managedFields: [entry] };
    const live = { ...deployment.object, metadata, spec: { ...(deployment.object['spec'] as object), replicas: 5 } };
    const seen = liveObject(live, 'apps/v1', 'Deployment');
    return replicaStep(deployment, seen, compareObject(deployment, live), set, 'min');
  };
  assert.equal(made('paasta'), { kind: 'hand-over', replicas: 5 });
  assert.equal(made('kube-controller-manager'), { kind: 'as-rendered' }, 'who holds it keeps it');
});

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-adopt', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  const tree = new RenderedTree();
  const verb = (set: string, ...args: string[]): Promise<VerbResult> =>
    runVerb(plane, tree, [args[0]!, '--set', set, ...args.slice(1)]);
  const pathOf = (service: string, kind: string): string =>
    `/${COLLECTIONS[kind]!.replace('NS', `paastasvc-${service}`)}/${service}-main`;
  const live = async (service: string): Promise<Live> =>
    (await plane.request('GET', pathOf(service, 'Deployment'))).json as Live;

  async function make(tool: Tool, service: string): Promise<void> {
    for (const object of instanceObjects(service, 'main')) {
      const body = marked(object, tool);
      const path = pathOf(service, object.kind);
      const query = `?fieldManager=${tool.manager}`;
      const answer =
        tool.writes === 'Apply'
          ? await plane.request('PATCH', `${path}${query}`, body, 'application/apply-patch+yaml')
          : await plane.request('POST', `${path.slice(0, path.lastIndexOf('/'))}${query}`, body);
      assert.is(answer.status, 201, answer.text);
    }
  }

  /** With the tool's marks, and in the pod a variable that the tree does not have. */
  function marked(object: KubeObject, { labels, annotations }: Tool): KubeObject {
    const copy = structuredClone(object) as KubeObject & { spec: Live['spec'] };
    if (copy.kind === 'Deployment') copy.spec.template.spec.containers[0]!.env!.push({ name: 'LEFTOVER' });
    const metadata = { ...copy.metadata, labels: { ...copy.metadata.labels, ...labels } };
    return { ...copy, metadata: { ...metadata, ...(annotations && { annotations }) } };
  }

  test.before(async () => {
    plane = await startControlPlane();
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'paasta' } });
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  TOOLS.forEach((tool, at) => {
    const { flag, title, manager, writes } = tool;
    test(`what ${title} made by ${writes} is refused by name, and taken over without a trace where it is named`, async () => {
      const service = `${flag}${at}`;
      await plane.request('POST', '/api/v1/namespaces', { metadata: { name: `paastasvc-${service}` } });
      await make(tool, service);
      const before = await live(service);
      tree.write(instanceFiles(service, 'main'));
      for (const adopt of ['none', 'paasta', 'unowned']) {
        const refused = await verb(service, 'apply', '--no-wait', '--adopt', adopt);
        assert.is(refused.status, 4, adopt);
        assert.match(refused.err, new RegExp(`-main is tracked by ${title}; --adopt-from=${flag} takes it over`));
      }
      assert.equal(await live(service), before);
      const adopting = ['--adopt', 'unowned', '--adopt-from', flag];
      const preview = await verb(service, 'diff', ...adopting);
      assert.match(preview.out, /^\? apps\/Deployment .*\n(?:.*\n)*? +-.*LEFTOVER/m);
      const adopted = await verb(service, 'apply', '--no-wait', ...adopting);
      assert.is(adopted.status, 0, adopted.err);
      const { metadata, spec } = await live(service);
      assert.is(metadata.uid, before.metadata.uid);
      const marks = Object.keys({ ...tool.labels, ...tool.annotations });
      for (const mark of marks) assert.not.ok(mark in { ...metadata.labels, ...metadata.annotations }, mark);
      assert.not.match(JSON.stringify(spec), /LEFTOVER/);
      assert.not.ok(metadata.managedFields.some((entry) => entry.manager === manager && !entry.subresource));
      assert.is((await verb(service, 'diff')).status, 0);
    });
  });

  test('an autoscaled workload of PaaSTA keeps its size', async () => {
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'paastasvc-scaled' } });
    for (const object of instanceObjects('scaled', 'main', { replicas: 5 })) {
      const path = pathOf('scaled', object.kind);
      await plane.request('POST', `${path.slice(0, path.lastIndexOf('/'))}?fieldManager=paasta`, object);
    }
    tree.write(instanceFiles('scaled', 'main', { autoscaler: { min: 3, max: 9 } }));
    const adopted = await verb('scaled', 'apply', '--no-wait', '--adopt', 'paasta');
    assert.is(adopted.status, 0, adopted.err);
    const { metadata, spec } = await live('scaled');
    assert.is(spec.replicas, 5);
    assert.not.ok(metadata.managedFields.some(({ manager }) => manager === 'paasta'));
    assert.is((await verb('scaled', 'diff')).status, 0);
  });
}

test.run();
