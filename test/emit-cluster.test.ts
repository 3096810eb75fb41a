/** What the compiler emits, read by a real API server: it stores the canonical forms as they are, and reads our YAML as we meant it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalObject } from '../compiler/emit/canonical.ts';
import { canonicalQuantity, canonicalResource } from '../compiler/emit/quantity.ts';
import { emitObjects } from '../compiler/emit/yaml.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { NASTY_STRINGS } from './support/nasty-strings.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';
import { STORED_QUANTITIES } from './support/stored-quantities.ts';

if (controlPlaneAssets() === undefined) {
  skipSuite('emit-cluster', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  test.before(async () => {
    plane = await startControlPlane();
  });
  test.after(() => plane.stop());

  /** The object as the server would store it. */
  const stored = async (object: object, collection: string): Promise<Record<string, unknown>> => {
    const answer = await plane.request('POST', `${collection}?dryRun=All`, object);
    assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
    return answer.json as Record<string, unknown>;
  };
  const storedTarget = async (value: unknown): Promise<unknown> => {
    const autoscaler = autoscalerOf([
      { type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value', value } } },
    ]);
    const { spec } = (await stored(autoscaler, '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers')) as {
      spec: { metrics: { external: { target: { value: string } } }[] };
    };
    return spec.metrics[0]!.external.target.value;
  };
  const storedResource = async (memory: unknown): Promise<unknown> => {
    const range = { ...headOf('v1', 'LimitRange'), spec: { limits: [{ type: 'Container', max: { memory } }] } };
    const { spec } = (await stored(range, '/api/v1/namespaces/default/limitranges')) as {
      spec: { limits: { max: { memory: string } }[] };
    };
    return spec.limits[0]!.max.memory;
  };

  test('the server stores quantities as the table says', async () => {
    for (const [spelling, quantity, resource] of STORED_QUANTITIES) {
      assert.is(await storedTarget(spelling), quantity);
      assert.is(await storedResource(spelling), resource);
    }
  });

  test('the server keeps the canonical form of odd spellings', async () => {
    for (const spelling of ['1.500', '2.250', '01', '+1', '5.', '1.G', '1E3', '1e+3', '1E-3', '7E3']) {
      const quantity = canonicalQuantity(spelling);
      assert.is(await storedTarget(quantity), quantity);
      const resource = canonicalResource(spelling);
      assert.is(await storedResource(resource), resource);
    }
  });

  for (const [collection, object] of unpolished()) {
    test(`the server changes nothing in a canonical ${object.kind}`, async () => {
      const canonical = canonicalObject(object);
      const live = await stored(canonical, collection);
      assert.equal(differences(canonical, live, object.kind), []);
    });
  }

  test('kubectl reads every nasty string as it was meant', () => {
    const data = Object.fromEntries(NASTY_STRINGS.map((text, index) => [`key-${index}`, text]));
    const metadata = { name: 'nasty', namespace: 'default' };
    const yaml = emitObjects([{ ...headOf('v1', 'ConfigMap'), metadata, data }]);
    const args = ['--kubeconfig', plane.kubeconfigPath, 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
    const answer = execFileSync(join(plane.assets, 'kubectl'), args, { input: yaml, encoding: 'utf8' });
    assert.equal((JSON.parse(answer) as { data: unknown }).data, data);
  });
}

function headOf(apiVersion: string, kind: string): { apiVersion: string; kind: string; metadata: { name: string } } {
  return { apiVersion, kind, metadata: { name: 'x' } };
}

function autoscalerOf(metrics: readonly object[]): KubeObject {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' };
  return { ...headOf('autoscaling/v2', 'HorizontalPodAutoscaler'), spec: { maxReplicas: 2, scaleTargetRef, metrics } };
}

/** Objects with everything the server would rewrite. */
function unpolished(): [string, KubeObject][] {
  const resources = {
    requests: { cpu: 0.1 + 0.2, memory: '512.0Mi', 'ephemeral-storage': '1024Mi' },
    limits: { cpu: 1 },
  };
  const container = {
    ...{
      name: 'main',
      image: 'i',
      args: [],
      env: [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' }],
    },
    ...{ ports: [{ containerPort: 8888 }, { containerPort: 8888 }], resources },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp', readOnly: false }],
    securityContext: { capabilities: { add: [], drop: ['ALL'] } },
  };
  const labels = { app: 'x' };
  const volumes = [
    { name: 'tmp', emptyDir: { sizeLimit: '2048Mi' } },
    { name: 'scratch', emptyDir: {} },
    { name: 'ebs', awsElasticBlockStore: { volumeID: 'v', readOnly: false } },
  ];
  const template = {
    metadata: { labels, annotations: {} },
    spec: { containers: [container], volumes, nodeSelector: {} },
  };
  const workload = { selector: { matchLabels: labels }, template, minReadySeconds: 0, revisionHistoryLimit: 0 };
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage: '1024Mi' } } },
  };
  const target = { type: 'AverageValue', averageValue: 0.8 };
  const metrics = [{ type: 'Pods', pods: { metric: { name: 'm' }, target } }];
  const rbac = 'rbac.authorization.k8s.io/v1';
  return [
    ['/apis/apps/v1/namespaces/default/deployments', { ...headOf('apps/v1', 'Deployment'), spec: workload }],
    [
      '/apis/apps/v1/namespaces/default/statefulsets',
      { ...headOf('apps/v1', 'StatefulSet'), spec: { ...workload, serviceName: 'x', volumeClaimTemplates: [claim] } },
    ],
    ['/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', autoscalerOf(metrics)],
    [
      '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
      { ...headOf('policy/v1', 'PodDisruptionBudget'), spec: { maxUnavailable: 0, selector: { matchLabels: labels } } },
    ],
    [
      `/apis/${rbac}/namespaces/default/rolebindings`,
      {
        ...headOf(rbac, 'RoleBinding'),
        subjects: [{ kind: 'User', name: 'u' }],
        roleRef: { kind: 'ClusterRole', name: 'r' },
      },
    ],
    [
      '/api/v1/namespaces/default/limitranges',
      {
        ...headOf('v1', 'LimitRange'),
        spec: { limits: [{ type: 'Container', default: { cpu: 1 }, defaultRequest: { memory: '4096Mi' } }] },
      },
    ],
    ['/api/v1/namespaces', { ...headOf('v1', 'Namespace'), spec: {} }],
  ];
}

/** Paths at which the live object does not hold what was desired; what the server adds to maps does not count. */
function differences(desired: unknown, live: unknown, path: string): string[] {
  if (Array.isArray(desired)) {
    if (!Array.isArray(live) || live.length !== desired.length) return [`${path}: another length`];
    return desired.flatMap((item, index) => differences(item, live[index], `${path}[${index}]`));
  }
  if (typeof desired === 'object' && desired !== null) {
    if (typeof live !== 'object' || live === null) return [`${path}: gone`];
    const there = live as Record<string, unknown>;
    return Object.entries(desired).flatMap(([key, value]) => differences(value, there[key], `${path}.${key}`));
  }
  return desired === live ? [] : [`${path}: ${String(desired)} became ${String(live)}`];
}

test.run();
