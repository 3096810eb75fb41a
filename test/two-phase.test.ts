import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holdsOf } from '../compiler/model/held-object.ts';
import { objectKey } from '../compiler/model/object-identity.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { serialiseHolds, type SeenHold } from '../compiler/write/holds-file.ts';
import { exampleCompany, type ExampleCompany } from './support/example-company.ts';
import { bareRepository, cloneOf } from './support/git-repository.ts';
import { PROGRAM } from './support/run-cli.ts';

const CLUSTERS = 'clusters: {north-prod: {delivery: argocd}, north-stage: {delivery: flux}}\n';
const HOLDS = 'dist/.paasta-gitops/north-prod.holds.yaml';
const CATALOG = 'soa-configs/catalog/kubernetes-north-prod.yaml';
const KVSTORE = 'soa-configs/kvstore/kubernetes-north-prod.yaml';
const CLAIMS = /persistent_volumes:(?:\n {4,}.*| *\n {2,}- .*)+/;

function objectsIn(company: ExampleCompany, ...paths: readonly string[]): readonly KubeObject[] {
  return paths.flatMap((path) => {
    const file = join(company.repository.dir, 'dist/clusters/north-prod', path);
    return existsSync(file) ? (loadAll(readFileSync(file, 'utf8')) as KubeObject[]) : [];
  });
}

function keys(objects: readonly KubeObject[]): readonly string[] {
  return objects.map(objectKey);
}

function replicas(objects: readonly KubeObject[], kind: string): unknown {
  return (objects.find((object) => object.kind === kind)?.['spec'] as { replicas?: number } | undefined)?.replicas;
}

async function synth(company: ExampleCompany, ...flags: readonly string[]): Promise<string> {
  const { status, out, err } = await company.call('synth', ...flags);
  assert.is(status, 0, err);
  return out;
}

/** What `status --write-holds` writes when it sees that everything which is waited for is there. */
function seeOver(company: ExampleCompany, instance: string, objects: readonly KubeObject[]): void {
  const seen = holdsOf(objects).map((hold): SeenHold => ({ ...hold, instance, isOver: true, reason: '' }));
  assert.ok(seen.length > 0, 'nothing is held');
  writeFileSync(join(company.repository.dir, HOLDS), serialiseHolds(seen));
}

test('a workload of another kind stays beside the new one until that was seen to be current', async () => {
  const company = exampleCompany('two-kind', CLUSTERS);
  const path = 'paastasvc-kvstore/kvstore-main.yaml';
  await synth(company);
  const before = objectsIn(company, path);
  company.edit(KVSTORE, CLAIMS, 'extra_volumes: []');

  const first = await synth(company, '--two-phase');
  const [old, wanted] = ['StatefulSet', 'Deployment'].map((kind) => `apps/${kind} paastasvc-kvstore/kvstore-main`);
  assert.match(first, `north-prod kvstore.main: kind switch, first commit: ${old!} stays until ${wanted!} is current`);
  assert.match(first, 'status -c north-prod --write-holds');
  const held = objectsIn(company, path);
  assert.equal(keys(held), [...keys(before).slice(0, -1), wanted, old]);
  const rest = (object: KubeObject): unknown => ({ ...object, metadata: { ...object.metadata, annotations: null } });
  assert.equal(rest(held.at(-1)!), rest(before.at(-1)!));

  assert.match(await synth(company, '--two-phase'), '0 files written');
  assert.equal(objectsIn(company, path), held);

  seeOver(company, 'kvstore.main', held);
  assert.match(await synth(company, '--two-phase'), `kind switch, second commit: ${old!} is not kept any more`);
  assert.equal(keys(objectsIn(company, path)), [...keys(before).slice(0, -1), wanted]);
  assert.not.ok(existsSync(join(company.repository.dir, HOLDS)));
  assert.not.match(await synth(company, '--two-phase'), 'kind switch');
});

