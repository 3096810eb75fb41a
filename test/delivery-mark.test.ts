import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeploymentsDocument } from '../delivery/deployments-document.ts';
import { testCompany, type TestCompany, type TestService } from './support/delivery-company.ts';

const FILES = {
  'kubernetes-eu-prod.yaml': 'main:\n  deploy_group: prod\ncanary:\n  deploy_group: canary\n',
  'eks-us-prod.yaml': 'main:\n  deploy_group: prod\n',
};

function companyWithWeb(name: string): { company: TestCompany; web: TestService } {
  const company = testCompany(name);
  const web = company.addService('web', FILES);
  company.publishConfig();
  return { company, web };
}

function tagsOf(service: TestService): readonly string[] {
  return service.origin
    .git('tag', '--list')
    .split('\n')
    .filter((tag) => tag !== '');
}

function mark(company: TestCompany, group: string, sha: string, ...more: readonly string[]) {
  return company.call('mark', '-s', 'web', '-l', group, '-c', sha, '--allow-file', ...more);
}

/** deployments.json as the configuration repository has it. */
function committed(company: TestCompany, branch = 'main'): DeploymentsDocument {
  return JSON.parse(company.configOrigin.git('show', `${branch}:soa/web/deployments.json`)) as DeploymentsDocument;
}

test('mark makes a tag that generate takes over, and says what it did', async () => {
  const { company, web } = companyWithWeb('tagmark');
  const marked = await mark(company, 'prod', web.commits[1]!);
  assert.is(marked.status, 0, marked.err);
  assert.is(marked.out, `Marked ${web.commits[1]!} for deployment in deploy group prod\n`);
  assert.is(tagsOf(web).length, 1);
  const again = await mark(company, 'prod', web.commits[1]!);
  assert.match(again.out, 'is marked in deploy group prod already');
  assert.is(tagsOf(web).length, 1);
  await company.call('deployments', 'generate', '--allow-file');
  assert.is(company.deploymentsOf('web').v2.deployments['prod']?.git_sha, web.commits[1]);
  const version = await company.call('get', 'version', '-s', 'web', '-l', 'prod');
  assert.is(version.out, `${web.commits[1]!}\n`);
  const image = await company.call('get', 'image', '-s', 'services-web/', '-l', 'prod');
  assert.is(image.out, `registry.example.com:5000/services-web:paasta-${web.commits[1]!}\n`);
});

test('a short commit is looked up among what branches and tags lead to', async () => {
  const { company, web } = companyWithWeb('short');
  assert.is((await mark(company, 'prod', web.commits[2]!.slice(0, 10))).status, 0);
  const unknown = await mark(company, 'prod', web.commits[0]!.slice(0, 10));
  assert.is(unknown.status, 1);
  assert.match(unknown.err, 'stands for 0 commits');
});

