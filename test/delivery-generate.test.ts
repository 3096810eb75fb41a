import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testCompany, type TestCompany } from './support/delivery-company.ts';
import { tempDir } from './support/git-repository.ts';

const MAIN = 'main:\n  deploy_group: prod\n';

async function generate(company: TestCompany, ...args: readonly string[]) {
  return company.call('deployments', 'generate', '--allow-file', ...args);
}

test('the tags of every service become its deployments.json', async () => {
  const company = testCompany('generate');
  const web = company.addService('web', {
    'kubernetes-eu-prod.yaml': MAIN,
    'eks-us-prod.yaml': 'main:\n  cpus: 1\n',
    'adhoc-eu-prod.yaml': 'shell:\n  deploy_group: prod\n',
  });
  company.addService('api', { 'kubernetes-eu-prod.yaml': MAIN });
  web.origin.git('tag', 'paasta-prod-20260101T000000-deploy', web.commits[0]!);
  web.origin.git('tag', '-a', '-m', 'annotated', 'paasta-prod+v2-20260102T000000-deploy', web.commits[1]!);
  web.origin.git('tag', 'paasta-eu-prod.main-20260103T000000-stop', web.commits[1]!);
  const { status, out, err } = await generate(company);
  assert.is(status, 0, err);
  assert.match(out, '2 changed, 0 unchanged, 0 failed');
  const { v2 } = company.deploymentsOf('web');
  assert.equal(v2.deployments, {
    prod: { docker_image: `services-web:paasta-${web.commits[1]!}-v2`, git_sha: web.commits[1], image_version: 'v2' },
  });
  assert.equal(v2.controls, {
    'web:eu-prod.main': { desired_state: 'stop', force_bounce: '20260103T000000' },
    'web:eu-prod.shell': { desired_state: 'start', force_bounce: null },
  });
  assert.equal(company.deploymentsOf('api').v2, { deployments: {}, controls: {} });
});

test('a file that says the same is not touched; another style only on request', async () => {
  const company = testCompany('untouched');
  const web = company.addService('web', { 'kubernetes-eu-prod.yaml': MAIN });
  web.origin.git('tag', 'paasta-prod-20260101T000000-deploy', web.commits[0]!);
  const file = join(company.soaDir, 'web/deployments.json');
  await generate(company, '--style', 'paasta');
  const before = statSync(file).ino;
  assert.not.match(readFileSync(file, 'utf8'), '\n');
  assert.match((await generate(company)).out, '0 changed, 1 unchanged');
  assert.match((await generate(company, '--style', 'paasta')).out, '0 changed, 1 unchanged');
  assert.is(statSync(file).ino, before);
  assert.match((await generate(company, '--style', 'pretty')).out, '1 changed');
  assert.ok(readFileSync(file, 'utf8').endsWith('}\n'));
});

test('one service that fails never stops another, and the status tells', async () => {
  const company = testCompany('failing');
  const good = company.addService('good', { 'kubernetes-eu-prod.yaml': MAIN });
  good.origin.git('tag', 'paasta-prod-20260101T000000-deploy', good.commits[0]!);
  company.addService('broken', { 'kubernetes-eu-prod.yaml': 'main: [\n' });
  company.addService('gone', {
    'kubernetes-eu-prod.yaml': MAIN,
    'service.yaml': 'git_url: file:///nonexistent/repository\n',
  });
  company.addService('evil', { 'kubernetes-eu-prod.yaml': MAIN, 'service.yaml': 'git_url: "ext::sh -c id"\n' });
  company.addService('group', { 'kubernetes-eu-prod.yaml': 'main:\n  deploy_group: "{nope}"\n' });
  writeFileSync(join(company.soaDir, 'gone/deployments.json'), '{"old": 1}');
  const { status, out, err } = await generate(company, '-j', '2');
  assert.is(status, 1);
  assert.match(out, '1 changed, 0 unchanged, 4 failed');
  for (const text of ['broken/kubernetes-eu-prod.yaml:', 'gone: ', 'evil: git_url', 'bad-deploy-group'])
    assert.match(err, text);
  assert.is(readFileSync(join(company.soaDir, 'gone/deployments.json'), 'utf8'), '{"old": 1}');
  assert.ok(existsSync(join(company.soaDir, 'good/deployments.json')));
});

