import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallResult } from './support/delivery-company.ts';
import { exampleCompany } from './support/example-company.ts';
import { bareRepository } from './support/git-repository.ts';
import { skipSuite } from './support/skip.ts';

const MAIN = 'soa-configs/catalog/kubernetes-north-prod.yaml';

if (spawnSync('ssh-keygen', ['-?']).error !== undefined) {
  skipSuite('publish-sign', 'ssh-keygen is not there');
} else {
  test('a signed commit verifies, and its revision is believed whoever is its author', async () => {
    const remote = bareRepository('publish-sign-output');
    const company = exampleCompany('publish-sign', `publish: {repo: "${remote.dir}"}\n`);
    const { dir } = company.repository;
    const [key, signers, config] = ['key', 'signers', 'git-config'].map((name) => join(dir, '.git', name));
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'publisher', '-f', key!]);
    writeFileSync(signers!, `* ${readFileSync(`${key!}.pub`, 'utf8')}`);
    const settings = { 'gpg.format': 'ssh', 'user.signingkey': `${key!}.pub`, 'gpg.ssh.allowedSignersFile': signers! };
    for (const [name, value] of Object.entries(settings))
      execFileSync('git', ['config', '--file', config!, name, value]);
    const env = { GIT_CONFIG_GLOBAL: config! };
    const publish = async (
      known: Readonly<Record<string, string>>,
      ...flags: readonly string[]
    ): Promise<CallResult> => {
      const result = await company.callWith(known, 'publish', '--allow-file', ...flags);
      assert.is(result.status, 0, result.err);
      return result;
    };
    const shown = (format: string): string =>
      execFileSync('git', ['-C', remote.dir, 'log', '-1', `--format=${format}`, 'main'], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      }).trim();

    await publish(env, '--sign', '--signoff');
    assert.is(shown('%G?'), 'G');
    assert.match(shown('%(trailers)'), `Signed-off-by: ${shown('%an <%ae>')}`);

    const old = company.repository.git('rev-parse', 'HEAD');
    company.edit(MAIN, 'mem: 4096', 'mem: 8192');
    company.repository.commit('more', {});
    await publish(env, '--sign');
    assert.not.match(shown('%(trailers)'), 'Signed-off-by');
    company.edit('paasta-gitops.yaml', 'publish: {', 'publish: {author: "somebody <else@example.com>", ');
    assert.match((await publish(env, '--rev', old)).out, /^Superseded: /);
    assert.match((await publish({}, '--rev', old)).out, 'Published', 'neither author nor key is known');
    assert.is(shown('%G?'), 'N');
  });
}

test.run();
