import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallResult } from './support/delivery-company.ts';
import { exampleCompany, type ExampleCompany } from './support/example-company.ts';
import { bareRepository, cloneOf, type TestRepository } from './support/git-repository.ts';
import { hostFixture, playHost } from './support/host-player.ts';

const MAIN = 'soa-configs/catalog/kubernetes-north-prod.yaml';
const FILE = 'clusters/north-prod/paastasvc-catalog/catalog-main.yaml';

interface Setting {
  readonly company: ExampleCompany;
  readonly remote: TestRepository;
  publish(...flags: readonly string[]): Promise<CallResult>;
}

function setting(name: string): Setting {
  const remote = bareRepository(`${name}-output`);
  const company = exampleCompany(name, `publish: {repo: "${remote.dir}"}\n`);
  return { company, remote, publish: (...flags) => company.call('publish', '--allow-file', ...flags) };
}

function changeMemory({ company }: Setting, mem: number): string {
  company.edit(MAIN, /mem: \d+/, `mem: ${mem}`);
  return company.repository.commit(`mem ${mem}`, {});
}

function commits(remote: TestRepository, branch = 'main'): number {
  return Number(remote.git('rev-list', '--count', branch));
}

test('the first run fills an empty repository and the second finds nothing to do', async () => {
  const one = setting('publish-first');
  const first = await one.publish();
  assert.is(first.status, 0, first.err);
  assert.match(one.remote.git('show', `main:${FILE}`), 'kind: Deployment');
  assert.is(commits(one.remote), 1);
  const again = await one.publish();
  assert.is(again.status, 0);
  assert.match(again.out, 'Nothing to publish');
  assert.is(commits(one.remote), 1);
});

test('a commit says what changed and where it comes from', async () => {
  const one = setting('publish-message');
  await one.publish();
  const revision = changeMemory(one, 8192);
  const { status, err } = await one.publish();
  assert.is(status, 0, err);
  const message = one.remote.git('log', '-1', '--format=%B', 'main').split('\n');
  assert.is(message[0], 'north-prod: catalog.main config (1 service, 1 object)');
  assert.is(message[2], 'catalog.main: memory 4Gi → 8Gi [restart 12 pods]');
  const trailers = one.remote.git('log', '-1', '--format=%(trailers)', 'main');
  assert.match(trailers, `Source-Revision: ${revision}\n`);
  assert.match(trailers, /Source-Deployments: [0-9a-f]{64}\nGenerator: paasta-gitops\/\S+\nCluster: north-prod/);
  assert.equal(one.remote.git('diff', '--name-only', 'main~1', 'main').split('\n'), [
    '.paasta-gitops/north-prod.json',
    FILE,
  ]);
});

test('changes that are not committed are not published', async () => {
  const one = setting('publish-dirty');
  await one.publish();
  one.company.edit(MAIN, 'mem: 4096', 'mem: 8192');
  const { out, err } = await one.publish();
  assert.match(out, 'Nothing to publish');
  assert.match(err, 'changes that are not committed are not published');
});

test('files written by hand stay, and one in the way of a rendered file stops the run', async () => {
  const one = setting('publish-hand-written');
  const mine = 'clusters/north-prod/paastasvc-catalog/mine.yaml';
  const work = cloneOf(one.remote, 'hand');
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine, namespace: paastasvc-catalog}\n';
  work.commit('mine', { [mine]: text, 'README.md': 'by hand\n' });
  work.commit('ignore', { '.gitignore': '*.yaml\n' });
  work.git('push', '-q', 'origin', 'main');
  assert.is((await one.publish()).status, 0);
  assert.is(one.remote.git('show', `main:${mine}`), text.trim());
  assert.is(one.remote.git('show', 'main:README.md'), 'by hand');
  assert.match(one.remote.git('show', 'main:clusters/north-prod/paastasvc-catalog/kustomization.yaml'), '- mine.yaml');
  const other = setting('publish-collision');
  const blocker = cloneOf(other.remote, 'blocker');
  blocker.commit('in the way', { [FILE]: text });
  blocker.git('push', '-q', 'origin', 'main');
  const { status, out } = await other.publish();
  assert.is(status, 6);
  assert.match(out, FILE);
  assert.is(commits(other.remote), 1);
});

