import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testCompany } from './support/delivery-company.ts';
import { tempDir } from './support/git-repository.ts';

const sign = join(tempDir('sign'), 'pwned');
const company = testCompany('hostile');
const web = company.addService('web', { 'kubernetes-eu-prod.yaml': 'main:\n  deploy_group: prod\n' });
company.publishConfig();
const sha = web.commits[0]!;

/** Texts that smuggle an option, a transport, shell, a path or a second line. */
const HOSTILE = [
  '--upload-pack=touch SIGN',
  '-oProxyCommand=touch SIGN',
  'ext::sh -c "touch SIGN"',
  '$(touch SIGN)',
  '`touch SIGN`',
  'x;touch SIGN',
  'x\ntouch SIGN',
  'x\0y',
  '../../etc',
  '..',
  'a..b',
  'refs/heads/main',
  'x:refs/heads/main',
  '+main',
  'a b',
  '\u202eprod',
].map((text) => text.replaceAll('SIGN', sign));

/** Everything that a call may have changed. */
function world(): string {
  return `${web.origin.git('for-each-ref')}\n${company.configOrigin.git('for-each-ref')}`;
}

const before = world();

async function refused(...args: readonly string[]): Promise<void> {
  const { status, out, err } = await company.call(...args, '--allow-file');
  assert.ok(status === 1 || status === 2, `status ${status}: ${out}`);
  assert.ok(err !== '', 'it says why');
  assert.not.match(err, /\n\s+at .*\.ts/);
  assert.not.match(err, /[\0\u202e]/);
  assert.not.ok(existsSync(sign));
  assert.is(world(), before);
}

for (const text of HOSTILE) {
  const shown = JSON.stringify(text.replaceAll(sign, 'SIGN'));

  test(`${shown} is no service, group, commit, version, branch or URL`, async () => {
    const mark = ['mark', '-s', 'web', '-l', 'prod', '-c', sha];
    await refused('mark', `--service=${text}`, '-l', 'prod', '-c', sha);
    await refused('mark', '-s', 'web', `--deploy-group=${text}`, '-c', sha);
    await refused('mark', '-s', 'web', '-l', 'prod', `--commit=${text}`);
    await refused(...mark, `--image-version=${text}`);
    await refused(...mark, `--git-url=${text}`);
    await refused(...mark, '--mode', 'file', `--config-repo=${text}`);
    await refused('rollback', '-s', 'web', `--deploy-groups=${text}`, '-k', sha);
    await refused('rollback', '-s', 'web', '-l', 'prod', `--commit=${text}`);
    await refused('stop', '-s', 'web', `--cluster=${text}`, '-i', 'main');
    await refused('stop', '-s', 'web', '-c', 'eu-prod', `--instance=${text}`);
  });
}

for (const text of HOSTILE.filter((name) => name !== 'refs/heads/main' && name !== '+main')) {
  test(`${JSON.stringify(text.replaceAll(sign, 'SIGN'))} is no branch`, async () => {
    await refused('mark', '-s', 'web', '-l', 'prod', '-c', sha, '--mode', 'file', `--branch=${text}`);
    await refused('mark', '-s', 'web', '-l', 'prod', '-c', sha, '--mode', 'file', `--base=${text}`);
  });
}

test('credentials in a URL never reach the report', async () => {
  const url = 'https://user:hunter2@localhost:1/web';
  const { status, out, err } = await company.call('mark', '-s', 'web', '-l', 'prod', '-c', sha, '-u', url);
  assert.is(status, 1);
  assert.not.match(out + err, 'hunter2');
});

test.run();
