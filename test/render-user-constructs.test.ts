import { ApiObject, Chart, JsonPatch, Lazy } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { userConstructsOf } from '../compiler/render/index.ts';
import { CONFIG_SHA_LABELS } from '../constructs/_labels.ts';
import type { ExtendInstance } from '../constructs/index.ts';
import { instanceWith } from './support/instance.ts';
import { render, renderWith } from './support/manifests.ts';
import { objectsIn } from './support/objects-in.ts';

const MODULE = 'constructs/team.mjs';

const policy =
  (metadata: object = {}, kind = 'NetworkPolicy', apiVersion = 'networking.k8s.io/v1'): ExtendInstance =>
  (chart, instance) => {
    new ApiObject(chart, 'policy', { apiVersion, kind, metadata: { name: instance.name, ...metadata }, spec: {} });
  };

async function objectsWith(extend: ExtendInstance): Promise<readonly KubeObject[]> {
  const { diagnostics, rendered } = await renderWith(extend, instanceWith());
  assert.equal(diagnostics, []);
  return rendered[0]!.objects;
}

async function messageOf(extend: ExtendInstance): Promise<string> {
  const { diagnostics, files, failed } = await renderWith(extend, instanceWith());
  assert.equal([files.length, failed.length, diagnostics.length], [0, 1, 1]);
  const { severity, code, root, file, service, cluster, instance, message } = diagnostics[0]!;
  assert.equal(
    [severity, code, root, file, service, cluster, instance],
    ['error', 'construct-failed', 'project', MODULE, 'shop', 'norcal-prod', 'main'],
  );
  return message;
}

function shaOf(objects: readonly KubeObject[]): string {
  return objects.find(({ kind }) => kind === 'Deployment')!.metadata.labels![CONFIG_SHA_LABELS[0]]!;
}

test('an added object stands in the file of its instance, in the namespace of the instance', async () => {
  const { files } = await renderWith(policy(), instanceWith());
  assert.is(files.length, 1);
  const added = objectsIn(files[0]!).find(({ kind }) => kind === 'NetworkPolicy')!;
  assert.equal(added.metadata, { name: 'shop-main', namespace: 'paastasvc-shop' });
});

test('the instance is frozen all through', async () => {
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  let seen: unknown;
  await objectsWith((_chart, instance) => {
    seen = instance;
  });
  assert.ok(isFrozen(seen));
  assert.match(
    await messageOf((_chart, instance) => void (instance.pod.main.env as unknown[]).push(1)),
    'not extensible',
  );
});

test('an object may choose another namespace', async () => {
  const objects = await objectsWith(policy({ namespace: 'elsewhere' }));
  assert.is(objects.find(({ kind }) => kind === 'NetworkPolicy')!.metadata.namespace, 'elsewhere');
});

test('a cluster-scoped kind has no namespace and a file of its own', async () => {
  const { files } = await renderWith(policy({}, 'ClusterRole', 'rbac.authorization.k8s.io/v1'), instanceWith());
  assert.equal(
    files.map(({ path, instance }) => [path, instance]),
    [
      ['clusters/norcal-prod/paastasvc-shop/shop-main.yaml', 'main'],
      ['clusters/norcal-prod/_cluster/clusterrole-shop-main.yaml', 'main'],
    ],
  );
  assert.not('namespace' in objectsIn(files[1]!)[0]!.metadata);
});

test('an empty namespace marks a custom kind as cluster-scoped', async () => {
  const { files } = await renderWith(policy({ namespace: '' }, 'Widget', 'example.com/v1'), instanceWith());
  assert.is(files[1]!.path, 'clusters/norcal-prod/_cluster/widget-shop-main.yaml');
});

test('an object without a name gets one that is unique to the instance', async () => {
  const nameless: ExtendInstance = (chart) => new ApiObject(chart, 'extra', { apiVersion: 'v1', kind: 'ConfigMap' });
  const { rendered, diagnostics } = await render([instanceWith(), instanceWith({ instance: 'other' })], {
    constructs: [{ module: MODULE, extend: nameless }],
  });
  const names = rendered.flatMap(({ objects }) =>
    objects.filter((o) => o.kind === 'ConfigMap').map((o) => o.metadata.name),
  );
  assert.equal(diagnostics, []);
  assert.match(names[0]!, /^shop-main-extra-c8[0-9a-f]{6}$/);
  assert.match(names[1]!, /^shop-other-extra-c8[0-9a-f]{6}$/);
});

test('modules run in order and see what earlier ones added', async () => {
  const seen: string[] = [];
  const see: ExtendInstance = (chart) => {
    seen.push(chart.apiObjects.map(({ kind }) => kind).join());
  };
  const modules = [policy(), see].map((extend, index) => ({ module: `${index}.mjs`, extend }));
  await render([instanceWith()], { constructs: modules });
  assert.equal(seen, ['Deployment,PodDisruptionBudget,NetworkPolicy']);
});

test('a changed pod changes the config sha, an added object does not', async () => {
  const plain = shaOf(await objectsWith(() => undefined));
  const patch: ExtendInstance = (chart) => {
    ApiObject.of(chart.node.findChild('workload')).addJsonPatch(
      JsonPatch.add('/spec/template/spec/priorityClassName', 'high'),
    );
  };
  assert.is(shaOf(await objectsWith(policy())), plain);
  assert.is.not(shaOf(await objectsWith(patch)), plain);
});

test('a sha that a module sets is replaced, and does not count', async () => {
  const plain = shaOf(await objectsWith(() => undefined));
  const forged: ExtendInstance = (chart) => {
    for (const label of CONFIG_SHA_LABELS) {
      ApiObject.of(chart.node.findChild('workload')).metadata.addLabel(label, 'forged');
    }
  };
  assert.is(shaOf(await objectsWith(forged)), plain);
});

