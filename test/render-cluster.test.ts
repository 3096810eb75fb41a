/** What the example company renders to, applied to a real API server. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareApplyOrder } from '../compiler/model/apply-order.ts';
import { objectKey } from '../compiler/model/object-identity.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { compileTree } from './support/compile.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { differences } from './support/differences.ts';
import { HOSTS } from './support/golden-hosts.ts';
import { goldenReader } from './support/golden-tree.ts';
import { skipSuite } from './support/skip.ts';

const COLLECTIONS: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  LimitRange: '/api/v1/namespaces/NS/limitranges',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  PodDisruptionBudget: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  DaemonSet: '/apis/apps/v1/namespaces/NS/daemonsets',
  StatefulSet: '/apis/apps/v1/namespaces/NS/statefulsets',
  HorizontalPodAutoscaler: '/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers',
};

if (controlPlaneAssets() === undefined) {
  skipSuite('render-cluster', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  let objects: readonly KubeObject[];
  test.before(async () => {
    plane = await startControlPlane();
    const mesh = HOSTS.find(({ cluster }) => cluster === 'pnw-prod')!.smartstack('synapse.conf.json');
    const settings = {
      'pnw-prod/defaults.json': '{"defaults": {"api_role_binding": true}}',
      'pnw-prod/smartstack.json': JSON.stringify({ smartstack: mesh }),
    };
    const { clusters } = await compileTree(goldenReader('soa-configs'), goldenReader('etc-paasta', settings));
    const { instances, shared } = clusters['pnw-prod']!;
    objects = [...shared, ...[...instances.values()].flat()].sort(compareApplyOrder);
    const adapter = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'custom-metrics' } };
    await plane.request('POST', '/api/v1/namespaces', adapter);
  });
  test.after(() => plane.stop());

  const apply = async (object: KubeObject): Promise<KubeObject> => {
    const { namespace = '', name } = object.metadata;
    const path = `${COLLECTIONS[object.kind]!.replace('NS', namespace)}/${name}?fieldManager=test`;
    const answer = await plane.request('PATCH', path, object, 'application/apply-patch+yaml');
    assert.ok(answer.status < 300, `${objectKey(object)}: ${answer.status} ${answer.text}`);
    return answer.json as KubeObject;
  };

  test('the server accepts every object and stores it as it was rendered', async () => {
    assert.ok(objects.length > 100);
    for (const object of objects) assert.equal(differences(object, await apply(object), objectKey(object)), []);
  });

  test('applying everything again changes nothing', async () => {
    const versionOf = (live: KubeObject): unknown => (live.metadata as Record<string, unknown>)['resourceVersion'];
    for (const object of objects) {
      const first = versionOf(await apply(object));
      assert.is(versionOf(await apply(object)), first, objectKey(object));
    }
  });
}

test.run();