test('a manual edit is written over and named, or stops the run', async () => {
  const one = setting('publish-edit');
  await one.publish();
  const work = cloneOf(one.remote, 'edit');
  work.commit('edit', { [FILE]: '# mine now\n' });
  work.git('push', '-q', 'origin', 'main');
  const failing = await one.publish('--on-manual-edit', 'fail');
  assert.is(failing.status, 4);
  assert.match(failing.out, FILE);
  assert.is(one.remote.git('show', `main:${FILE}`), '# mine now');
  const { status, out } = await one.publish();
  assert.is(status, 0);
  assert.match(out, `manual edit overwritten: ${FILE}`);
  assert.match(one.remote.git('log', '-1', '--format=%B', 'main'), `manual edit overwritten: ${FILE}`);
  assert.match(one.remote.git('show', `main:${FILE}`), 'kind: Deployment');
});

test('a file of ours that was removed by hand comes back', async () => {
  const one = setting('publish-removed');
  await one.publish();
  const work = cloneOf(one.remote, 'remove');
  work.commit('remove', { [FILE]: null });
  work.git('push', '-q', 'origin', 'main');
  assert.is((await one.publish()).status, 0);
  assert.match(one.remote.git('show', `main:${FILE}`), 'kind: Deployment');
});

test('removing more than half of a cluster needs --force-prune', async () => {
  const one = setting('publish-guard');
  await one.publish();
  const before = one.remote.git('rev-parse', 'main');
  for (const service of ['catalog', 'cart_api', 'mail_worker', 'shopfront']) {
    rmSync(join(one.company.repository.dir, 'soa-configs', service), { recursive: true });
  }
  one.company.repository.commit('gone', {});
  const { status, out } = await one.publish();
  assert.is(status, 4);
  assert.match(out, 'of 7 instances of north-prod would be removed');
  assert.is(one.remote.git('rev-parse', 'main'), before);
  const forced = await one.publish('--force-prune');
  assert.is(forced.status, 0, forced.err);
  assert.not.match(one.remote.git('ls-tree', '-r', '--name-only', 'main'), 'catalog');
});

test('an older revision is superseded; going back holds the cluster until it is resumed', async () => {
  const one = setting('publish-hold');
  const old = one.company.repository.git('rev-parse', 'HEAD');
  await one.publish();
  changeMemory(one, 8192);
  await one.publish();
  const late = await one.publish('--rev', old);
  assert.is(late.status, 0);
  assert.match(late.out, /^Superseded: north-prod was published from/);
  assert.match(one.remote.git('show', `main:${FILE}`), 'memory: "8Gi"');

  const back = await one.publish('--rev', old, '--allow-older');
  assert.is(back.status, 0, back.err + back.out);
  assert.match(back.out, 'is held there');
  assert.match(one.remote.git('show', `main:${FILE}`), 'memory: "4Gi"');
  assert.is((await one.publish('--rev', old)).status, 0);

  changeMemory(one, 9216);
  const held = await one.publish();
  assert.is(held.status, 4);
  assert.match(held.out, `north-prod is held at ${old.slice(0, 10)}`);
  const resumed = await one.publish('--resume');
  assert.is(resumed.status, 0, resumed.err);
  assert.match(one.remote.git('show', `main:${FILE}`), 'memory: "9Gi"');
  assert.not.match(one.remote.git('ls-tree', '-r', '--name-only', 'main'), '.hold');
});

test('a revision in the message of somebody else is not believed', async () => {
  const one = setting('publish-trailer');
  await one.publish();
  const newer = changeMemory(one, 8192);
  const work = cloneOf(one.remote, 'liar');
  work.commit(`lie\n\nSource-Revision: ${newer}`, { 'clusters/north-prod/note.md': 'x\n' });
  work.git('push', '-q', 'origin', 'main');
  const { out } = await one.publish('--rev', 'HEAD~1');
  assert.match(out, 'Nothing to publish');
});

