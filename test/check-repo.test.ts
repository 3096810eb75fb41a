/** `check-repo`: what PaaSTA asks of a code repository. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../cli/main.ts';
import { GIT_ENV, tempDir, workRepository } from './support/git-repository.ts';
import { SYSTEM } from './support/sources.ts';
import { SHOP } from './support/validate.ts';

const hasMake = spawnSync('make', ['--version']).status === 0;
const MAKEFILE = 'DOCKER_TAG ?= x\n.PHONY: cook-image itest test\ncook-image itest test:\n\ttrue\n';
const DEPLOY = 'pipeline:\n  - step: security-check\n  - step: prod\n';

/** Files of a company in `company/` and of a code repository in `shop/`. */
function folder(repository: Readonly<Record<string, string>>, soa: Readonly<Record<string, string>> = {}): string {
  const dir = tempDir('check-repo');
  const files: Readonly<Record<string, string>> = {
    'paasta-gitops.yaml': 'soa_dir: soa\nsystem_config_dir: etc\n',
    'etc/system.json': JSON.stringify(SYSTEM),
    ...prefixed('soa', { ...SHOP, 'shop/deploy.yaml': DEPLOY, ...soa }),
    ...prefixed('shop', repository),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

function prefixed(name: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries({ '.keep': '', ...files }).map(([path, text]) => [`${name}/${path}`, text]));
}

/** Findings, and the exit status, of a run in the code repository. */
async function check(dir: string, ...args: readonly string[]): Promise<readonly [number, readonly string[]]> {
  let out = '';
  const io = {
    out: (text: string): void => void (out += text),
    err: (): void => undefined,
    ...{ env: GIT_ENV, cwd: join(dir, 'shop'), isTerminal: false, hasColor: false },
  };
  const status = await main(['check-repo', '-o', 'json', ...args], io);
  const rows = JSON.parse(out) as { file: string; code: string; message: string }[];
  return [status, rows.map(({ file, code, message }) => `${file} ${code}: ${message}`)];
}

const GOOD = { Dockerfile: 'FROM x\n', Makefile: MAKEFILE };

test('a repository with everything passes', async () => {
  const [status, found] = await check(folder(GOOD), '--no-remote');
  const notes = hasMake ? [] : ['shop/Makefile bad-makefile: make is not there to ask for targets'];
  assert.equal([status, found], [0, notes]);
});

test('a missing Dockerfile and Makefile are named', async () => {
  const [status, found] = await check(folder({}), '--no-remote');
  assert.is(status, 1);
  assert.equal(found, [
    'shop/Dockerfile bad-dockerfile: there is no Dockerfile, so no image can be built',
    'shop/Makefile bad-makefile: there is no Makefile',
  ]);
});

test('a folder named Makefile is none', async () => {
  const [status, found] = await check(folder({ Dockerfile: 'FROM x\n', 'Makefile/x': '' }), '--no-remote');
  assert.equal([status, found], [1, ['shop/Makefile bad-makefile: there is no Makefile']]);
});

test('what the Makefile lacks is named', async () => {
  const [, found] = await check(folder({ ...GOOD, Makefile: 'TAG = x\ntest:\n' }), '--no-remote');
  assert.equal(found.slice(0, 2), [
    'shop/Makefile bad-makefile: it gives DOCKER_TAG no default that can be replaced',
    ...(hasMake ? ['shop/Makefile bad-makefile: it has no target cook-image'] : [found[1]!]),
  ]);
  assert.ok(found.some((line) => line.includes('no tab')));
});

test('the pipeline has a security check, and its groups fit the instances both ways', async () => {
  const soa = { 'shop/deploy.yaml': 'pipeline:\n  - step: prod\n  - step: stage\n' };
  const [status, found] = await check(folder(GOOD, soa), '--no-remote');
  assert.is(status, 1);
  assert.ok(found.some((line) => line === 'shop/deploy.yaml bad-pipeline: the pipeline has no step security-check'));
  assert.ok(found.some((line) => line.startsWith('shop/deploy.yaml unused-deploy-group')));
  const other = { 'shop/deploy.yaml': DEPLOY.replace('prod', 'prod.main') };
  const [, missing] = await check(folder(GOOD, other), '--no-remote');
  assert.ok(missing.some((line) => line.startsWith('shop/kubernetes-norcal-prod.yaml unknown-deploy-group')));
});

test('the service is named by -s or by the folder', async () => {
  const [status, found] = await check(folder(GOOD), '--no-remote', '-s', 'gone');
  assert.is(status, 1);
  assert.ok(found.some((line) => line.includes('missing-service')));
});

test('the git server is asked', async () => {
  const code = workRepository('code');
  code.commit('first', { a: 'b' });
  const soa = (url: string) => ({ 'shop/service.yaml': `${SHOP['shop/service.yaml']!}git_url: ${url}\n` });
  const remote = async (url: string): Promise<readonly string[]> => {
    const [, found] = await check(folder(GOOD, soa(url)), '--allow-file');
    return found.filter((line) => line.includes('bad-git-url'));
  };
  assert.equal(await remote(`file://${code.dir}`), []);
  assert.match((await remote(`file://${code.dir}-gone`))[0]!, 'the git server does not answer');
  assert.is((await remote('ext::sh')).length, 1);
});

test.run();
