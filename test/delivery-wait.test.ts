import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rolloutOf, type LiveWorkload } from '../delivery/rollout.ts';
import { testCompany, type TestCompany } from './support/delivery-company.ts';
import { tempDir } from './support/git-repository.ts';

const SHA = 'a'.repeat(40);
const version = { sha: SHA, imageVersion: null };

function workload(
  more: { sha?: string; version?: string; replicas?: number; status?: LiveWorkload['status'] } = {},
): LiveWorkload {
  const labels = {
    'paasta.yelp.com/git_sha': more.sha ?? SHA,
    ...(more.version === undefined ? {} : { 'paasta.yelp.com/image_version': more.version }),
  };
  return {
    metadata: { generation: 3 },
    spec: { replicas: more.replicas ?? 4, template: { metadata: { labels } } },
    status: { observedGeneration: 3, replicas: 4, updatedReplicas: 4, availableReplicas: 4, ...more.status },
  };
}

function reason(live: LiveWorkload | null, margin = 0.95, isStopped = false): string {
  const { isDone, reason: why } = rolloutOf(live, version, margin, isStopped);
  return `${isDone ? 'done' : 'waits'}: ${why}`;
}

test('a workload is done when only the version runs and enough of it is available', () => {
  assert.is(reason(workload()), 'done: 4 of 4 pods are available');
  assert.is(reason(null), 'waits: is not there yet');
  assert.is(reason(workload({ sha: 'b'.repeat(40) })), 'waits: is still told to run bbbbbbbb');
  assert.is(reason(workload({ version: 'v1' })), 'waits: is still told to run aaaaaaaa');
  assert.is(reason(workload({ status: { observedGeneration: 2 } })), 'waits: the change was not looked at yet');
  assert.is(reason(workload({ status: { updatedReplicas: 2 } })), 'waits: 2 of 4 pods are new');
  assert.is(reason(workload({ status: { replicas: 6 } })), 'waits: 2 old pods are still there');
  assert.is(reason(workload({ status: { availableReplicas: 3 } })), 'waits: 3 of 4 pods are available');
});

test('the margin factor decides how many are enough, rounded up', () => {
  assert.is(reason(workload({ status: { availableReplicas: 3 } }), 0.75), 'done: 3 of 4 pods are available');
  assert.is(reason(workload({ status: { availableReplicas: 3 } }), 0.76), 'waits: 3 of 4 pods are available');
});

test('a stopped instance is done when it is told to have no pods, one that wants none as well', () => {
  assert.is(reason(workload({ replicas: 0 }), 0.95, true), 'done: is stopped');
  assert.is(reason(workload(), 0.95, true), 'waits: is not stopped yet');
  assert.is(
    reason(workload({ replicas: 0, status: { replicas: 0, updatedReplicas: 0, availableReplicas: 0 } })),
    'done: wants no pods',
  );
});

test('a rollout that missed its deadline says why; a StatefulSet of one revision is all new', () => {
  const stuck = {
    updatedReplicas: 1,
    conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded', message: 'no quota' }],
  };
  assert.match(reason(workload({ status: stuck })), 'no quota');
  const set = { updatedReplicas: 0, currentRevision: 'x', updateRevision: 'x' };
  assert.match(reason(workload({ status: set })), 'done');
});

const servers: Server[] = [];

/** An API server that answers each question about a workload with the next of its states, the last one forever. */
async function apiServer(
  states: Readonly<Record<string, readonly (LiveWorkload | number)[]>>,
): Promise<{ config: string; asked: string[]; bodies: string[] }> {
  const asked: string[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    const list = states[path] ?? [404];
    const state = list[Math.min(asked.filter((other) => other === path).length, list.length - 1)]!;
    asked.push(path);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => void bodies.push(body));
    response.writeHead(typeof state === 'number' ? state : 200, { 'content-type': 'application/json' });
    const failure = {
      kind: 'Status',
      status: 'Failure',
      code: state,
      reason: state === 404 ? 'NotFound' : 'Forbidden',
      message: 'no',
    };
    response.end(JSON.stringify(typeof state === 'number' ? failure : state));
  });
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = join(tempDir('kube'), 'config');
  const entry = {
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 't' } }],
  };
  const contexts = [{ name: 'test', context: { cluster: 'c', user: 'u' } }];
  writeFileSync(config, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...entry, contexts }));
  return { config, asked, bodies };
}

const MAIN = '/apis/apps/v1/namespaces/paastasvc-web/deployments/web-main';
const OTHER = '/apis/apps/v1/namespaces/other/statefulsets/web-db';
const FILES = {
  'kubernetes-eu-prod.yaml':
    'main:\n  deploy_group: prod\n  instances: 4\ndb:\n  deploy_group: prod\n  namespace: other\n  instances: 4\n  persistent_volumes:\n  - {container_path: /data, mode: RW, size: 1}\n',
  'kubernetes-us-prod.yaml': 'main:\n  deploy_group: other\n',
};