test('what was seen of an earlier change ends no later one', async () => {
  const company = exampleCompany('two-stale', CLUSTERS);
  const path = 'paastasvc-kvstore/kvstore-main.yaml';
  await synth(company);
  const whole = readFileSync(join(company.repository.dir, KVSTORE), 'utf8');
  company.edit(KVSTORE, CLAIMS, 'extra_volumes: []');
  await synth(company, '--two-phase');
  seeOver(company, 'kvstore.main', objectsIn(company, path));
  const stale = readFileSync(join(company.repository.dir, HOLDS));
  writeFileSync(join(company.repository.dir, KVSTORE), whole);
  await synth(company, '--two-phase');
  assert.not.ok(existsSync(join(company.repository.dir, HOLDS)), 'a change that was given up is forgotten');
  writeFileSync(join(company.repository.dir, HOLDS), stale);
  company.edit(KVSTORE, CLAIMS, 'extra_volumes: []');
  for (const _ of [1, 2]) {
    assert.match(await synth(company, '--two-phase'), 'first commit');
    assert.is(objectsIn(company, path).filter(({ kind }) => kind === 'StatefulSet').length, 1);
  }
});

test('a holds file that cannot be understood ends nothing', async () => {
  const company = exampleCompany('two-broken', CLUSTERS);
  await synth(company);
  company.edit(KVSTORE, CLAIMS, 'extra_volumes: []');
  await synth(company, '--two-phase');
  const path = join(company.repository.dir, HOLDS);
  seeOver(company, 'kvstore.main', objectsIn(company, 'paastasvc-kvstore/kvstore-main.yaml'));
  const over = readFileSync(path, 'utf8');
  for (const text of [
    `<<<<<<< ours\n${over}`,
    over.replace('version: 1', 'version: 2'),
    over.replace('isOver: true', 'isOver: "true"'),
  ]) {
    assert.is.not(text, over);
    writeFileSync(path, text);
    assert.match(await synth(company, '--two-phase'), 'first commit');
  }
  writeFileSync(path, over);
  assert.match(await synth(company, '--two-phase'), 'second commit');
});

test('what was seen of another version ends no hold, and a version that follows the one that was seen does not wait again', async () => {
  const company = exampleCompany('two-version', CLUSTERS);
  const path = 'paastasvc-kvstore/kvstore-main.yaml';
  await synth(company);
  company.edit(KVSTORE, CLAIMS, 'extra_volumes: []');
  await synth(company, '--two-phase');
  const seen = objectsIn(company, path);
  company.edit(KVSTORE, 'mem: 16384', 'mem: 8192');
  await synth(company, '--two-phase');
  seeOver(company, 'kvstore.main', seen);
  assert.match(await synth(company, '--two-phase'), 'first commit', 'another version was seen than is published');
  seeOver(company, 'kvstore.main', objectsIn(company, path));
  company.edit(KVSTORE, 'mem: 8192', 'mem: 4096');
  assert.match(await synth(company, '--two-phase'), 'second commit');
});

test('a move between namespaces keeps all of the instance, and what its old namespace shares', async () => {
  for (const filePer of ['instance', 'object']) {
    const company = exampleCompany(`two-move-${filePer}`, `${CLUSTERS}file_per: ${filePer}\n`);
    await synth(company);
    const folder = join(company.repository.dir, 'dist/clusters/north-prod');
    const list = (namespace: string): readonly string[] => {
      const file = join(folder, namespace, 'kustomization.yaml');
      return existsSync(file) ? (load(readFileSync(file, 'utf8')) as { resources: string[] }).resources : [];
    };
    const before = list('paastasvc-catalog');
    const objects = objectsIn(company, ...before.map((name) => `paastasvc-catalog/${name}`));
    company.edit(CATALOG, 'cpus: 1.5', 'namespace: paastasvc-web\n  cpus: 1.5');
    assert.match(await synth(company, '--two-phase'), 'catalog.main: namespace move, first commit');
    assert.equal(list('paastasvc-catalog'), before);
    const held = objectsIn(company, ...before.map((name) => `paastasvc-catalog/${name}`));
    assert.equal(keys(held), keys(objects));
    assert.ok(existsSync(join(folder, '_cluster/namespace-paastasvc-catalog.yaml')));
    assert.equal(
      list('paastasvc-web').filter((name) => name.includes('catalog-main')).length,
      before.filter((name) => name.includes('catalog-main')).length,
    );
    const moved = objectsIn(company, ...list('paastasvc-web').map((name) => `paastasvc-web/${name}`));
    seeOver(company, 'catalog.main', [...held, ...moved]);
    assert.match(await synth(company, '--two-phase'), 'namespace move, second commit');
    assert.not.ok(existsSync(join(folder, 'paastasvc-catalog')));
    assert.not.ok(existsSync(join(folder, '_cluster/namespace-paastasvc-catalog.yaml')));
  }
});

