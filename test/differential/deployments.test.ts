import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testCompany, type TestCompany, type TestService } from '../support/delivery-company.ts';
import { skipSuite } from '../support/skip.ts';
import { tempDir } from '../support/git-repository.ts';

/** PaaSTA's own generator on one service; HTTP and the git server are not involved, the repository is a folder. */
const GENERATOR = `
import sys
from paasta_tools import generate_deployments_for_service as g
g.generate_deployments_for_service(sys.argv[1], sys.argv[2])
`;

const python = process.env['PAASTA_ORACLE_PYTHON'];

const FILES = {
  'kubernetes-eu-prod.yaml':
    'main:\n  deploy_group: prod.main\ncanary:\n  deploy_group: "{cluster}.canary"\nown: {cpus: 1}\n_template: {cpus: 2}\n',
  'eks-us-prod.yaml': 'main:\n  deploy_group: prod.main\nother:\n  service: api\n',
  'adhoc-eu-prod.yaml': 'shell:\n  deploy_group: prod.main\n',
};

/** deployments.json as PaaSTA makes it of the repository, read back from disk. */
function paastaDocument(company: TestCompany, web: TestService): unknown {
  const file = join(company.soaDir, 'web/deployments.json');
  rmSync(file, { force: true });
  const serviceYaml = join(company.soaDir, 'web/service.yaml');
  const ours = readFileSync(serviceYaml, 'utf8');
  writeFileSync(serviceYaml, `git_url: ${web.origin.dir}\n`);
  const env = {
    ...process.env,
    PAASTA_SYSTEM_CONFIG_DIR: join(company.systemDir, 'eu-prod'),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONWARNINGS: 'ignore',
  };
  const run = spawnSync(python!, ['-c', GENERATOR, 'web', company.soaDir], {
    env,
    encoding: 'utf8',
    cwd: tempDir('python'),
  });
  writeFileSync(serviceYaml, ours);
  assert.is(run.status, 0, run.stderr);
  return JSON.parse(readFileSync(file, 'utf8'));
}

async function ourText(company: TestCompany): Promise<string> {
  rmSync(join(company.soaDir, 'web/deployments.json'), { force: true });
  const run = await company.call('deployments', 'generate', '-s', 'web', '--allow-file', '--style', 'paasta');
  assert.is(run.status, 0, run.err);
  return readFileSync(join(company.soaDir, 'web/deployments.json'), 'utf8');
}

if (python === undefined || spawnSync(python, ['-c', 'import paasta_tools']).status !== 0) {
  skipSuite('deployments against PaaSTA', 'PAASTA_ORACLE_PYTHON names no python with paasta_tools');
} else {
  test('PaaSTA reads our marks, stops, starts, restarts and rollbacks, and makes the same document of them', async () => {
    const company = testCompany('oracle');
    const web = company.addService('web', FILES);
    const act = async (...args: readonly string[]): Promise<void> => {
      const run = await company.call(...args, '-s', 'web', '--allow-file', '--mode', 'tag');
      assert.is(run.status, 0, run.err);
      const text = await ourText(company);
      const theirs = paastaDocument(company, web);
      assert.equal(JSON.parse(text), theirs, args.join(' '));
    };
    const [first, second, third] = web.commits as [string, string, string];
    await act('mark', '-l', 'prod.main', '-c', first);
    await act('mark', '-l', 'eu-prod.canary', '-c', third, '-i', '20260102T030405-x');
    await act('mark', '-l', 'eu-prod.own', '-c', second);
    await act('stop', '-c', 'eu-prod', '-i', 'main');
    await act('mark', '-l', 'prod.main', '-c', first, '-i', 'v2');
    await act('restart', '-c', 'us-prod', '-i', 'main');
    await act('mark', '-l', 'prod.main', '-c', second);
    await act('rollback', '-l', 'prod.main', '-k', first, '-i', 'v2');
    await act('start', '-c', 'eu-prod', '-i', 'main');
    await act('stop', '-c', 'eu-prod', '-i', 'canary');
    const { v2 } = company.deploymentsOf('web');
    assert.is(v2.deployments['prod.main']?.git_sha, first);
    assert.is(v2.controls['web:eu-prod.canary']?.desired_state, 'stop');
  });

  test('our bytes in the paasta style are the bytes that PaaSTA writes', async () => {
    const company = testCompany('bytes');
    const web = company.addService('web', FILES);
    for (const group of ['prod.main', 'eu-prod.canary', 'eu-prod.own']) {
      await company.call('mark', '-s', 'web', '-l', group, '-c', web.commits[0]!, '--allow-file');
    }
    const ours = await ourText(company);
    paastaDocument(company, web);
    assert.is(ours, readFileSync(join(company.soaDir, 'web/deployments.json'), 'utf8'));
  });

  test('PaaSTA sees what we mark where an unescaped group name misled it before', async () => {
    const company = testCompany('misled');
    const web = company.addService('web', FILES);
    web.origin.git('tag', 'paasta-prodxmain-29990101T000000-deploy', web.commits[0]!);
    await company.call('mark', '-s', 'web', '-l', 'prod.main', '-c', web.commits[2]!, '--allow-file');
    const theirs = paastaDocument(company, web) as { v2: { deployments: Record<string, { git_sha: string }> } };
    assert.is(theirs.v2.deployments['prod.main']?.git_sha, web.commits[2]);
  });
}

test.run();