test('the event log has a line and an audit line as PaaSTA writes them', async () => {
  const { company, web } = companyWithWeb('log');
  await mark(company, 'prod', web.commits[1]!, '--image-version', 'v2');
  const [line, audit] = company.events();
  assert.match(String(line?.['timestamp']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/);
  assert.equal(
    { ...line, timestamp: '' },
    {
      cluster: 'N/A',
      component: 'deploy',
      instance: 'N/A',
      level: 'event',
      message: `Marked ${web.commits[1]!}-v2 for deployment in deploy group prod`,
      service: 'web',
      timestamp: '',
    },
  );
  assert.equal(
    { ...audit, timestamp: '', host: '' },
    {
      action: 'mark-for-deployment',
      action_details: { commit: web.commits[1], deploy_group: 'prod', image_version: 'v2' },
      cluster: 'N/A',
      host: '',
      instance: 'N/A',
      service: 'web',
      timestamp: '',
      user: 'ann',
    },
  );
});

test('an unknown log driver stops the verb before anything is done', async () => {
  const company = testCompany('driver', { log_writer: { driver: 'scribe' } });
  const web = company.addService('web', FILES);
  const { status, err } = await mark(company, 'prod', web.commits[1]!);
  assert.is(status, 1);
  assert.match(err, 'found "scribe"');
  assert.match(err, /use "file"/);
  assert.equal(tagsOf(web), []);
});

test('a group that no instance is in is marked with a warning', async () => {
  const { company, web } = companyWithWeb('unused');
  const { status, err } = await mark(company, 'nobody', web.commits[1]!);
  assert.is(status, 0);
  assert.match(err, 'no instance of web is in deploy group "nobody"\n');
  const near = await mark(company, 'prdo', web.commits[1]!);
  assert.match(near.err, 'no instance of web is in deploy group "prdo"; did you mean "prod"?\n');
});

test('mark in file mode is a commit; from then on the service is in file mode', async () => {
  const { company, web } = companyWithWeb('filemark');
  const { status, out, err } = await mark(company, 'prod', web.commits[1]!, '--mode', 'file', '-o', 'json');
  assert.is(status, 0, err);
  const report = JSON.parse(out) as Record<string, unknown>;
  assert.is(report['commit'], company.configOrigin.git('rev-parse', 'main'));
  assert.equal(Object.keys(committed(company).v2.controls), ['web:eu-prod.main', 'web:us-prod.main']);
  company.config.git('pull', '-q', '--ff-only', 'origin', 'main');
  await mark(company, 'canary', web.commits[2]!);
  assert.is(committed(company).v2.deployments['canary']?.git_sha, web.commits[2]);
  assert.equal(tagsOf(web), []);
});

test('tags are refused where they would have no effect: commits change deployments.json', async () => {
  const company = testCompany('tag-in-file');
  const file = '{"source": "file", "v2": {"deployments": {}, "controls": {}}}';
  const web = company.addService('web', { ...FILES, 'deployments.json': file });
  company.publishConfig();
  const { status, out, err } = await mark(company, 'prod', web.commits[1]!, '--mode', 'tag');
  assert.equal([status, out], [1, '']);
  assert.match(err, 'web/deployments.json has "source": "file": no tag changes what it says');
  assert.equal(tagsOf(web), []);
});

test('mark on a branch is for a pull request', async () => {
  const { company, web } = companyWithWeb('pull');
  const base = company.configOrigin.git('rev-parse', 'main');
  const { out } = await mark(company, 'prod', web.commits[1]!, '--mode', 'file', '--branch', 'deploy/web');
  assert.match(out, 'on branch deploy/web');
  assert.is(company.configOrigin.git('rev-parse', 'main'), base);
  assert.is(committed(company, 'deploy/web').v2.deployments['prod']?.git_sha, web.commits[1]);
});

test('rollback lists, refuses what was never deployed, goes back, and check tells', async () => {
  for (const mode of ['tag', 'file']) {
    const { company, web } = companyWithWeb(`rollback-${mode}`);
    const flags = ['--allow-file', '--mode', mode];
    const rollback = (...args: readonly string[]) => company.call('rollback', '-s', 'web', ...args, ...flags);
    for (const sha of [web.commits[0]!, web.commits[2]!]) await mark(company, 'prod', sha, '--mode', mode);
    const pull = (): void => void company.config.git('pull', '-q', '--ff-only', 'origin', 'main');
    if (mode === 'file') pull();
    const listed = await rollback('-l', 'prod', '--list');
    assert.is(listed.status, 0, listed.err);
    assert.equal(
      new Set(
        listed.out
          .trim()
          .split('\n')
          .map((line) => line.split(/\s+/)[2]),
      ),
      new Set([web.commits[0], web.commits[2]]),
    );
    const missing = await rollback('-l', 'prod');
    assert.is(missing.status, 1);
    const never = await rollback('-l', 'prod', '-k', web.commits[1]!);
    assert.is(never.status, 1);
    assert.match(never.err, 'was never deployed');
    assert.is((await rollback('-l', 'prod', '-k', web.commits[2]!, '--check')).status, 0);
    const back = await rollback('-l', 'prod,nobody', '-k', web.commits[0]!);
    assert.is(back.status, 0, back.err);
    assert.match(back.err, '"nobody"');
    assert.match(back.out, `Rolled back prod from ${web.commits[2]!} to ${web.commits[0]!}`);
    if (mode === 'file') pull();
    const checked = await rollback('-l', 'prod', '-k', web.commits[2]!, '--check');
    assert.is(checked.status, 1, checked.err);
    assert.match(checked.out, 'ROLLED BACK');
    const warned = await mark(company, 'prod', web.commits[2]!, '--mode', mode);
    assert.match(warned.err, 'was rolled back in prod before');
    await rollback('-l', 'prod', '-k', web.commits[0]!);
    const again = await rollback('-l', 'prod', '-k', web.commits[0]!);
    assert.is(again.status, 1);
    assert.match(again.err, 'nothing was rolled back there');
  }
});

test('rollback of all groups leaves out what was never deployed there, and an unreachable repository is no answer', async () => {
  const { company, web } = companyWithWeb('all');
  for (const group of ['prod', 'canary']) await mark(company, group, web.commits[0]!);
  await mark(company, 'prod', web.commits[1]!);
  const back = await company.call('rollback', '-s', 'web', '-a', '-k', web.commits[0]!, '--allow-file', '-o', 'json');
  assert.is(back.status, 1);
  assert.match(back.err, 'is what canary runs already');
  const both = await company.call('rollback', '-s', 'web', '-a', '-l', 'prod', '-k', web.commits[0]!, '--allow-file');
  assert.equal([both.status, /-a means all of them/.test(both.err)], [2, true]);
  const unreachable = ['-u', 'file:///nonexistent', '--allow-file', '--check', '-l', 'prod', '-k', web.commits[0]!];
  assert.is((await company.call('rollback', '-s', 'web', ...unreachable)).status, 2);
  assert.is((await company.call('rollback', '-s', 'wob', '--check', '-l', 'prod', '-k', web.commits[0]!)).status, 2);
});

test('stop, start and restart change the state of instances in both modes', async () => {
  for (const mode of ['tag', 'file']) {
    const { company, web } = companyWithWeb(`state-${mode}`);
    await mark(company, 'prod', web.commits[1]!, '--mode', mode);
    const change = (...args: readonly string[]) => company.call(...args, '-s', 'web', '--allow-file', '--mode', mode);
    const state = async (): Promise<string | undefined> => {
      if (mode === 'file') return committed(company).v2.controls['web:eu-prod.main']?.desired_state;
      await company.call('deployments', 'generate', '--allow-file');
      return company.deploymentsOf('web').v2.controls['web:eu-prod.main']?.desired_state;
    };
    const stopped = await change('stop', '-c', 'eu-prod', '-i', 'main');
    assert.is(stopped.status, 0, stopped.err);
    assert.is(await state(), 'stop');
    assert.match((await change('stop', '-c', 'eu-prod', '-i', 'main')).out, 'is stopped already');
    assert.is((await change('start', '-c', 'eu-prod', '-i', 'main')).status, 0);
    assert.is(await state(), 'start');
    const all = await change('restart');
    assert.is(all.status, 1);
    assert.match(all.err, 'nothing is deployed to canary');
    assert.match(all.out, 'us-prod.main: restart requested');
    const events = company.events().map((event) => event['message'] ?? event['action']);
    assert.ok(
      events.some((text) =>
        String(text).startsWith("Issued request to change state of main (an instance of web) to 'stop'"),
      ),
    );
    assert.ok(events.includes('stop') && events.includes('start'));
  }
});

test('stop asks for cluster and instance; an instance that is not there is answered with those that are', async () => {
  const { company } = companyWithWeb('narrow');
  assert.is((await company.call('stop', '-s', 'web', '-c', 'eu-prod')).status, 2);
  const none = await company.call('stop', '-s', 'web', '-c', 'eu-prod', '-i', 'nope', '--allow-file');
  assert.is(none.status, 1);
  assert.match(none.err, 'eu-prod.canary');
});

test('an image version is used again while it is young, and only where redeploys are on', async () => {
  const { company, web } = companyWithWeb('version');
  const get = (...args: readonly string[]) =>
    company.call('get', 'image-version', '-s', 'web', '-c', web.commits[0]!, ...args);
  const none = await get();
  assert.is(none.status, 0);
  assert.is(none.out, '');
  writeFileSync(
    join(company.soaDir, 'web/deploy.yaml'),
    'pipeline:\n- step: prod\n  enable_automated_redeploys: true\n',
  );
  const fresh = await get();
  assert.match(fresh.out, /^\d{8}T\d{6}\n$/);
  await mark(company, 'prod', web.commits[0]!, '--image-version', '20200101T000000');
  await mark(company, 'canary', web.commits[0]!, '--image-version', '20200102T000000-x');
  await company.call('deployments', 'generate', '--allow-file');
  assert.is((await get('--max-age', '999999999')).out, '20200102T000000-x\n');
  assert.match((await get()).out, /^20(2[1-9]|[3-9])/);
  assert.match((await get('--max-age', '999999999', '--force')).out, /^20(2[1-9]|[3-9])/);
});

test('what is not deployed has no version and no image', async () => {
  const { company } = companyWithWeb('nothing');
  for (const subject of ['version', 'image']) {
    const { status, err } = await company.call('get', subject, '-s', 'web', '-l', 'prod');
    assert.is(status, 1);
    assert.match(err, 'knows no deployment');
  }
  assert.is((await company.call('get', 'commit', '-s', 'web')).status, 2);
});

test('a service without code cannot be marked, one outside a git repository not in file mode', async () => {
  const company = testCompany('nocode');
  const tool = company.addService('web', { ...FILES, 'service.yaml': 'git_url: null\n' });
  assert.match((await mark(company, 'prod', tool.commits[0]!)).err, 'has no code repository');
  const given = await mark(company, 'prod', tool.commits[0]!, '-u', `file://${tool.origin.dir}`);
  assert.is(given.status, 0, given.err);
});

test.run();
