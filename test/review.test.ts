import { join } from 'node:path';
import { mkdirSync, writeFileSync, rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reviewHtml } from '../review/html.ts';
import { reviewMarkdown } from '../review/markdown.ts';
import type { Review } from '../review/review.ts';
import { reviewText } from '../review/text.ts';
import { exampleCompany, type ExampleCompany } from './support/example-company.ts';

const SHA = '41dabae7b9269b285d97d343465fadf2fc075403';
const OTHER = 'abcdef0123456789abcdef0123456789abcdef01';

async function reviewOf(company: ExampleCompany, ...flags: string[]): Promise<Review> {
  const { out, err } = await company.call('review', '-o', 'json', ...flags);
  assert.is.not(out, '', err);
  return JSON.parse(out) as Review;
}

function jobs(review: Review): readonly string[] {
  return review.clusters.flatMap(({ cluster, instances }) =>
    instances.map(({ service, instance, action }) => `${cluster} ${service}.${instance} ${action}`),
  );
}

function markProd(company: ExampleCompany, image = `services-catalog:paasta-${OTHER}`): void {
  const from = new RegExp(
    `("prod.main": \\{\\s*"docker_image": )"services-catalog:paasta-${SHA}",\\s*"git_sha": "${SHA}"`,
  );
  company.edit('soa-configs/catalog/deployments.json', from, `$1"${image}", "git_sha": "${OTHER}"`);
}

test('a new image of one deploy group names exactly the instances of that group', async () => {
  const company = exampleCompany('review-image');
  markProd(company);
  const review = await reviewOf(company);
  assert.equal(jobs(review), ['north-prod catalog.main changed']);
  const [cluster] = review.clusters;
  assert.equal(cluster!.shared, []);
  const [instance] = cluster!.instances;
  assert.equal(instance!.rows, [
    { field: 'image', before: '41dabae7', after: 'abcdef01', causes: ['catalog/deployments.json:15'] },
  ]);
  assert.equal(instance!.restart, { bounce: 'crossover +100%/-5%', pods: 12 });
  assert.is(instance!.team, 'storefront');
  assert.is(instance!.deployGroup, 'prod.main');
  assert.equal(
    instance!.objects.map(({ key }) => key),
    ['apps/Deployment paastasvc-catalog/catalog-main'],
  );
  assert.equal(instance!.risks, []);
});

test('a comment changes nothing', async () => {
  const company = exampleCompany('review-comment');
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', /^/, '# a comment\n');
  for (const format of ['text', 'markdown', 'html']) {
    const { status, out } = await company.call('review', '-o', format);
    assert.is(status, 0);
    assert.match(out, 'no change');
    assert.not.match(out, 'catalog');
  }
  assert.equal((await reviewOf(company)).clusters, []);
});

test('rows tell resources, limits of scaling, environment and probes, and the lines that changed them', async () => {
  const company = exampleCompany('review-rows');
  company.edit(
    'soa-configs/catalog/kubernetes-north-prod.yaml',
    'mem: 4096',
    'mem: 8192\n  env: {GREETING: hello}\n  healthcheck_uri: /health',
  );
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', 'max_instances: 12', 'max_instances: 20');
  company.repository.commit('more', {});
  const review = await reviewOf(company, '--base', 'HEAD~1', '--head', 'HEAD');
  assert.equal(jobs(review), ['north-prod catalog.main changed']);
  const { rows, restart } = review.clusters[0]!.instances[0]!;
  const at = (line: number): readonly string[] => [`catalog/kubernetes-north-prod.yaml:${line}`];
  assert.equal(
    rows.filter(({ field }) => /memory|instances|GREETING|liveness/.test(field)),
    [
      { field: 'env GREETING', before: null, after: 'hello', causes: at(5) },
      { field: 'liveness probe path', before: '/status', after: '/health', causes: at(6) },
      { field: 'memory', before: '4Gi', after: '8Gi', causes: at(4) },
      { field: 'max instances', before: '12', after: '20', causes: at(8) },
    ],
  );
  assert.is(restart?.pods, 12);
});

