import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freeProxyPort, problemWithServiceName } from '../delivery/new-service.ts';
import { testCompany, type TestCompany } from './support/delivery-company.ts';
import { bareRepository, cloneOf, tempDir } from './support/git-repository.ts';

function create(company: TestCompany, name: string, ...more: readonly string[]) {
  return company.call('new', 'service', name, '--team', 'web-team', '--description', 'Serves: "pages" #1', ...more);
}

test('a new service passes validate --strict, can be marked, and synthesizes in every cluster', async () => {
  const company = testCompany('new');
  const origin = bareRepository('new-code');
  const work = cloneOf(origin, 'new-work');
  const sha = work.commit('start', { Makefile: 'itest:\n' });
  work.git('push', '-q', 'origin', 'main');
  const made = await create(
    company,
    'pages',
    '-u',
    `file://${origin.dir}`,
    '--allow-file',
    '--link',
    'https://wiki/pages',
  );
  assert.is(made.status, 0, made.err);
  assert.equal(readdirSync(join(company.soaDir, 'pages')).sort(), [
    'deploy.yaml',
    'kubernetes-eu-prod.yaml',
    'kubernetes-us-prod.yaml',
    'monitoring.yaml',
    'service.yaml',
    'smartstack.yaml',
  ]);
  const validated = await company.call('validate', '--strict');
  assert.is(validated.status, 0, validated.out);
  for (const cluster of ['eu-prod', 'us-prod']) {
    await company.call('mark', '-s', 'pages', '-l', `${cluster}.main`, '-c', sha, '--allow-file');
  }
  await company.call('deployments', 'generate', '--allow-file');
  const out = tempDir('new-out');
  const synth = await company.call('synth', '--out', out);
  assert.is(synth.status, 0, synth.err);
  for (const cluster of ['eu-prod', 'us-prod']) {
    const manifest = readFileSync(join(out, 'clusters', cluster, 'paastasvc-pages/pages-main.yaml'), 'utf8');
    assert.match(manifest, `services-pages:paasta-${sha}`);
  }
});

test('the proxy port is the lowest that no service and no file takes', async () => {
  const company = testCompany('ports');
  company.addService('one', {
    'smartstack.yaml': 'main: {proxy_port: 19000}\nadmin: {proxy_port: 19002}\nnone: {proxy_port: null}\n',
  });
  assert.match((await create(company, 'two')).out, 'proxy port 19001');
  assert.match((await create(company, 'three')).out, 'proxy port 19003');
  const taken = join(tempDir('etc'), 'services');
  writeFileSync(taken, 'x 19004/tcp # x\ny 19005/tcp\n');
  assert.match((await create(company, 'four', '--etc-services', taken)).out, 'proxy port 19006');
  assert.is(freeProxyPort(new Set(Array.from({ length: 2001 }, (_, index) => 19_000 + index))), null);
});

test('a chosen order of clusters is the order of deploying', async () => {
  const company = testCompany('order');
  company.addService('other', {});
  await create(company, 'web', '-c', 'us-prod', '-c', 'eu-prod');
  const deploy = readFileSync(join(company.soaDir, 'web/deploy.yaml'), 'utf8');
  assert.ok(deploy.indexOf('step: us-prod.main') < deploy.indexOf('step: eu-prod.main'));
  assert.match(deploy, 'production_deploy_group: eu-prod.main');
  assert.match((await create(company, 'api', '-c', 'mars')).err, 'no cluster "mars"');
});

/** One character too long when `_` counts twice. */
const DOUBLED = `aaa${'_b'.repeat(17)}`;

test('a name as long as the namespaces allow passes validate --strict', async () => {
  for (const name of ['x'.repeat(51), DOUBLED.slice(1)]) {
    const company = testCompany('long');
    assert.is((await create(company, name, '--link', 'https://wiki/long')).status, 0);
    const validated = await company.call('validate', '--strict');
    assert.is(validated.status, 0, validated.out);
  }
});

test('an existing service stays as it is, and names that cannot be are refused', async () => {
  const company = testCompany('taken');
  company.addService('web', {});
  const before = readFileSync(join(company.soaDir, 'web/service.yaml'), 'utf8');
  assert.match((await create(company, 'web')).err, 'exists already');
  assert.is(readFileSync(join(company.soaDir, 'web/service.yaml'), 'utf8'), before);
  writeFileSync(join(company.soaDir, 'plain'), '');
  assert.is((await create(company, 'plain')).status, 1);
  for (const name of [
    'Web',
    'a.b',
    '-x',
    'x-',
    '_x',
    '../x',
    'a b',
    '',
    '$(id)',
    'x'.repeat(52),
    DOUBLED,
    '_'.repeat(3),
  ]) {
    assert.type(problemWithServiceName(name), 'string', name);
    assert.is((await company.call('new', 'service', '--team', 't', '--description', 'd', '--', name)).status, 2, name);
  }
  assert.equal(
    readdirSync(company.soaDir).filter((name) => name.endsWith('.tmp')),
    [],
  );
  assert.is((await company.call('new', 'cluster', 'x')).status, 2);
  assert.is((await company.call('new', 'service', 'x')).status, 2);
  assert.not.ok(existsSync(join(company.soaDir, 'x')));
  mkdirSync(join(company.soaDir, 'empty'));
});

test.run();