test('a workload that "downthenup" replaces ends all its pods before the new one is there', async () => {
  const company = exampleCompany('two-down', CLUSTERS);
  company.edit(CATALOG, 'cpus: 1.5', 'bounce_method: downthenup\n  cpus: 1.5');
  await synth(company);
  company.edit(CATALOG, 'cpus: 1.5', 'namespace: paastasvc-web\n  cpus: 1.5');
  assert.match(await synth(company, '--two-phase'), 'catalog-main goes to 0 pods; what takes its place follows');
  const [old, moved] = ['catalog', 'web'].map((name) => objectsIn(company, `paastasvc-${name}/catalog-main.yaml`));
  assert.is(replicas(old!, 'Deployment'), 0);
  for (const kind of ['Deployment', 'HorizontalPodAutoscaler'])
    assert.not.ok(moved!.some((each) => each.kind === kind));
  assert.not.ok(old!.some(({ kind }) => kind === 'HorizontalPodAutoscaler'));
  assert.match(await synth(company, '--two-phase'), '0 files written');
  seeOver(company, 'catalog.main', [...old!, ...moved!]);
  await synth(company, '--two-phase');
  assert.equal(objectsIn(company, 'paastasvc-catalog/catalog-main.yaml'), []);
  assert.ok(objectsIn(company, 'paastasvc-web/catalog-main.yaml').some(({ kind }) => kind === 'Deployment'));
});

test('replicas stay in the output until somebody else holds them', async () => {
  const company = exampleCompany('two-hand-over', CLUSTERS);
  const path = 'paastasvc-catalog/catalog-main.yaml';
  const whole = readFileSync(join(company.repository.dir, CATALOG), 'utf8');
  company.edit(CATALOG, /min_instances: 2\n {2}max_instances: 12\n {2}autoscaling:(?:\n {4,}.*)+/, 'instances: 5');
  await synth(company);
  assert.is(replicas(objectsIn(company, path), 'Deployment'), 5);
  writeFileSync(join(company.repository.dir, CATALOG), whole);
  assert.match(await synth(company, '--two-phase'), 'hand-over to the autoscaler, first commit');
  const held = objectsIn(company, path);
  assert.is(replicas(held, 'Deployment'), 5);
  assert.ok(held.some(({ kind }) => kind === 'HorizontalPodAutoscaler'));
  assert.match(await synth(company, '--two-phase'), '0 files written');
  seeOver(company, 'catalog.main', held);
  assert.match(await synth(company, '--two-phase'), 'second commit');
  assert.is(replicas(objectsIn(company, path), 'Deployment'), undefined);
});

test('without the flag it is one commit and a note; a cluster of the applier has neither', async () => {
  for (const [project, note] of [
    [CLUSTERS, /kvstore\.main: kind switch in one commit; --two-phase makes two/],
    ['', null],
  ] as const) {
    const company = exampleCompany('two-off', project);
    await synth(company);
    company.edit(KVSTORE, CLAIMS, 'extra_volumes: []');
    const out = await synth(company, ...(note === null ? ['--two-phase'] : []));
    if (note === null) assert.not.match(out, 'kind switch');
    else assert.match(out, note);
    const kinds = objectsIn(company, 'paastasvc-kvstore/kvstore-main.yaml').map(({ kind }) => kind);
    assert.not.ok(kinds.includes('StatefulSet'));
  }
});