test('each of 300 changed lines of one file stands behind its own field', async () => {
  const company = exampleCompany('review-many-lines');
  const env = Array.from({ length: 300 }, (_, at) => `    V${at}: "${at}"`).join('\n');
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', 'mem: 4096', `mem: 8192\n  env:\n${env}`);
  const review = await reviewOf(company);
  const { rows } = review.clusters[0]!.instances[0]!;
  for (let at = 0; at < 300; at++) {
    const row = rows.find(({ field }) => field === `env V${at}`);
    assert.equal(row?.causes, [`catalog/kubernetes-north-prod.yaml:${6 + at}`], `V${at}`);
  }
  assert.equal(rows.find(({ field }) => field === 'memory')?.causes, ['catalog/kubernetes-north-prod.yaml:4']);
  assert.is(review.servicesWithoutCauses, 0);
});

test('every form says for how many services lines were not all looked for', async () => {
  const company = exampleCompany('review-left');
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', 'mem: 4096', 'mem: 8192');
  const review = await reviewOf(company);
  const safe = (text: string): string => text;
  for (const draw of [reviewText, reviewMarkdown, reviewHtml]) {
    assert.not.match(draw(review, safe), 'looked for');
    const left = draw({ ...review, servicesWithoutCauses: 3 }, safe);
    assert.match(left, 'not all lines behind the changes of 3 services were looked for');
  }
});

test('an object that comes with a change names the lines behind it', async () => {
  const company = exampleCompany('review-autoscaler');
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', /^ {2}max_instances: .*\n/m, '');
  const { rows } = (await reviewOf(company)).clusters[0]!.instances[0]!;
  assert.equal(
    rows.find(({ field }) => field.startsWith('HorizontalPodAutoscaler')),
    {
      ...{ field: 'HorizontalPodAutoscaler catalog-main', before: 'present', after: null },
      causes: ['catalog/kubernetes-north-prod.yaml:6 removed'],
    },
  );
});

test('a change of the system configuration names the instances of its cluster alone', async () => {
  const company = exampleCompany('review-system');
  company.edit('system-config/north-stage/kubernetes.json', '"pdb_max_unavailable": 1', '"pdb_max_unavailable": 2');
  const review = await reviewOf(company);
  assert.equal(
    review.clusters.map(({ cluster }) => cluster),
    ['north-stage'],
  );
  const { instances } = review.clusters[0]!;
  assert.is(instances.length, 4);
  for (const { rows, restart } of instances) {
    assert.equal(rows, [
      { field: 'disruption budget', before: '1', after: '2', causes: ['north-stage/kubernetes.json:5'] },
    ]);
    assert.is(restart, null);
  }
});

test('a change of limits of scaling alone restarts nothing', async () => {
  const company = exampleCompany('review-scaling');
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', 'max_instances: 12', 'max_instances: 20');
  const review = await reviewOf(company);
  const { rows, restart } = review.clusters[0]!.instances[0]!;
  assert.equal(rows, [
    { field: 'max instances', before: '12', after: '20', causes: ['catalog/kubernetes-north-prod.yaml:6'] },
  ]);
  for (const format of ['text', 'markdown', 'html']) {
    const { out } = await company.call('review', '-o', format);
    assert.match(out, 'catalog/kubernetes-north-prod.yaml:6');
  }
  assert.is(restart, null);
});

