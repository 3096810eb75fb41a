/** What the applier reads from a tree: every listed file, marked as members of the set; and what it refuses to read. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDesiredSet, type DesiredSet } from '../applier/desired-set.ts';
import { setIdOf } from '../applier/names.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { instanceFiles, RenderedTree, type TreeFiles } from './support/applier-cluster.ts';
import { ROOT } from './support/run-cli.ts';

const SET_ID = setIdOf({ set: 'main', namespace: 'paasta' });

function read(change: (tree: RenderedTree) => void): DesiredSet {
  const tree = new RenderedTree().write(instanceFiles('shop', 'main'));
  try {
    change(tree);
    return readDesiredSet(createDiskReader(tree.root), 'test', SET_ID);
  } finally {
    tree.remove();
  }
}

const untouched = (): void => undefined;

test('the id of a set is the one that every ApplySet tool computes', () => {
  assert.is(SET_ID, 'applyset-k01e2xh-AIDuxPnf4tvLiDbQ-bPLVuE9aCsLf5PJfIk-v1');
});

test('objects carry the label of the set, their owner and a digest, and pod templates carry nothing of it', () => {
  const { objects, problems, doubts } = read(untouched);
  assert.equal([problems, doubts], [[], []]);
  assert.equal(
    [...objects.keys()],
    [
      '/Namespace paastasvc-shop',
      'policy/PodDisruptionBudget paastasvc-shop/shop-main',
      'apps/Deployment paastasvc-shop/shop-main',
    ],
  );
  const { object, hash } = objects.get('apps/Deployment paastasvc-shop/shop-main')!;
  assert.is(object.metadata.labels?.['applyset.kubernetes.io/part-of'], SET_ID);
  assert.is(object.metadata.annotations?.['paasta.yelp.com/owner'], 'shop.main');
  assert.is(object.metadata.annotations?.['paasta.yelp.com/applied-hash'], hash);
  assert.match(hash, /^v1:[0-9a-f]{32}$/);
  assert.not.match(JSON.stringify(object['spec']), /applyset|applied-hash/);
});

test('the digest is a fixed function of what is sent', () => {
  const { objects } = read(untouched);
  const sent = `{"apiVersion":"v1","kind":"Namespace","metadata":{"labels":{"applyset.kubernetes.io/part-of":"${SET_ID}","paasta.yelp.com/managed":"true"},"name":"paastasvc-shop"}}`;
  const digest = createHash('sha256').update(sent).digest('hex').slice(0, 32);
  assert.is(objects.get('/Namespace paastasvc-shop')!.hash, `v1:${digest}`);
  assert.is(digest, '2420e5ae3dada9511a6c31a033a9079f');
});

test('a file that the index promises and that is missing or not listed is a problem, not a removal', () => {
  const missing = read((tree) => {
    tree.file('clusters/test/paastasvc-shop/kustomization.yaml', 'resources: []\n');
  });
  assert.match(missing.problems.join(), /shop-main\.yaml: the index names this file, and no kustomization lists it/);
});

test('a file that was changed after it was rendered raises a doubt', () => {
  const changed = read((tree) => {
    tree.file(
      'clusters/test/_cluster/namespace-paastasvc-shop.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: paastasvc-shop}\n',
    );
  });
  assert.equal(changed.problems, []);
  assert.match(changed.doubts.join(), /changed after it was rendered/);
});

test('hand-written files that a kustomization lists are desired, with their own service and instance', () => {
  const { objects, problems } = read((tree) => {
    tree.file('clusters/test/paastasvc-shop/kustomization.yaml', 'resources: [shop-main.yaml, extra.yaml]\n');
    tree.file(
      'clusters/test/paastasvc-shop/extra.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra, namespace: paastasvc-shop, labels: {paasta.yelp.com/service: shop}}\n',
    );
  });
  assert.equal(problems, []);
  const extra = objects.get('/ConfigMap paastasvc-shop/extra')!;
  assert.equal([extra.service, extra.instance, extra.isGenerated], ['shop', null, false]);
});

test('a kustomization that does more than list resources is refused', () => {
  const { problems } = read((tree) => {
    tree.file('clusters/test/paastasvc-shop/kustomization.yaml', 'resources: [shop-main.yaml]\nnamePrefix: x-\n');
  });
  assert.match(problems.join(), /only "resources" is read, found "namePrefix"/);
});

test('a path out of the cluster folder, broken YAML, no object, a name twice and a missing list are problems', () => {
  const problem = (path: string, text: string): string =>
    read((tree) => {
      tree.file(`clusters/test/paastasvc-shop/${path}`, text);
      if (path !== 'kustomization.yaml')
        tree.file('clusters/test/paastasvc-shop/kustomization.yaml', `resources: [shop-main.yaml, ${path}]\n`);
    }).problems.join();
  assert.match(
    problem('kustomization.yaml', 'resources: [shop-main.yaml, ../../../etc.yaml]\n'),
    /leads out of clusters\/test/,
  );
  assert.match(problem('bad.yaml', 'a: [\n'), /bad\.yaml: is no YAML/);
  assert.match(problem('bad.yaml', '- 1\n'), /holds something that is no object/);
  assert.match(problem('bad.yaml', 'kind: A\n'), /without apiVersion, kind or metadata/);
  assert.match(
    problem(
      'bad.yaml',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop-main, namespace: paastasvc-shop}\n',
    ),
    /is in .* too/,
  );
  assert.match(
    readDesiredSet(createDiskReader('/nonexistent'), 'test', SET_ID).problems.join(),
    /kustomization\.yaml: is missing/,
  );
});

test('the order of lists, of documents in a file and of keys changes nothing', () => {
  const names = ['main', 'side', 'db', 'worker'];
  const files = Object.assign(
    {},
    ...names.map((name) => instanceFiles('shop', name, { autoscaler: { min: 1, max: 2 } })),
  ) as TreeFiles;
  const plain = new RenderedTree().write(files);
  const wanted = readDesiredSet(createDiskReader(plain.root), 'test', SET_ID);
  plain.remove();
  const summary = ({ objects }: DesiredSet): readonly (readonly [string, string, string])[] =>
    [...objects].map(([key, { hash, file }]) => [key, hash, file]);
  const paths = [...wanted.objects.values()].map(({ file }) => file.slice('clusters/test/'.length));
  const orders = fc.tuple(fc.shuffledSubarray([...new Set(paths)], { minLength: new Set(paths).size }), fc.boolean());
  fc.assert(
    fc.property(orders, ([order, isReversed]) => {
      const tree = new RenderedTree();
      try {
        const shuffled = order.map((path) => {
          const { objects, ...owner } = files[path]!;
          const turned = isReversed ? [...objects].reverse().map(withReversedKeys) : objects;
          return [path, { ...owner, objects: turned as typeof objects }] as const;
        });
        tree.write(Object.fromEntries(shuffled));
        tree.file('clusters/test/kustomization.yaml', `resources: [${order.join(', ')}]\n`);
        assert.equal(summary(readDesiredSet(createDiskReader(tree.root), 'test', SET_ID)), summary(wanted));
      } finally {
        tree.remove();
      }
    }),
    { seed: 1, numRuns: 25 },
  );
});

function withReversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, withReversedKeys(inner)]),
  );
}

test('the example of this repository is read whole', () => {
  for (const cluster of ['north-prod', 'north-stage']) {
    const { objects, problems, doubts } = readDesiredSet(createDiskReader(`${ROOT}/dist`), cluster, SET_ID);
    assert.equal([problems, doubts], [[], []]);
    assert.ok(objects.size > 10);
  }
});

test.run();