test('a module may take an object out', async () => {
  const objects = await objectsWith((chart) => {
    chart.node.tryRemoveChild('pdb');
  });
  assert.equal(
    objects.map(({ kind }) => kind),
    ['Deployment'],
  );
});

test('lazy values and nested charts are rendered', async () => {
  const objects = await objectsWith((chart, instance) => {
    const inner = new Chart(chart, 'inner');
    const data = { key: Lazy.any({ produce: () => 'late' }) };
    new ApiObject(inner, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: instance.name }, data });
  });
  const map = objects.find(({ kind }) => kind === 'ConfigMap')!;
  assert.equal([map['data'], map.metadata.namespace], [{ key: 'late' }, 'paastasvc-shop']);
});

test('a failure names the module and the instance, without a stack', async () => {
  const boom: ExtendInstance = () => {
    throw new Error('no team for shop');
  };
  assert.is(await messageOf(boom), `${MODULE} failed on shop.main: no team for shop`);
  const { diagnostics } = await renderWith(boom, instanceWith());
  assert.not.match(JSON.stringify(diagnostics), 'render-user-constructs.test.ts');
});

test('the stack is shown when asked for', async () => {
  const extend: ExtendInstance = () => {
    throw new Error('boom');
  };
  const { diagnostics } = await render([instanceWith()], { constructs: [{ module: MODULE, extend }], verbose: true });
  assert.match(diagnostics[0]!.hint!, 'render-user-constructs.test.ts');
});

test('a failure of one instance leaves the others alone', async () => {
  const extend: ExtendInstance = (_chart, { instance }) => {
    if (instance === 'bad') throw new Error('boom');
  };
  const instances = [instanceWith({ instance: 'bad' }), instanceWith({ instance: 'good' })];
  const { files, failed } = await render(instances, { constructs: [{ module: MODULE, extend }] });
  assert.equal(
    files.map(({ instance }) => instance),
    ['good'],
  );
  assert.equal(
    failed.map(({ instance }) => instance),
    ['bad'],
  );
});

test('a failed validation is a failure of the instance', async () => {
  const message = await messageOf((chart) => {
    chart.node.addValidation({ validate: () => ['port 80 is taken'] });
  });
  assert.match(message, '[shop-main] port 80 is taken');
});

test('a patch that does not apply is a failure of the instance', async () => {
  const message = await messageOf((chart) => {
    ApiObject.of(chart.node.findChild('workload')).addJsonPatch(JsonPatch.test('/spec/replicas', 99));
  });
  assert.match(message, 'shop-main/workload');
});

test('an asynchronous module is refused', async () => {
  const later = (() => Promise.reject(new Error('late'))) as unknown as ExtendInstance;
  assert.match(await messageOf(later), 'it returned a promise: constructs must be synchronous');
});

for (const name of ['../evil', 'a/b', '.', 'x y', 'a:b', '']) {
  test(`the name ${JSON.stringify(name)} can stand in no path and is refused`, async () => {
    assert.match(await messageOf(policy({ name })), 'may only hold letters, digits');
  });
}

test('a namespace that can stand in no path is refused', async () => {
  assert.match(await messageOf(policy({ namespace: '../../etc' })), 'which is no namespace');
});

test('a kind that is none is refused', async () => {
  assert.match(await messageOf(policy({}, '../Evil')), 'is no kind of a Kubernetes object');
});

test('what no manifest can hold is refused', async () => {
  const message = await messageOf((chart, { name }) => {
    new ApiObject(chart, 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { n: Infinity } });
  });
  assert.match(message, 'Infinity');
});

test('an object that two instances render is refused for both', async () => {
  const extend = policy({ name: 'shared' });
  const instances = [instanceWith({ instance: 'a' }), instanceWith({ instance: 'b' })];
  const { files, diagnostics } = await render(instances, { constructs: [{ module: MODULE, extend }] });
  assert.is(files.length, 0);
  assert.equal(
    diagnostics.map(({ code, instance }) => [code, instance]),
    [
      ['name-collision', 'b'],
      ['name-collision', 'a'],
    ],
  );
  assert.match(diagnostics[0]!.message, 'both render NetworkPolicy shared in namespace paastasvc-shop');
});

test('two objects whose files would be one are refused', async () => {
  const extend: ExtendInstance = (chart, instance) => {
    policy()(chart, instance);
    policy({}, 'NetworkPolicy', 'crd.example.org/v1')(new Chart(chart, 'other'), instance);
  };
  const constructs = [{ module: MODULE, extend }];
  assert.is((await render([instanceWith()], { constructs })).diagnostics.length, 0);
  const { diagnostics } = await render([instanceWith()], { constructs, filePer: 'object' });
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['name-collision'],
  );
});

test('a Secret with values is warned about', async () => {
  const { diagnostics, files } = await renderWith((chart, { name }) => {
    const stringData = { password: 'hunter2' };
    new ApiObject(chart, 'secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData });
  }, instanceWith());
  assert.is(files.length, 1);
  assert.equal(
    diagnostics.map(({ severity, code }) => [severity, code]),
    [['warning', 'plaintext-secret']],
  );
  assert.not.match(JSON.stringify(diagnostics), 'hunter2');
});

test('a module without a function as default export is a finding', () => {
  const extend: ExtendInstance = () => undefined;
  assert.equal(userConstructsOf(MODULE, { default: extend }), { module: MODULE, extend });
  for (const exported of [{}, { default: 3 }, null]) {
    const finding = userConstructsOf(MODULE, exported);
    assert.ok('code' in finding);
    assert.equal([finding.code, finding.file, finding.root], ['construct-module', MODULE, 'project']);
  }
});

test.run();
