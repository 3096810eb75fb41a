import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HEADER } from '../compiler/model/rendered-file.ts';
import { objectsIn } from './support/objects-in.ts';
import { autoscaledBy, instanceWith } from './support/instance.ts';
import { render } from './support/manifests.ts';

const FOLDER = 'clusters/norcal-prod/paastasvc-shop';

test('an instance is one file in its namespace, objects in the order in which they are applied', async () => {
  const { files } = await render([instanceWith({ scaling: autoscaledBy({}) })]);
  assert.equal(
    files.map(({ path, cluster, service, instance }) => [path, cluster, service, instance]),
    [[`${FOLDER}/shop-main.yaml`, 'norcal-prod', 'shop', 'main']],
  );
  assert.equal(
    objectsIn(files[0]!).map(({ kind }) => kind),
    ['PodDisruptionBudget', 'Deployment', 'HorizontalPodAutoscaler'],
  );
  assert.is(files[0]!.content.split('\n')[0], HEADER);
});

test('a file can hold one object', async () => {
  const { files } = await render([instanceWith({ scaling: autoscaledBy({}) })], { filePer: 'object' });
  assert.equal(
    files.map(({ path }) => path),
    [
      `${FOLDER}/poddisruptionbudget-shop-main.yaml`,
      `${FOLDER}/deployment-shop-main.yaml`,
      `${FOLDER}/horizontalpodautoscaler-shop-main.yaml`,
    ],
  );
  assert.ok(files.every((file) => objectsIn(file).length === 1));
});

test('files do not depend on the order of the instances', async () => {
  const instances = ['b', 'a', 'c'].map((instance) => instanceWith({ instance }));
  const forward = await render(instances);
  const backward = await render([...instances].reverse());
  assert.equal(forward.files, backward.files);
  assert.equal(
    forward.rendered.map(({ instance }) => instance.instance),
    ['a', 'b', 'c'],
  );
});

test('a persistent instance renders a StatefulSet and a budget', async () => {
  const claims = [{ name: 'pv--d', mountPath: '/d', isReadOnly: false, sizeGi: 1, storageClassName: 'ebs' }];
  const { files } = await render([instanceWith({ kind: 'StatefulSet', strategy: null, pod: { claims } })]);
  assert.equal(
    objectsIn(files[0]!).map(({ kind }) => kind),
    ['PodDisruptionBudget', 'StatefulSet'],
  );
});

test('one instance in two clusters is two files', async () => {
  const { files } = await render([instanceWith(), instanceWith({ cluster: 'norcal-stage' })]);
  assert.equal(
    files.map(({ path }) => path),
    ['clusters/norcal-prod/paastasvc-shop/shop-main.yaml', 'clusters/norcal-stage/paastasvc-shop/shop-main.yaml'],
  );
});

test('instances that become the same name are held back, and each finding names the other', async () => {
  const { files, failed, diagnostics } = await render([
    instanceWith({ instance: 'a_b' }),
    instanceWith({ instance: 'a--b' }),
    instanceWith({ instance: 'other' }),
  ]);
  assert.equal(
    files.map(({ instance }) => instance),
    ['other'],
  );
  assert.equal(
    failed.map(({ instance }) => instance),
    ['a_b', 'a--b'],
  );
  assert.equal(
    diagnostics.map(({ severity, code, service, cluster, instance }) => [severity, code, service, cluster, instance]),
    ['a_b', 'a--b'].map((instance) => ['error', 'name-collision', 'shop', 'norcal-prod', instance]),
  );
  assert.match(diagnostics[0]!.message, 'shop.a_b and shop.a--b both render PodDisruptionBudget shop-a--b');
});

test('the same names in two namespaces are no collision', async () => {
  const { files, diagnostics } = await render([
    instanceWith({ instance: 'a_b' }),
    instanceWith({ instance: 'a--b', namespace: 'elsewhere' }),
  ]);
  assert.equal([files.length, diagnostics.length], [2, 0]);
});

test.run();
