/** What a run removes, what it keeps, and what the guard stops. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TreeWriter } from '../compiler/write/index.ts';
import { type Fleet, inFolder, instanceFile, put, readTree, sharedFile, writeFleet } from './support/output-tree.ts';

const one = (text: string): { main: { text: string } } => ({ main: { text } });
const PROD = { api: one('1'), cart: one('2'), shop: one('3'), web: { ...one('4'), canary: { text: '5' } } };
const FLEET: Fleet = { prod: PROD };
const without = (...services: (keyof typeof PROD)[]): Fleet => ({
  prod: Object.fromEntries(Object.entries(PROD).filter(([name]) => !services.includes(name as keyof typeof PROD))),
});

test(
  'the files of an instance and of a service that are gone from soa-configs are removed',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const fleet = { prod: { ...without('cart').prod, web: one('4') } };
    const result = writeFleet(out, fleet);
    assert.equal(result.removed, [
      'clusters/prod/_cluster/namespace-ns-cart.yaml',
      'clusters/prod/ns-cart/cart-main.yaml',
      'clusters/prod/ns-web/web-canary.yaml',
    ]);
    assert.is(result.refused, undefined);
    writeFleet(join(out, 'fresh'), fleet);
    const fresh = readTree(join(out, 'fresh'));
    for (const [path, text] of Object.entries(fresh)) assert.is(readTree(out)[path], text);
  }),
);

test(
  'an instance that soa-configs still name keeps its file when it is not rendered',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = readTree(out);
    const result = writeFleet(out, FLEET, {
      unrendered: ['api.main', 'cart.main', 'shop.main', 'web.main', 'web.canary'],
      keep: ({ service }) => service === null,
    });
    assert.equal(result.removed, []);
    assert.equal(readTree(out), before);
  }),
);

test(
  'a service whose instances cannot be told keeps its files',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = readTree(out);
    const options = { unreadable: ['cart'], keep: ({ path }: { path: string }) => path.includes('namespace-ns-cart') };
    assert.equal(writeFleet(out, without('cart'), options).removed, []);
    assert.equal(readTree(out), before);
  }),
);

test(
  'what the caller keeps stays, whatever else holds',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = readTree(out);
    assert.equal(writeFleet(out, { prod: {} }, { keep: () => true }).removed, []);
    assert.equal(readTree(out), before);
  }),
);

test(
  'an instance that moved to another namespace leaves nothing behind',
  inFolder((out) => {
    writeFleet(out, { prod: { web: one('4') } });
    const moved: Fleet = { prod: { web: { main: { text: '4', namespace: 'other' } } } };
    const result = writeFleet(out, moved);
    assert.equal(result.removed, [
      'clusters/prod/_cluster/namespace-ns-web.yaml',
      'clusters/prod/ns-web/web-main.yaml',
    ]);
    assert.is(result.refused, undefined);
    writeFleet(join(out, 'fresh'), moved);
    const fresh = readTree(join(out, 'fresh'));
    assert.equal(
      Object.keys(readTree(out)).filter((path) => !path.startsWith('fresh/')),
      Object.keys(fresh),
    );
  }),
);

test(
  'an instance whose new file could not be written keeps its earlier one',
  inFolder((out) => {
    writeFleet(out, { prod: { web: one('4') } });
    put(out, 'clusters/prod/other/web-main.yaml', 'mine: true\n');
    const moved: Fleet = { prod: { web: { main: { text: '4', namespace: 'other' } } } };
    const result = writeFleet(out, moved, { aggregates: false });
    assert.equal(
      result.diagnostics.map(({ code }) => code),
      ['hand-written-file'],
    );
    assert.equal(result.removed, []);
  }),
);

test(
  'a rendered file that was taken over by hand is left when its instance goes',
  inFolder((out) => {
    writeFleet(out, FLEET);
    put(out, 'clusters/prod/ns-cart/cart-main.yaml', 'mine: now\n');
    const result = writeFleet(out, without('cart'));
    assert.equal(result.removed, ['clusters/prod/_cluster/namespace-ns-cart.yaml']);
    assert.equal(
      result.diagnostics.map(({ severity, code, file }) => [severity, code, file]),
      [['warning', 'hand-written-file', 'clusters/prod/ns-cart/cart-main.yaml']],
    );
    assert.is(readFileSync(join(out, 'clusters/prod/ns-cart/cart-main.yaml'), 'utf8'), 'mine: now\n');
    assert.equal(writeFleet(out, without('cart')).diagnostics, []);
  }),
);

test(
  'removing exactly half of the instances passes the guard, one more does not',
  inFolder((out) => {
    const four: Fleet = { prod: { a: one('1'), b: one('2'), c: one('3'), d: one('4') } };
    writeFleet(out, four);
    const refused = writeFleet(out, { prod: { a: one('1') } });
    assert.equal(refused.refused, [
      {
        cluster: 'prod',
        instances: ['b.main', 'c.main', 'd.main'],
        of: 4,
        files: ['b', 'c', 'd']
          .flatMap((s) => [`clusters/prod/_cluster/namespace-ns-${s}.yaml`])
          .concat(['b', 'c', 'd'].map((s) => `clusters/prod/ns-${s}/${s}-main.yaml`)),
      },
    ]);
    assert.is(writeFleet(out, { prod: { a: one('1'), b: one('2') } }).refused, undefined);
  }),
);

test(
  'the guard removes nothing in any cluster, names what would go, and leaves new and changed files in place',
  inFolder((out) => {
    writeFleet(out, { prod: PROD, stage: PROD });
    const before = readTree(out);
    const result = writeFleet(out, { prod: { api: one('changed') }, stage: without('cart').prod! });
    assert.equal(result.removed, []);
    assert.equal(result.written, ['clusters/prod/ns-api/api-main.yaml']);
    assert.equal(
      result.diagnostics.map(({ severity, code, cluster }) => [severity, code, cluster]),
      [['error', 'removal-refused', 'prod']],
    );
    assert.match(
      result.diagnostics[0]!.message,
      '4 of 5 instances of prod would be removed: cart.main, shop.main, web.canary, web.main; nothing',
    );
    assert.match(result.diagnostics[0]!.hint!, '--force-prune');
    const after = readTree(out);
    assert.equal(Object.keys(after), Object.keys(before));
    const index = JSON.parse(after['.paasta-gitops/prod.json']!) as { services: object };
    assert.equal(Object.keys(index.services), ['api', 'cart', 'shop', 'web']);
  }),
);

test(
  'with --force-prune everything goes that is gone',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const result = writeFleet(out, { prod: { api: one('1') } }, { forcePrune: true });
    assert.is(result.refused, undefined);
    assert.is(result.removed.length, 7);
    const tree = readTree(out);
    writeFleet(join(out, 'fresh'), { prod: { api: one('1') } });
    assert.equal(tree, readTree(join(out, 'fresh')));
  }),
);

test(
  'a move to another namespace is completed although the guard stops removals',
  inFolder((out) => {
    writeFleet(out, { prod: { a: one('1'), b: one('2'), c: one('3') } });
    const result = writeFleet(out, { prod: { a: { main: { text: '1', namespace: 'other' } } } });
    assert.is(result.refused?.length, 1);
    assert.equal(result.removed, ['clusters/prod/ns-a/a-main.yaml']);
  }),
);

test(
  'a cluster that is no longer configured goes only with --force-prune',
  inFolder((out) => {
    writeFleet(out, { prod: PROD, stage: { web: one('s') } });
    const before = readTree(out);
    const result = writeFleet(out, FLEET);
    assert.equal(
      result.refused?.map(({ cluster, of }) => [cluster, of]),
      [['stage', 1]],
    );
    assert.equal(readTree(out), before);
    assert.equal(writeFleet(out, FLEET, { forcePrune: true }).removed, [
      'clusters/stage/_cluster/namespace-ns-web.yaml',
      'clusters/stage/ns-web/web-main.yaml',
    ]);
    const tree = readTree(out);
    writeFleet(join(out, 'fresh'), FLEET);
    assert.equal(tree, readTree(join(out, 'fresh')));
  }),
);

test(
  'a run for one cluster leaves the other clusters alone',
  inFolder((out) => {
    writeFleet(out, { prod: PROD, stage: { web: one('s') } });
    const before = readTree(out);
    const result = writeFleet(out, FLEET, { clusters: ['prod'], scope: {}, aggregates: false });
    assert.is(result.refused, undefined);
    assert.equal(readTree(out), before);
  }),
);

test(
  'a run for one service removes what that service lost and nothing else',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const fleet = { prod: { web: one('4') } };
    const result = writeFleet(out, fleet, { scope: { services: ['web'] }, aggregates: false });
    assert.equal(result.removed, ['clusters/prod/ns-web/web-canary.yaml']);
    const gone = writeFleet(out, { prod: {} }, { scope: { services: ['shop'] }, aggregates: false });
    assert.equal(gone.removed, ['clusters/prod/ns-shop/shop-main.yaml']);
    assert.ok('clusters/prod/_cluster/namespace-ns-shop.yaml' in readTree(out));
  }),
);

test(
  'a run for one instance name touches that name only',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const result = writeFleet(out, { prod: {} }, { scope: { instances: ['canary'] }, aggregates: false });
    assert.equal(result.removed, ['clusters/prod/ns-web/web-canary.yaml']);
  }),
);

test(
  'shared files stay in a scoped run even when shared files are rendered',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const result = writeFleet(out, { prod: { web: PROD.web } }, { scope: { services: ['web'] } });
    assert.equal(result.removed, []);
  }),
);

test(
  "a service's own shared file goes with the service, or when a whole run does not render it",
  inFolder((out) => {
    const check = { ...sharedFile('prod', 'sensu/prod/web.yaml', 'type: CheckConfig'), service: 'web' };
    const run = (files: (typeof check)[], services: string[], aggregates: boolean): readonly string[] => {
      const writer = new TreeWriter({ outDir: out, clusters: ['prod'] });
      for (const service of services) {
        writer.addService({ service, files: [instanceFile('prod', service, 'main', 'x')], known: { prod: ['main'] } });
      }
      if (aggregates) writer.addAggregates(files);
      return writer.finish().removed;
    };
    const services = ['api', 'cart', 'web'];
    run([check], services, true);
    assert.equal(run([], services, false), []);
    assert.equal(run([], services, true), ['sensu/prod/web.yaml']);
    run([check], services, true);
    assert.equal(run([], ['api', 'cart'], false), ['clusters/prod/ns-web/web-main.yaml', 'sensu/prod/web.yaml']);
    assert.not.ok('sensu/prod' in readTree(out));
  }),
);

test(
  'shared files of a cluster stay when only those of another were rendered',
  inFolder((out) => {
    writeFleet(out, { prod: PROD, stage: PROD });
    const writer = new TreeWriter({ outDir: out, clusters: ['prod', 'stage'] });
    for (const service of Object.keys(PROD)) {
      writer.addService({ service, files: [], known: { prod: ['main', 'canary'], stage: ['main', 'canary'] } });
    }
    writer.addAggregates([], ['prod']);
    const { removed } = writer.finish();
    assert.equal(
      removed,
      ['api', 'cart', 'shop', 'web'].map((name) => `clusters/prod/_cluster/namespace-ns-${name}.yaml`),
    );
  }),
);

test(
  'earlier files can be asked for and read while the run goes on',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const writer = new TreeWriter({ outDir: out, clusters: ['prod'] });
    const shared = writer.earlierFiles('prod').filter(({ service }) => service === null);
    assert.equal(
      shared.map(({ path }) => path),
      ['api', 'cart', 'shop', 'web'].map((name) => `clusters/prod/_cluster/namespace-ns-${name}.yaml`),
    );
    assert.match(writer.readEarlier(shared[0]!.path)!, 'kind: Namespace # ns-api');
    assert.is(writer.readEarlier('clusters/prod/none/none.yaml'), null);
  }),
);

test.run();
