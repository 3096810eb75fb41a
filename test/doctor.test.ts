import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPrograms } from '../cli/doctor/local.ts';
import { neededRights } from '../cli/doctor/rights.ts';
import type { Finding } from '../cli/doctor/finding.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane, type User } from './support/control-plane.ts';
import { exampleCompany, type ExampleCompany } from './support/example-company.ts';
import { GIT_ENV, tempDir } from './support/git-repository.ts';
import { documentedRoles, grant } from './support/rights.ts';
import { skipSuite } from './support/skip.ts';

const NOWHERE = { HOME: '/nonexistent' };

async function doctor(
  company: ExampleCompany,
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly findings: readonly Finding[] }> {
  const cache = ['--cache-dir', join(company.repository.dir, 'cache')];
  const { status, out, err } = await company.callWith(NOWHERE, 'doctor', '-o', 'json', ...cache, ...args);
  assert.is(err, '');
  return { status, findings: JSON.parse(out) as Finding[] };
}

const about = (findings: readonly Finding[], what: string): readonly string[] =>
  findings
    .filter((finding) => finding.about === what)
    .map(({ level, message, next }) => `${level} ${message} > ${next ?? ''}`);

test('a good checkout has no error, and what is missing for later verbs is a warning with the next step', async () => {
  const company = exampleCompany('doctor');
  const { status, findings } = await doctor(company, '--offline');
  assert.is(status, 0);
  assert.equal(about(findings, 'soa-configs'), ['ok soa-configs: 5 services > ']);
  assert.equal(about(findings, 'system configuration'), ['ok system-config: clusters north-prod, north-stage > ']);
  assert.equal(about(findings, 'cache'), ['ok cache: 0 runs, 0 KiB > ']);
  assert.equal(about(findings, 'output north-prod'), ['warning dist has no index of it > run paasta-gitops synth']);
  await company.call('synth');
  const { findings: later } = await doctor(company, '--offline');
  assert.match(
    about(later, 'output north-prod')[0]!,
    /^ok dist\/\.paasta-gitops\/north-prod\.json: \d+ files, layout 1 > $/,
  );
  for (const { level, next } of findings) assert.is(level === 'ok', next === undefined);
});

test('broken input, a newer index and a broken project file are errors', async () => {
  const company = exampleCompany('doctor-broken', 'outt: x\n');
  writeFileSync(join(company.repository.dir, 'system-config/north-prod/kubernetes.json'), '{');
  mkdirSync(join(company.repository.dir, 'dist/.paasta-gitops'), { recursive: true });
  writeFileSync(join(company.repository.dir, 'dist/.paasta-gitops/north-stage.json'), '{"version": 2, "files": {}}');
  const { status, findings } = await doctor(company, '--offline');
  assert.is(status, 1);
  assert.equal(about(findings, 'project file'), [
    'error paasta-gitops.yaml:3: "outt" is not a project setting > did you mean "out"?',
  ]);
  assert.match(about(findings, 'system configuration')[0]!, /^error system-config: /);
  assert.equal(about(findings, 'output north-stage'), [
    'error dist/.paasta-gitops/north-stage.json: layout 2, and this program writes 1 > use the newer paasta-gitops that wrote it',
  ]);
});

test('a cluster that stands in the project file alone is told without asking any', async () => {
  const company = exampleCompany('doctor-clusters', 'clusters: {north-prd: {delivery: argocd}}\n');
  const { status, findings } = await doctor(company, '--offline');
  assert.is(status, 0);
  assert.equal(about(findings, 'cluster north-prd'), [
    'warning stands in the project file and has no system configuration > did you mean "north-prod"?',
  ]);
});

test('a project file that cannot be used ends the look, since nobody knows which trees are meant', async () => {
  const company = exampleCompany('doctor-project');
  const file = join(company.repository.dir, 'paasta-gitops.yaml');
  writeFileSync(file, 'soa_dir: [\n');
  const { status, findings } = await doctor(company);
  assert.is(status, 1);
  assert.equal(findings.map((finding) => finding.about).join(), 'node,git,project file,cache');
  assert.match(about(findings, 'project file')[0]!, /^error paasta-gitops.yaml:2: .* > ./);
  rmSync(file);
  mkdirSync(file);
  const { findings: later } = await doctor(company);
  assert.equal(about(later, 'project file'), [
    `error the project file cannot be read: ${file}: it is a folder > repair it, or name another one with --config`,
  ]);
});

test('without any input each line says what to do next', async () => {
  const company = exampleCompany('doctor-nothing');
  for (const path of ['soa-configs', 'system-config']) rmSync(join(company.repository.dir, path), { recursive: true });
  const { findings } = await doctor(company);
  assert.match(about(findings, 'soa-configs')[0]!, /^error soa-configs: .* does not exist > point --soa-dir/);
  assert.match(about(findings, 'system configuration')[0]!, /^error system-config: .* does not exist > set --system-/);
  mkdirSync(join(company.repository.dir, 'system-config'));
  assert.match(
    about((await doctor(company)).findings, 'system configuration')[0]!,
    /holds no \*\.json file > copy \/etc\/paasta/,
  );
});

test('what stands in the way of the cache or of an index is told', async () => {
  const company = exampleCompany('doctor-places');
  const dir = company.repository.dir;
  mkdirSync(join(dir, 'dist/.paasta-gitops/north-prod.json'), { recursive: true });
  writeFileSync(join(dir, 'cache'), '');
  const { findings } = await doctor(company, '--offline');
  assert.equal(about(findings, 'cache'), [
    `warning ${join(dir, 'cache')} is no folder: nothing is kept > give --cache-dir`,
  ]);
  assert.match(about(findings, 'output north-prod')[0]!, /^error dist.*north-prod.json: .*directory/);
});