test('a stop is told as the end of all pods', async () => {
  const company = exampleCompany('review-stop');
  company.edit(
    'soa-configs/catalog/deployments.json',
    /("catalog:north-prod.main": \{\s*"desired_state": )"start"/,
    '$1"stop"',
  );
  const { instances } = (await reviewOf(company)).clusters[0]!;
  assert.equal(instances[0]!.restart, { bounce: 'stopped', pods: 12 });
  assert.equal(
    instances[0]!.risks.map(({ code }) => code),
    ['stopped'],
  );
});

test('a restart that was asked for has one row', async () => {
  const company = exampleCompany('review-bounce');
  company.edit(
    'soa-configs/catalog/deployments.json',
    /("catalog:north-prod.main": \{[^}]*"force_bounce": )null/,
    '$1"20260101T000000"',
  );
  const { rows, restart } = (await reviewOf(company)).clusters[0]!.instances[0]!;
  assert.equal(
    rows.map(({ field }) => field),
    ['restart asked for (config sha)'],
  );
  assert.is(restart?.pods, 12);
});

test('an image of another service is a risk, and so is a group without a step', async () => {
  const company = exampleCompany('review-risks');
  markProd(company, `services-mail:paasta-${OTHER}`);
  const review = await reviewOf(company);
  assert.equal(
    review.clusters[0]!.instances[0]!.risks.map(({ code }) => code),
    ['foreign-image'],
  );
  assert.match(review.clusters[0]!.instances[0]!.rows[0]!.after!, 'registry.example.com/services-mail:');
});

test('a service that disappears is named with its instances', async () => {
  const company = exampleCompany('review-removal');
  rmSync(join(company.repository.dir, 'soa-configs/mail_worker'), { recursive: true });
  const review = await reviewOf(company, '-c', 'north-prod');
  assert.equal(jobs(review), ['north-prod mail_worker.digest removed', 'north-prod mail_worker.sender removed']);
  assert.equal(
    review.clusters[0]!.risks.map(({ code }) => code),
    ['many-removals', 'service-removed'],
  );
  assert.ok(
    review.clusters[0]!.shared.some(
      ({ action, key }) => action === 'removed' && key === '/Namespace paastasvc-mail--worker',
    ),
  );
});

test('an instance that an error holds back is not a removal', async () => {
  const company = exampleCompany('review-held-back');
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', 'cpus: 1.5', 'cpus: [1]');
  const { status, out, err } = await company.call('review', '-o', 'json');
  const review = JSON.parse(out) as Review;
  assert.is(status, 1);
  assert.equal(jobs(review), []);
  assert.equal(
    review.clusters.map(({ cluster, heldBack }) => [cluster, heldBack]),
    [['north-prod', ['catalog.main']]],
  );
  assert.equal(review.clusters[0]!.shared, []);
  assert.match(err, 'kubernetes-north-prod.yaml');
});

test('of two services that render one workload the one that had it keeps it, and the other is held back', async () => {
  const company = exampleCompany('review-rivals');
  const at = (path: string): string => join(company.repository.dir, 'soa-configs', path);
  const add = (service: string, instance: string): void => {
    mkdirSync(at(service));
    const keys = 'deploy_group: prod.main, namespace: shop, instances: 2';
    writeFileSync(at(`${service}/kubernetes-north-prod.yaml`), `${instance}: {${keys}}\n`);
    const version = { docker_image: `services-${service}:paasta-1`, git_sha: '1', image_version: null };
    const v2 = { deployments: { 'prod.main': version }, controls: {} };
    writeFileSync(at(`${service}/deployments.json`), JSON.stringify({ v2 }));
  };
  add('web-api', 'main');
  company.repository.commit('the owner', {});
  add('web', 'api-main');
  const review = await reviewOf(company);
  assert.equal(
    review.clusters.map(({ heldBack, instances }) => [heldBack, instances.length]),
    [[['web.api-main'], 0]],
  );
  rmSync(at('web-api'), { recursive: true });
  assert.equal((await reviewOf(company)).clusters[0]!.heldBack, [], 'what is gone has no owner');
});

test('what a file that cannot be read and a broken cluster hold is told as held back', async () => {
  const company = exampleCompany('review-held-whole');
  company.edit('soa-configs/shopfront/kubernetes-north-prod.yaml', /$/, '  x: [\n');
  const ofFile = await reviewOf(company);
  assert.equal(
    ofFile.clusters.map(({ cluster, heldBack }) => [cluster, heldBack]),
    [['north-prod', ['shopfront.canary', 'shopfront.main']]],
  );
  assert.equal(ofFile.heldFiles, []);
  company.edit('system-config/north-prod/cluster.json', /^/, '{');
  const ofCluster = await reviewOf(company);
  assert.is(ofCluster.clusters[0]!.heldBack.length, 7);
  assert.equal(jobs(ofCluster), []);
});

test('a broken file of a service that the base does not have is told by its name in every form', async () => {
  const company = exampleCompany('review-held-file');
  mkdirSync(join(company.repository.dir, 'soa-configs/ledger'));
  writeFileSync(join(company.repository.dir, 'soa-configs/ledger/kubernetes-north-prod.yaml'), 'main: [\n');
  const review = await reviewOf(company);
  assert.equal(review.clusters, []);
  assert.equal(review.heldFiles, ['ledger/kubernetes-north-prod.yaml']);
  for (const draw of [reviewText, reviewMarkdown, reviewHtml]) {
    const drawn = draw(review, (text) => text).replace(/<.*?>|`/g, '');
    assert.match(drawn, 'what ledger/kubernetes-north-prod.yaml holds is held back by an error');
    assert.match(drawn, '1 file held back; no restart');
    assert.not.match(drawn, 'no change');
  }
});

test('a StatefulSet that becomes a Deployment is told as a move', async () => {
  const company = exampleCompany('review-stateful');
  company.edit(
    'soa-configs/kvstore/kubernetes-north-prod.yaml',
    /persistent_volumes:(?:\n {4,}.*| *\n {2,}- .*)+/,
    'extra_volumes: []',
  );
  const review = await reviewOf(company);
  const { risks, rows } = review.clusters[0]!.instances[0]!;
  assert.ok(risks.some(({ code }) => code === 'stateful-move'));
  assert.equal(rows[0], {
    ...{ field: 'kind', before: 'StatefulSet', after: 'Deployment' },
    causes: ['kvstore/kubernetes-north-prod.yaml:7 removed'],
  });
});

test('markdown fits a comment, counts what is left out, and keeps foreign text in code', async () => {
  const company = exampleCompany('review-markdown');
  const value = '"`@everyone` <script>alert(1)</script> ```x"';
  company.edit('soa-configs/catalog/kubernetes-north-prod.yaml', 'mem: 4096', `mem: 4096\n  env: {A: ${value}}`);
  const { out } = await company.call('review', '-o', 'markdown');
  assert.match(out, '```` `@everyone` <script>alert(1)</script> ```x ````');
  const env = Array.from({ length: 900 }, (_, at) => `    V${at}: "${'x'.repeat(100)}"`).join('\n');
  company.edit('soa-configs/shopfront/kubernetes-north-prod.yaml', /^main:\n/m, `main:\n  env:\n${env}\n`);
  const long = await company.call('review', '-o', 'markdown');
  assert.ok(long.out.length <= 60_000, String(long.out.length));
  assert.match(long.out, /and \d+ more parts? of this report/);
});

test('the page loads nothing, runs only its own script, and escapes foreign text', async () => {
  const company = exampleCompany('review-html');
  company.edit(
    'soa-configs/catalog/kubernetes-north-prod.yaml',
    'mem: 4096',
    `mem: 4096\n  env: {A: "</script><img src=x onerror=alert(1)>"}`,
  );
  const file = join(company.repository.dir, 'report.html');
  const { status, out } = await company.call('review', '-o', 'html', '--report-file', 'report.html');
  assert.is(status, 0);
  assert.is(out, '');
  const { readFileSync } = await import('node:fs');
  const page = readFileSync(file, 'utf8');
  assert.match(page, /default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'/);
  assert.not.match(page, '<img');
  assert.not.match(page, /(?:src|href)=["']/);
  assert.is(page.match(/<script>/g)?.length, 1);
  assert.match(page, /<article class="changed" data-cluster="north-prod" data-team="storefront"/);
  for (const id of ['cluster', 'team', 'risk']) assert.match(page, `<label for="${id}">`);
});

test('a revision that does not exist is a sentence and status 6', async () => {
  const company = exampleCompany('review-missing');
  const { status, err } = await company.call('review', '--base', 'nowhere');
  assert.is(status, 6);
  assert.is(err, 'paasta-gitops: error: there is no revision "nowhere"\n');
});

test('lines that a CI system would take for commands are broken', async () => {
  const company = exampleCompany('review-commands');
  writeFileSync(
    join(company.repository.dir, 'soa-configs/catalog/kubernetes-north-prod.yaml'),
    `main:\n  deploy_group: prod.main\n  env: {A: "x\\n::error::boo\\n"}\n`,
  );
  const { out } = await company.call('review', '--diff');
  assert.not.match(out, /^\s*::/m);
});

test.run();