async function marked(name: string): Promise<{ company: TestCompany; sha: string }> {
  const company = testCompany(name);
  const web = company.addService('web', FILES);
  await company.call('mark', '-s', 'web', '-l', 'prod', '-c', web.commits[1]!, '--allow-file');
  return { company, sha: web.commits[1]! };
}

function wait(company: TestCompany, sha: string, config: string, ...more: readonly string[]) {
  const flags = ['--context', 'test', '--kubeconfig', config, '--allow-file', '--poll-period', '1'];
  return company.call('wait', '-s', 'web', '-l', 'prod', '-c', sha, ...flags, ...more);
}

test('wait follows every instance of the group, also one that was never deployed before, and ends when all are done', async () => {
  const { company, sha } = await marked('wait');
  const { config, asked } = await apiServer({
    [MAIN]: [404, workload({ sha, status: { updatedReplicas: 1 } }), workload({ sha })],
    [OTHER]: [workload({ sha })],
  });
  const { status, out, err } = await wait(company, sha, config);
  assert.is(status, 0, err);
  for (const text of [
    'eu-prod web.main: is not there yet',
    'eu-prod web.main: 1 of 4 pods are new',
    `${sha} runs in all of 2 instances`,
  ]) {
    assert.match(out, text);
  }
  assert.ok(asked.every((path) => path === MAIN || path === OTHER));
});

test('wait ends with its time and names what is late', async () => {
  const { company, sha } = await marked('late');
  const { config } = await apiServer({ [MAIN]: [workload({ sha: 'b'.repeat(40) })], [OTHER]: [workload({ sha })] });
  const { status, out, err } = await wait(company, sha, config, '--timeout', '1', '-o', 'json');
  assert.is(status, 1);
  assert.match(err, 'not in time: eu-prod web.main');
  const report = JSON.parse(out) as { done: boolean; instances: { instance: string; isDone: boolean }[] };
  assert.is(report.done, false);
  assert.equal(
    report.instances.map(({ instance, isDone }) => `${instance} ${String(isDone)}`),
    ['eu-prod web.db true', 'eu-prod web.main false'],
  );
});

test('a version that is not marked is not waited for, and a cluster that refuses or is unknown is an error', async () => {
  const { company, sha } = await marked('unmarked');
  const { config } = await apiServer({ [MAIN]: [403] });
  const other = await wait(company, 'c'.repeat(40), config);
  assert.is(other.status, 1);
  assert.match(other.err, `that is ${sha}`);
  assert.is((await wait(company, sha, config)).status, 2);
  const unknown = await company.call(
    'wait',
    '-s',
    'web',
    '-l',
    'prod',
    '-c',
    sha,
    '--allow-file',
    '--kubeconfig',
    config,
  );
  assert.is(unknown.status, 2);
  assert.match(unknown.err, 'no context is known');
  const wrong = await wait(company, sha, config, '-l', 'prod', '--context', 'test');
  assert.is(wrong.status, 2);
  assert.is((await company.call('wait', '-s', 'web', '-l', 'nobody', '-c', sha, '--context', 'test')).status, 1);
});

test('restart --replica deletes one pod of the instance, that very pod, and nothing else', async () => {
  const { company } = await marked('replica');
  await company.call('deployments', 'generate', '--allow-file');
  const pods = '/api/v1/namespaces/paastasvc-web/pods';
  const labels = { 'paasta.yelp.com/service': 'web', 'paasta.yelp.com/instance': 'main' };
  const { config, asked, bodies } = await apiServer({
    [`${pods}/web-main-1`]: [{ metadata: { uid: 'u1', labels } } as LiveWorkload],
    [`${pods}/other-1`]: [
      { metadata: { uid: 'u2', labels: { ...labels, 'paasta.yelp.com/instance': 'x' } } } as LiveWorkload,
    ],
  });
  const restart = (pod: string, ...more: readonly string[]) =>
    company.call(
      'restart',
      '-s',
      'web',
      '-i',
      'main',
      `--replica=${pod}`,
      '--context',
      'test',
      '--kubeconfig',
      config,
      ...more,
    );
  const done = await restart('web-main-1', '-c', 'eu-prod', '--force');
  assert.is(done.status, 0, done.err);
  assert.equal(asked, [`${pods}/web-main-1`, `${pods}/web-main-1`]);
  assert.equal(JSON.parse(bodies.at(-1)!), {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid: 'u1' },
    gracePeriodSeconds: 0,
  });
  assert.ok(company.events().some((event) => event['action'] === 'restart-replica'));
  assert.match((await restart('other-1', '-c', 'eu-prod')).err, 'is no pod of web.main');
  assert.match((await restart('gone-1', '-c', 'eu-prod')).err, 'was not restarted');
  assert.is((await restart('../nodes/x', '-c', 'eu-prod')).status, 2);
  assert.is((await restart('web-main-1')).status, 2);
});

test.after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

test.run();