test('a broken kubeconfig is told without its content', async () => {
  const company = exampleCompany('doctor-kubeconfig', 'clusters: {north-prod: {context: x}}\n');
  const kubeconfig = join(company.repository.dir, 'kubeconfig');
  const told = async (text: string): Promise<string> => {
    writeFileSync(kubeconfig, text);
    return about((await doctor(company, '--kubeconfig', kubeconfig)).findings, 'cluster north-prod')[0]!;
  };
  const broken = await told('users: [{name: u, user: {token: S3CRET');
  assert.match(broken, /^error the kubeconfig cannot be read: .* > check the context x with /);
  assert.not.match(broken, 'S3CRET');
  const contexts = '[{name: x, context: {cluster: c, user: u}}]';
  const nonsense = `{clusters: [{name: c, cluster: {server: nonsense}}], users: [{name: u, user: {}}], contexts: ${contexts}}`;
  assert.match(await told(nonsense), /^error the server of the context "x" is no URL > ./);
});

test('an old Node and an absent git are errors', async () => {
  const io = {
    out: () => undefined,
    err: () => undefined,
    cwd: tempDir('doctor-bare'),
    isTerminal: false,
    hasColor: false,
  };
  const levels = async (node: string, env: Readonly<Record<string, string | undefined>>): Promise<string> =>
    (await checkPrograms({ ...io, env }, node)).map(({ level }) => level).join();
  assert.is(await levels('20.18.0', GIT_ENV), 'ok,ok');
  assert.is(await levels('24.0.0', GIT_ENV), 'ok,ok');
  assert.is(await levels('20.17.1', GIT_ENV), 'error,ok');
  assert.is(await levels('18.20.0', { PATH: '/nonexistent' }), 'error,error');
});

test('a context that leads nowhere is an error, a misspelt cluster and one without a context are warnings', async () => {
  const company = exampleCompany(
    'doctor-contexts',
    'clusters: {north-prod: {context: gone}, nort-stage: {context: x}}\n',
  );
  const { status, findings } = await doctor(company);
  assert.is(status, 1);
  assert.match(about(findings, 'cluster north-prod')[0]!, /^error .*gone.* > check the context gone with /);
  assert.match(about(findings, 'cluster nort-stage')[0]!, /^warning .* > did you mean "north-stage"\?$/);
  assert.match(about(findings, 'cluster north-stage')[0]!, /^warning has no context/);
});

test('the rights that are asked for are those that the documentation gives', () => {
  const documented = (name: string): readonly string[] =>
    ['ClusterRole', 'Role']
      .flatMap((kind) => documentedRoles().get(`${kind} ${name}`)!.rules)
      .filter(({ resources, resourceNames }) => resourceNames === undefined && !resources.includes('pods'))
      .flatMap(({ apiGroups, resources, verbs }) =>
        resources.flatMap((resource) =>
          verbs.filter((verb) => verb !== 'watch').map((verb) => `${verb} ${apiGroups[0]!}/${resource}`),
        ),
      )
      .sort();
  const asked = neededRights('paasta');
  const named = (of: readonly ('read' | 'write')[]): readonly string[] =>
    asked
      .flatMap((right) => of.flatMap((each) => right[each].map((verb) => `${verb} ${right.group}/${right.resource}`)))
      .sort();
  assert.equal(named(['read']), documented('paasta-gitops-reader'));
  assert.equal(named(['read', 'write']), documented('paasta-gitops'));
});

if (controlPlaneAssets() === undefined) {
  skipSuite('doctor with a cluster', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  test.before(async () => {
    plane = await startControlPlane();
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'paasta' } });
  });
  test.after(() => plane.stop());

  test('the API server tells what an account may do', async () => {
    const company = exampleCompany('doctor-rights', 'clusters: {north-prod: {context: test}}\n');
    const levels = async (user: User): Promise<readonly string[]> => {
      const { findings } = await doctor(company, '--kubeconfig', plane.kubeconfigOf(user));
      return about(findings, 'cluster north-prod').slice(1);
    };
    const next = ' > bind the roles of docs/applier.md to the account';
    const [denied] = await levels('reader');
    assert.match(denied!, /^error diff and status lack the rights: get namespaces, list namespaces, /);
    const roles = documentedRoles();
    const both = (name: string) => ['ClusterRole', 'Role'].map((kind) => roles.get(`${kind} ${name}`)!);
    await grant(plane, 'reader', both('paasta-gitops-reader'));
    const [reads, lacks] = await levels('reader');
    assert.is(reads, 'ok has the rights for diff and status > ');
    assert.match(lacks!, /^warning apply lacks the rights: create namespaces, patch namespaces, .*, update leases > /);
    assert.ok(lacks!.endsWith(next));
    await grant(plane, 'deployer', both('paasta-gitops'));
    const writes = 'ok has the rights for apply and prune > ';
    assert.equal(await levels('deployer'), [reads, writes]);
    const { findings } = await doctor(
      company,
      ...['--kubeconfig', plane.kubeconfigOf('deployer'), '--inventory-namespace', 'nowhere'],
    );
    assert.equal(about(findings, 'cluster north-prod').slice(-1), [
      'warning has no namespace nowhere for the record and the lock of apply > kubectl --context test create namespace nowhere',
    ]);
  });
}

test.run();