test('no secret is in a message, a report or the text of a pull request', async () => {
  const one = setting('publish-secret');
  one.company.edit(
    MAIN,
    'mem: 4096',
    'mem: 4096\n  env: {DB_PASSWORD: first-hunter2, UPSTREAM: "https://bob:first-hunter2@host/"}',
  );
  one.company.repository.commit('secret', {});
  await one.publish();
  one.company.edit(MAIN, /first-hunter2/g, 'second-hunter2');
  one.company.repository.commit('secret again', {});
  const printed = await one.publish('--pr', 'print');
  const done = await one.publish('-o', 'json');
  assert.match(printed.out, '<hidden #1>');
  const message = one.remote.git('log', '--format=%B', 'main');
  assert.match(message, /catalog\.main: env DB_PASSWORD <hidden #\d+> → <hidden #\d+>/);
  for (const text of [printed.out, printed.err, done.out, done.err, message]) assert.not.match(text, 'hunter2');
});

test('a branch that is misspelt is not made', async () => {
  const one = setting('publish-branch');
  await one.publish();
  const { status, err } = await one.publish('--branch', 'mian');
  assert.is(status, 1);
  assert.match(err, 'has no branch mian');
});

test('a cluster, a revision or a folder that cannot be meant is wrong usage, and nothing else is said', async () => {
  const { publish, remote } = setting('publish-usage');
  for (const [flags, why] of [
    [['-c', 'north-prd'], /there is no cluster "north-prd"[^]*did you mean "north-prod"\?/],
    [['--rev', 'nowhere'], /there is no revision "nowhere"/],
    [['--folder', '/manifests'], /leave out the leading "\/"/],
  ] as const) {
    const { status, out, err } = await publish(...flags);
    assert.equal([status, out], [6, ''], err);
    assert.match(err, why);
  }
  assert.is(remote.git('branch', '--list'), '');
});

test('what git does not tell of the checkout ends the run before anything is published', async () => {
  const { company, remote, publish } = setting('publish-unknown');
  writeFileSync(join(company.repository.dir, '.git/config'), '[core\n');
  const broken = await publish();
  assert.equal([broken.status, broken.out], [6, ''], broken.err);
  assert.match(broken.err, 'bad config');
  rmSync(join(company.repository.dir, '.git'), { recursive: true });
  const without = await publish('--rev', 'main');
  assert.equal([without.status, without.out], [6, ''], without.err);
  assert.match(without.err, 'is in no git repository');
  assert.is(remote.git('branch', '--list'), '');
});

test('what an error holds back keeps its file, and the run says so', async () => {
  const one = setting('publish-held-back');
  await one.publish();
  one.company.edit(MAIN, 'cpus: 1.5', 'cpus: [1]');
  one.company.edit('soa-configs/shopfront/kubernetes-north-prod.yaml', /^/, 'extra:\n  deploy_group: prod.main\n');
  one.company.repository.commit('broken', {});
  const { status, err } = await one.publish();
  assert.is(status, 1);
  assert.match(err, 'kubernetes-north-prod.yaml');
  assert.match(one.remote.git('show', `main:${FILE}`), 'kind: Deployment');
  assert.match(one.remote.git('ls-tree', '-r', '--name-only', 'main'), 'shopfront-extra.yaml');
});

test('an index that cannot be read or is gone is told, with the command that makes a new one', async () => {
  const one = setting('publish-index');
  await one.publish();
  const work = cloneOf(one.remote, 'index');
  const index = '.paasta-gitops/north-prod.json';
  work.commit('spoil', { [index]: '{' });
  work.git('push', '-q', 'origin', 'main');
  const broken = await one.publish();
  assert.is(broken.status, 1);
  assert.match(broken.err, /index-broken.*\n.* paasta-gitops publish --rebuild-index/);
  assert.match(broken.err, /^\.paasta-gitops\/north-prod\.json: error: /m);
  assert.is(
    broken.out,
    'Nothing published: an error holds back what it feeds, and the output repository holds the rest already\n',
  );
  work.commit('lose', { [index]: null });
  work.git('push', '-q', 'origin', 'main');
  changeMemory(one, 8192);
  const lost = await one.publish();
  assert.is(lost.status, 0, lost.err);
  assert.match(lost.err, /warning: .*index-missing.*\n.* paasta-gitops publish --rebuild-index/);
  assert.match(lost.out, 'north-prod: catalog.main config (1 service, 1 object)');
  assert.is((await one.publish()).err, '');
  const below = cloneOf(one.remote, 'index-below');
  below.commit('spoil below', { [`rendered/${index}`]: '{' });
  below.git('push', '-q', 'origin', 'main');
  const { err } = await one.publish('--folder', 'rendered');
  assert.match(err, /^rendered\/\.paasta-gitops\/north-prod\.json: error: /m);
});

test('printing a pull request pushes nothing', async () => {
  const one = setting('publish-print');
  await one.publish();
  changeMemory(one, 8192);
  const { status, out } = await one.publish('--pr', 'print');
  assert.is(status, 0);
  assert.match(out, /^north-prod: catalog\.main config .*\n\n### Rendered changes/);
  assert.is(commits(one.remote), 1);
  assert.is(one.remote.git('branch', '--list').trim(), '* main');
});

for (const [host, token, api] of [
  ['github', 'GITHUB_TOKEN', 'GITHUB_API_URL'],
  ['gitlab', 'GITLAB_TOKEN', 'CI_API_V4_URL'],
  ['gitea', 'GITEA_TOKEN', 'GITEA_API_URL'],
] as const) {
  test(`a pull request at ${host} is made once and then brought up to date`, async () => {
    const one = setting(`publish-${host}`);
    await one.publish();
    for (const [mem, isOpen] of [
      [8192, false],
      [9216, true],
    ] as const) {
      changeMemory(one, mem);
      await playHost(host, { token: 'token-of-host', isOpen }, async ({ url, asked, bodies, mistakes }) => {
        const env = { [token]: 'token-of-host', [api]: url, PAASTA_GITOPS_PR_REPOSITORY: 'o/r' };
        const flags = ['--allow-file', '--pr', host, '--rolling'];
        const { status, out, err } = await one.company.callWith(env, 'publish', ...flags);
        assert.is(status, 0, err);
        assert.match(out, `Pull request: ${hostFixture(host).url}`);
        assert.not.match(out + err, 'token-of-host');
        assert.is(asked.at(-1), isOpen ? 'update' : 'create');
        assert.equal(mistakes, []);
        assert.match(JSON.stringify(bodies), 'Rendered changes');
      });
    }
    assert.is(commits(one.remote), 1);
    assert.is(commits(one.remote, 'paasta-gitops/all'), 3);
  });
}

test('a pull request that the host refuses is told, and the branch is pushed', async () => {
  const one = setting('publish-refused');
  await one.publish();
  changeMemory(one, 8192);
  await playHost('github', { token: 'another' }, async ({ url }) => {
    const env = { GITHUB_TOKEN: 'token-of-host', GITHUB_API_URL: url, PAASTA_GITOPS_PR_REPOSITORY: 'o/r' };
    const { status, err } = await one.company.callWith(env, 'publish', '--allow-file', '--pr', 'github', '--rolling');
    assert.is(status, 1);
    assert.match(err, 'status 401');
    assert.not.match(err, 'token-of-host');
  });
  const { status, err } = await one.publish('--pr', 'github', '--rolling');
  assert.is(status, 1);
  assert.match(err, 'the branch paasta-gitops/all is pushed; a pull request needs a token in GITHUB_TOKEN or GH_TOKEN');
  assert.is(commits(one.remote, 'paasta-gitops/all'), 2);
});

test('a proposal follows its base: the branch that others moved becomes a parent, nothing is forced', async () => {
  const one = setting('publish-rolling');
  await one.publish();
  changeMemory(one, 8192);
  const env = { GITHUB_TOKEN: 'x', PAASTA_GITOPS_PR_REPOSITORY: 'o/r' };
  const flags = ['publish', '--allow-file', '--pr', 'github', '--rolling'] as const;
  const propose = async (): Promise<void> => {
    await playHost('github', { token: 'x' }, async ({ url }) => {
      const { status, err } = await one.company.callWith({ ...env, GITHUB_API_URL: url }, ...flags);
      assert.is(status, 0, err);
    });
  };
  await propose();
  const first = one.remote.git('rev-parse', 'paasta-gitops/all');
  await propose();
  assert.is(one.remote.git('rev-parse', 'paasta-gitops/all'), first);
  const work = cloneOf(one.remote, 'other');
  const moved = work.commit('other', { 'README.md': 'x\n' });
  work.git('push', '-q', 'origin', 'main');
  await propose();
  assert.is(one.remote.git('log', '-1', '--format=%P', 'paasta-gitops/all'), `${first} ${moved}`);
  assert.is(one.remote.git('diff', '--name-only', 'main', 'paasta-gitops/all').split('\n').length, 2);
});

test.run();