test('a stopped instance moves in one commit', async () => {
  const company = exampleCompany('two-stopped', CLUSTERS);
  company.edit(
    'soa-configs/catalog/deployments.json',
    /("catalog:north-prod.main": \{\s*"desired_state": )"start"/,
    '$1"stop"',
  );
  await synth(company);
  company.edit(CATALOG, 'cpus: 1.5', 'namespace: paastasvc-web\n  cpus: 1.5');
  assert.not.match(await synth(company, '--two-phase'), 'namespace move');
  assert.equal(objectsIn(company, 'paastasvc-catalog/catalog-main.yaml'), []);
});

test('a run that recalls what an earlier one rendered keeps what is held', async () => {
  const company = exampleCompany('two-cache', CLUSTERS);
  const run = (...flags: readonly string[]): string =>
    execFileSync(
      process.execPath,
      [PROGRAM, 'synth', '--cache-dir', join(company.repository.dir, '.cache'), ...flags],
      {
        cwd: company.repository.dir,
        encoding: 'utf8',
      },
    );
  run();
  company.edit(CATALOG, 'cpus: 1.5', 'namespace: paastasvc-web\n  cpus: 1.5');
  for (const _ of [1, 2, 3]) assert.match(run('--two-phase'), 'namespace move, first commit');
  const [old, moved] = ['catalog', 'web'].map((name) => objectsIn(company, `paastasvc-${name}/catalog-main.yaml`));
  assert.ok(old!.length > 0);
  seeOver(company, 'catalog.main', [...old!, ...moved!]);
  assert.match(run('--two-phase'), 'namespace move, second commit');
  assert.equal(objectsIn(company, 'paastasvc-catalog/catalog-main.yaml'), []);
  assert.match(run('--two-phase'), '0 files written');
});

test('publish makes the same two commits, and the review tells what stays and what goes', async () => {
  const remote = bareRepository('two-publish-output');
  const company = exampleCompany('two-publish', `${CLUSTERS}publish: {repo: "${remote.dir}"}\n`);
  const path = 'clusters/north-prod/paastasvc-kvstore/kvstore-main.yaml';
  const publish = async (): Promise<string> => {
    const { status, out, err } = await company.call('publish', '--allow-file', '--two-phase', '-c', 'north-prod');
    assert.is(status, 0, err);
    assert.match(out, 'Published', err);
    return remote.git('log', '-1', '--format=%B', 'main') + err;
  };
  await publish();
  company.edit(KVSTORE, CLAIMS, 'extra_volumes: []');
  company.repository.commit('no claims', {});
  const old = 'apps/StatefulSet paastasvc-kvstore/kvstore-main';
  const first = await publish();
  assert.match(first, 'kvstore.main: kind StatefulSet → Deployment');
  assert.match(first, `held ${old} none → present`);
  assert.match(first, 'note: north-prod kvstore.main: kind switch, first commit');

  const work = cloneOf(remote, 'two-seen');
  const objects = loadAll(remote.git('show', `main:${path}`)) as KubeObject[];
  const seen = holdsOf(objects).map((hold) => ({ ...hold, instance: 'kvstore.main', isOver: true, reason: '' }));
  work.commit('seen', { '.paasta-gitops/north-prod.holds.yaml': serialiseHolds(seen) });
  work.git('push', '-q', 'origin', 'main');
  const second = await publish();
  assert.match(second, `kvstore.main: held ${old} present → none [no restart]`);
  const files = remote.git('ls-tree', '-r', '--name-only', 'main');
  assert.not.match(files, 'holds.yaml');
  assert.not.match(remote.git('show', `main:${path}`), 'StatefulSet');
});

test.run();
