import { spawn, spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleCompany, type ExampleCompany } from './support/example-company.ts';
import { gitWrapper } from './support/git-killer.ts';
import { bareRepository, cloneOf, GIT_ENV, type TestRepository } from './support/git-repository.ts';
import { PROGRAM } from './support/run-cli.ts';

const MAIN = 'soa-configs/catalog/kubernetes-north-prod.yaml';
const FILE = 'clusters/north-prod/paastasvc-catalog/catalog-main.yaml';

function world(name: string): { readonly company: ExampleCompany; readonly remote: TestRepository } {
  const remote = bareRepository(`${name}-output`);
  remote.git('config', 'receive.denyNonFastForwards', 'true');
  return { company: exampleCompany(name, `publish: {repo: "${remote.dir}"}\n`), remote };
}

const ARGS = [PROGRAM, 'publish', '--allow-file'];

test('two writers at once: both commits are there, in a line', async () => {
  const { company, remote } = world('race-two');
  assert.is((await company.call('publish', '--allow-file')).status, 0);
  company.edit(MAIN, 'mem: 4096', 'mem: 8192');
  company.edit('soa-configs/catalog/kubernetes-north-stage.yaml', /mem: \d+/, 'mem: 3072');
  company.repository.commit('both', {});
  const before = remote.git('rev-parse', 'main');
  const statuses = await Promise.all(
    ['north-prod', 'north-stage'].map(
      (cluster) =>
        new Promise<number | null>((resolve) => {
          const child = spawn(process.execPath, [...ARGS, '-c', cluster], {
            cwd: company.repository.dir,
            env: GIT_ENV,
            stdio: 'ignore',
          });
          child.on('close', resolve);
        }),
    ),
  );
  assert.equal(statuses, [0, 0]);
  assert.is(remote.git('rev-list', '--count', `${before}..main`), '2');
  assert.is(remote.git('rev-list', '--merges', '--count', 'main'), '0');
  assert.match(remote.git('show', `main:${FILE}`), 'memory: "8Gi"');
  assert.match(remote.git('show', `main:${FILE.replace('prod', 'stage')}`), 'memory: "3Gi"');
});

test('a push that is overtaken is done again on what the other writer left', async () => {
  const { company, remote } = world('race-overtaken');
  assert.is((await company.call('publish', '--allow-file')).status, 0);
  company.edit(MAIN, 'mem: 4096', 'mem: 8192');
  company.repository.commit('more', {});
  const other = cloneOf(remote, 'race-other');
  const foreign = 'clusters/north-prod/paastasvc-catalog/by-hand.yaml';
  other.commit('by hand', {
    [foreign]: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: paastasvc-catalog}\n',
  });
  const overtaking = other.git('rev-parse', 'HEAD');
  const { bin, counter } = gitWrapper();
  const env = {
    ...GIT_ENV,
    ...{ PATH: `${bin}:${process.env['PATH']!}`, COUNTER: counter },
    RACE: `PATH=${process.env['PATH']!} git -C ${other.dir} push -q origin main`,
  };
  const run = spawnSync(process.execPath, ARGS, { cwd: company.repository.dir, env, encoding: 'utf8' });
  assert.is(run.status, 0, run.stderr);
  assert.is(remote.git('rev-parse', 'main~1'), overtaking);
  assert.match(remote.git('show', `main:${foreign}`), 'ConfigMap');
  assert.match(remote.git('show', 'main:clusters/north-prod/paastasvc-catalog/kustomization.yaml'), '- by-hand.yaml');
  assert.match(remote.git('show', `main:${FILE}`), 'memory: "8Gi"');
});

test('a push that is always overtaken gives up after five attempts and changes nothing', async () => {
  const { company, remote } = world('race-lost');
  assert.is((await company.call('publish', '--allow-file')).status, 0);
  company.edit(MAIN, 'mem: 4096', 'mem: 8192');
  company.repository.commit('more', {});
  const other = cloneOf(remote, 'race-winner');
  const { bin, counter } = gitWrapper();
  const real = process.env['PATH']!;
  const env = {
    ...GIT_ENV,
    ...{ PATH: `${bin}:${real}`, COUNTER: counter },
    RACE: `export PATH=${real}; cd ${other.dir} && git commit -q --allow-empty -m more && git push -q origin main`,
  };
  const run = spawnSync(process.execPath, ARGS, { cwd: company.repository.dir, env, encoding: 'utf8' });
  assert.is(run.status, 1);
  assert.match(run.stderr, 'other writers were faster 5 times; nothing was published');
  assert.is(
    remote
      .git('log', '--format=%s', 'main')
      .split('\n')
      .filter((subject) => subject === 'more').length,
    5,
  );
  assert.match(remote.git('show', `main:${FILE}`), 'memory: "4Gi"');
});

test('killed between any two steps: the remote has the old state or the new one, and the next run completes it', async () => {
  const { company, remote } = world('publish-kill');
  assert.is((await company.call('publish', '--allow-file')).status, 0);
  const old = remote.git('rev-parse', 'main');
  company.edit(MAIN, 'mem: 4096', 'mem: 8192');
  company.repository.commit('more', {});
  assert.is((await company.call('publish', '--allow-file')).status, 0);
  const wanted = remote.git('rev-parse', 'main^{tree}');
  const seen = { old: 0, new: 0 };
  /** Runs until it is killed; false when it was not. */
  const killed = (how: Readonly<Record<string, string>>): boolean => {
    remote.git('update-ref', 'refs/heads/main', old);
    const { bin, counter } = gitWrapper();
    const env = { ...GIT_ENV, PATH: `${bin}:${process.env['PATH']!}`, COUNTER: counter, ...how };
    const run = spawnSync(process.execPath, ARGS, { cwd: company.repository.dir, env, encoding: 'utf8' });
    if (run.signal !== 'SIGKILL') {
      assert.is(run.status, 0, run.stderr);
      return false;
    }
    const tip = remote.git('rev-parse', 'main');
    if (tip === old) seen.old++;
    else {
      seen.new++;
      assert.is(remote.git('rev-parse', 'main^{tree}'), wanted);
      assert.is(remote.git('rev-parse', 'main~1'), old);
    }
    return true;
  };
  // Files of the clone are written before these, so that dying there is not dying after the call before.
  for (const command of ['checkout', 'update-index', 'push']) assert.ok(killed({ KILL_BEFORE: command }), command);
  assert.equal(seen, { old: 3, new: 0 });
  for (let at = 1; killed({ KILL_AT: String(at) }); at++);
  assert.is((await company.call('publish', '--allow-file')).status, 0);
  assert.is(remote.git('rev-parse', 'main^{tree}'), wanted);
  assert.ok(seen.old >= 15 && seen.new >= 1, JSON.stringify(seen));
});

test.run();