test('services without code, without instances and changed by commits are told apart', async () => {
  const company = testCompany('kinds');
  company.addService('toolbox', { 'adhoc-eu-prod.yaml': MAIN, 'service.yaml': 'git_url: null\n' });
  company.addService('library', {});
  company.addService('filed', { 'kubernetes-eu-prod.yaml': MAIN, 'deployments.json': '{"source": "file", "v2": {}}' });
  const { status, out } = await generate(company, '-o', 'json');
  assert.is(status, 0);
  assert.equal(JSON.parse(out), [
    { service: 'filed', result: 'file-mode' },
    { service: 'library', result: 'no-instances' },
    { service: 'toolbox', result: 'changed', notDeployed: [], warnings: [] },
  ]);
  assert.equal(company.deploymentsOf('toolbox'), { v1: {}, v2: { deployments: {}, controls: {} } });
  assert.not.ok(existsSync(join(company.soaDir, 'library/deployments.json')));
});

test('a local repository needs --allow-file, and a service must exist', async () => {
  const company = testCompany('refused');
  company.addService('web', { 'kubernetes-eu-prod.yaml': MAIN });
  const refused = await company.call('deployments', 'generate', '-s', 'web');
  assert.is(refused.status, 1);
  assert.match(refused.err, '--allow-file');
  assert.match((await generate(company, '-s', 'wob')).err, 'no service "wob"');
  assert.is((await company.call('deployments', 'compute')).status, 2);
});

test('an instance of another service, a null group and a tron action without one stay out', async () => {
  const company = testCompany('odd');
  const web = company.addService('web', {
    'kubernetes-eu-prod.yaml':
      'main:\n  deploy_group: "{cluster}.x"\nother:\n  service: api\noff:\n  deploy_group: null\n',
    'tron-eu-prod.yaml':
      'job:\n  deploy_group: batch\n  actions:\n    one: {command: x}\n    two: {command: x, deploy_group: eu-prod.x}\nlone:\n  actions:\n    three: {command: x}\n',
  });
  for (const group of ['eu-prod.x', 'batch', 'eu-prod.other', 'None']) {
    web.origin.git('tag', `paasta-${group}-20260101T000000-deploy`, web.commits[0]!);
  }
  await generate(company);
  const { v2 } = company.deploymentsOf('web');
  assert.equal(Object.keys(v2.controls), ['web:eu-prod.job.one', 'web:eu-prod.job.two', 'web:eu-prod.main']);
  assert.equal(Object.keys(v2.deployments), ['batch', 'eu-prod.x']);
});

test('with --commit each changed service is one pushed commit, and a second run makes none', async () => {
  const company = testCompany('commit');
  for (const name of ['web', 'api', 'idle']) {
    const service = company.addService(name, { 'kubernetes-eu-prod.yaml': MAIN });
    if (name !== 'idle') service.origin.git('tag', 'paasta-prod-20260101T000000-deploy', service.commits[0]!);
  }
  company.publishConfig();
  await generate(company, '-s', 'idle');
  company.publishConfig();
  const before = company.configOrigin.git('rev-parse', 'main');
  const { status, err } = await generate(company, '--commit');
  assert.is(status, 0, err);
  assert.equal(company.configOrigin.git('log', '--format=%s', `${before}..main`).split('\n').sort(), [
    'api: take over what was marked',
    'web: take over what was marked',
  ]);
  assert.match((await generate(company, '--commit')).out, '0 changed, 3 unchanged');
});

test('leftovers of a killed run go away, those of a living one stay', async () => {
  const company = testCompany('leftovers');
  company.addService('web', { 'kubernetes-eu-prod.yaml': MAIN });
  const folder = join(company.soaDir, 'web');
  writeFileSync(join(folder, '.deployments.json.999999999.tmp'), '{"v1"');
  writeFileSync(join(folder, '.deployments.json.1.tmp'), '');
  await generate(company);
  assert.equal(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    ['.deployments.json.1.tmp'],
  );
});

test('a service that is a link out of the tree is not written to', async () => {
  const company = testCompany('link');
  company.addService('web', { 'kubernetes-eu-prod.yaml': MAIN });
  const outside = tempDir('outside');
  mkdirSync(join(outside, 'x'));
  symlinkSync(join(outside, 'x'), join(company.soaDir, 'linked'));
  const { status } = await generate(company, '-s', 'linked');
  assert.is(status, 1);
  assert.equal(readdirSync(join(outside, 'x')), []);
});

test('a file that cannot be written is a message that names the service', async () => {
  const company = testCompany('unwritable');
  company.addService('web', { 'kubernetes-eu-prod.yaml': MAIN });
  mkdirSync(join(company.soaDir, `web/.deployments.json.${process.pid}.tmp`));
  const { status, err } = await generate(company);
  assert.is(status, 1);
  assert.match(err, 'error: web: ');
});

test.run();
