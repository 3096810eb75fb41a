import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleCompany } from './support/example-company.ts';

const PROJECT = `
publish: {repo: "https://git.example.com/out.git", branch: live, folder: rendered, owners: {storage: "@example/storage-team"}}
clusters:
  north-prod: {delivery: argocd}
  north-stage: {delivery: flux}
`;

interface Shown {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

test('an ApplicationSet makes one Application for each namespace and keeps objects when one goes', async () => {
  const { status, out } = await exampleCompany('argocd', PROJECT).call('argocd', 'generate');
  assert.is(status, 0);
  const [set, ...rest] = loadAll(out) as Shown[];
  assert.is(rest.length, 0);
  assert.is(set!.metadata.name, 'paasta-north-prod');
  assert.equal(set!.spec['generators'], [
    {
      git: {
        repoURL: 'https://git.example.com/out.git',
        revision: 'live',
        directories: [{ path: 'rendered/clusters/north-prod/*' }],
      },
    },
  ]);
  assert.equal(set!.spec['syncPolicy'], { preserveResourcesOnDeletion: true });
});

test('Flux gets a Kustomization for each namespace that waits for the cluster-wide one', async () => {
  const company = exampleCompany('flux', PROJECT);
  assert.is((await company.call('synth')).status, 0);
  const { status, out } = await company.call('flux', 'generate');
  assert.is(status, 0);
  const objects = loadAll(out) as Shown[];
  assert.equal(
    objects.map(({ metadata }) => metadata.name),
    [
      'paasta-output',
      'paasta-north-stage-cluster',
      ...['cart--api', 'catalog', 'mail--worker', 'shopfront'].map((each) => `paasta-north-stage-ns-paastasvc-${each}`),
    ],
  );
  assert.is(objects[1]!.spec['prune'], false);
  for (const { spec } of objects.slice(2)) {
    assert.equal(spec['dependsOn'], [{ name: 'paasta-north-stage-cluster' }]);
    assert.is(spec['deletionPolicy'], 'Orphan');
    const folder = String(spec['path']).replace('./rendered/', 'dist/');
    assert.ok(existsSync(join(company.repository.dir, folder, 'kustomization.yaml')), folder);
  }
});

test('the objects of a tool are never written into what it reconciles', async () => {
  const company = exampleCompany('tool-inside', PROJECT);
  for (const folder of ['dist/clusters', 'dist/clusters/north-prod', 'dist/clusters/north-prod/x']) {
    const { status, err } = await company.call('argocd', 'generate', '--out', folder);
    assert.is(status, 2);
    assert.match(err, 'lies in what the tool reconciles');
  }
  assert.is((await company.call('argocd', 'generate', '--out', 'tools')).status, 0);
  assert.match(
    readFileSync(join(company.repository.dir, 'tools/argocd-north-prod.yaml'), 'utf8'),
    'kind: ApplicationSet',
  );
});

test('a cluster that another tool delivers is refused', async () => {
  const { status, err } = await exampleCompany('tool-other', PROJECT).call('argocd', 'generate', '-c', 'north-stage');
  assert.is(status, 2);
  assert.match(err, 'clusters.north-stage.delivery is not argocd');
});

test('CODEOWNERS has a line for a folder of one team, and one a file where teams share it', async () => {
  const company = exampleCompany('codeowners', PROJECT);
  company.edit(
    'soa-configs/shopfront/kubernetes-north-prod.yaml',
    /^canary:\n/m,
    'canary:\n  monitoring: {team: pilots}\n',
  );
  await company.call('synth');
  const { status, out } = await company.call('codeowners', '--owner-format', '@example/{team}');
  assert.is(status, 0);
  const lines = out.split('\n');
  assert.ok(lines.includes('/clusters/north-prod/paastasvc-kvstore/ @example/storage-team'), out);
  assert.ok(lines.includes('/clusters/north-prod/paastasvc-shopfront/shopfront-canary.yaml @example/pilots'), out);
  assert.ok(lines.includes('/clusters/north-prod/paastasvc-catalog/ @example/storefront'), out);
});

test('an output tree in which nothing is rendered has no CODEOWNERS', async () => {
  const company = exampleCompany('codeowners-empty', PROJECT);
  const { status, out, err } = await company.call('codeowners');
  assert.equal([status, out], [2, '']);
  assert.match(err, /nothing is rendered in .*dist: run "paasta-gitops synth" first/);
});

test('CODEOWNERS for soa-configs has a line a service, and one for each file that other teams have instances in', async () => {
  const company = exampleCompany('codeowners-soa', PROJECT);
  company.edit(
    'soa-configs/shopfront/kubernetes-north-prod.yaml',
    /^canary:\n/m,
    'canary:\n  monitoring: {team: pilots}\n',
  );
  company.edit('soa-configs/catalog/monitoring.yaml', /^team: .*\n/m, '');
  company.edit(
    'soa-configs/catalog/kubernetes-north-stage.yaml',
    /^main:\n/m,
    'main:\n  monitoring: {team: stagers}\n',
  );
  const { status, out, err } = await company.call(
    ...['codeowners', '--for', 'soa-configs', '--owner-format', '@example/{team}'],
  );
  assert.is(status, 0, err);
  const about = (service: string): readonly string[] =>
    out.split('\n').filter((line) => line.startsWith(`/soa-configs/${service}/`));
  assert.equal(about('kvstore'), ['/soa-configs/kvstore/ @example/storage-team']);
  assert.equal(about('shopfront'), [
    '/soa-configs/shopfront/ @example/storefront',
    '/soa-configs/shopfront/kubernetes-north-prod.yaml @example/pilots @example/storefront',
  ]);
  assert.equal(about('catalog'), ['/soa-configs/catalog/kubernetes-north-stage.yaml @example/stagers']);
});

test.run();
