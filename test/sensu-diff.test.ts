import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { instanceWith } from './support/instance.ts';
import { monitoringWith } from './support/monitoring.ts';
import { HANDLERS, renderSensu, sensuConfig, sensuDocuments } from './support/sensu-fleet.ts';

const TEAMS = { ops: { slack_channels: '#ops' }, web: { slack_channels: '#web' } };
const config = sensuConfig({ handlers: HANDLERS }, TEAMS);
const rendered = (team: string, ...names: string[]) =>
  renderSensu(
    config,
    names.map((instance) => instanceWith({ instance, monitoring: monitoringWith({ settings: { team } }) })),
  ).files;

async function inFolder(play: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-sensu-'));
  try {
    await play(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function put(folder: string, files: readonly { readonly path: string; readonly content: string }[]): void {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

const namesIn = (path: string): readonly string[] =>
  sensuDocuments(readFileSync(path, 'utf8')).map(
    (document) => (document as { metadata: { name: string } }).metadata.name,
  );

test('what went is deleted before what it used, what came is created after what it uses', async () => {
  await inFolder(async (folder) => {
    put(join(folder, 'old'), rendered('ops', 'main', 'gone'));
    put(join(folder, 'new'), rendered('web', 'main', 'more'));
    const { status, stdout, stderr } = await callCli(['sensu', 'diff', 'old', 'new', '--write', 'todo'], {
      cwd: folder,
    });
    assert.equal([status, stderr], [0, '']);
    const check = (name: string): string => `check_paasta_services_replication.shop.${name}`;
    assert.equal(stdout.trim().split('\n'), [
      `norcal-prod: delete CheckConfig default/${check('gone')}`,
      'norcal-prod: delete Handler default/team_ops',
      'norcal-prod: delete Handler default/slack_ops',
      'norcal-prod: create Handler default/slack_web',
      'norcal-prod: create Handler default/team_web',
      `norcal-prod: update CheckConfig default/${check('main')}`,
      `norcal-prod: create CheckConfig default/${check('more')}`,
    ]);
    const todo = join(folder, 'todo/norcal-prod');
    assert.equal(namesIn(join(todo, 'delete.yaml')), [check('gone'), 'team_ops', 'slack_ops']);
    assert.equal(namesIn(join(todo, 'create.yaml')), ['slack_web', 'team_web', check('main'), check('more')]);
    const typo = await callCli(['sensu', 'diff', 'old', 'new', '-c', 'norcal-prd'], { cwd: folder });
    assert.is(typo.stdout, 'neither tree has resources of Sensu of norcal-prd; there are some of norcal-prod\n');
    const again = await callCli(['sensu', 'diff', 'new', 'new', '--write', 'todo'], { cwd: folder });
    assert.equal(again, { status: 0, stdout: '', stderr: '' });
    assert.not.ok(existsSync(join(todo, 'delete.yaml')));
    assert.not.ok(existsSync(join(todo, 'create.yaml')));
  });
});

test('a tree may be a revision of the repository that holds the rendered tree', async () => {
  await inFolder(async (folder) => {
    const git = (...args: string[]): void => {
      const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
      const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
      assert.is(status, 0, stderr);
    };
    git('init', '-q');
    put(join(folder, 'dist'), rendered('ops', 'main', 'gone'));
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    rmSync(join(folder, 'dist'), { recursive: true });
    put(join(folder, 'dist'), rendered('ops', 'main'));
    const { status, stdout } = await callCli(['sensu', 'diff', 'HEAD', 'dist', '-c', 'norcal-prod'], { cwd: folder });
    const gone = 'CheckConfig default/check_paasta_services_replication.shop.gone';
    assert.equal([status, stdout], [0, `norcal-prod: delete ${gone}\n`]);
    const other = await callCli(['sensu', 'diff', 'HEAD~5', 'dist'], { cwd: folder });
    assert.is(other.status, 1);
    assert.match(other.stderr, 'HEAD~5 is neither a folder nor a revision that has the rendered tree');
  });
});

test('a file that is no list of resources, and a resource that stands twice, stop it', async () => {
  await inFolder(async (folder) => {
    put(join(folder, 'old'), rendered('ops', 'main'));
    for (const [content, message] of [
      ['a: [', 'this is no file with resources of Sensu'],
      ['kind: ConfigMap\n', 'this is no file with resources of Sensu'],
      [rendered('ops', 'main')[0]!.content, 'stands twice in sensu/norcal-prod'],
    ] as const) {
      put(join(folder, 'new'), [...rendered('ops', 'main'), { path: 'sensu/norcal-prod/x.yaml', content }]);
      const { status, stdout, stderr } = await callCli(['sensu', 'diff', 'old', 'new'], { cwd: folder });
      assert.equal([status, stdout], [1, '']);
      assert.match(stderr, message);
    }
  });
});

test('only diff is known', async () => {
  const { status, stderr } = await callCli(['sensu', 'dif', 'a', 'b'], { cwd: '/' });
  assert.is(status, 2);
  assert.match(stderr, 'sensu does "diff"; found "dif"');
});

test.run();
