import { join } from 'node:path';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleCompany, type ExampleCompany } from '../support/example-company.ts';
import { bareRepository } from '../support/git-repository.ts';
import { HANDLERS } from '../support/sensu-fleet.ts';

const MAIN = 'soa-configs/catalog/kubernetes-north-prod.yaml';

/** Where secrets are found in soa-configs and beside it, as files to write; `{}` stands for the secret. */
const PLACES: Readonly<Record<string, (secret: string) => Readonly<Record<string, string>>>> = {
  'a literal value under a secret name': (s) => ({
    [MAIN]: base(`env: {DB_PASSWORD: "${s}", my_private_key: "${s}"}`),
  }),
  'a value of the wrong type under a secret name': (s) => ({ [MAIN]: base(`env: {API_TOKEN: ["${s}"]}`) }),
  'user and password of a URL': (s) => ({ [MAIN]: base(`env: {UPSTREAM: "https://bob:${s}@example.com/x"}`) }),
  'an assignment within a text': (s) => ({ [MAIN]: base(`env: {JAVA_OPTS: "-Xmx1g -Ddb.password=${s} -Dx=1"}`) }),
  'JSON within a text': (s) => ({ [MAIN]: base(`env: {CONF: '{"a": 1, "client_secret": "${s}"}'}`) }),
  'a flag of the command': (s) => ({ [MAIN]: base(`args: ["--token", "${s}", "--db-password=${s}"]`) }),
  'a secret file': (s) => ({
    'soa-configs/catalog/secrets/db.json': JSON.stringify({ environments: { prod: { plaintext: s, signature: s } } }),
    [MAIN]: base('env: {DB: SECRET(db)}'),
  }),
  'a broken secret file': (s) => ({ 'soa-configs/catalog/secrets/db.json': `{"environments": {"prod": "${s}" ` }),
  'a git URL': (s) => ({
    'soa-configs/catalog/service.yaml': `description: x\ngit_url: https://bob:${s}@git.example.com/x\nunknown_key: 1\n`,
  }),
  'the keys of a team': (s) => teamData(JSON.stringify({ team_data: { storefront: { pagerduty_api_key: s } } })),
  'broken data of teams': (s) => teamData(`{"team_data": {"storefront": {"pagerduty_api_key": "${s}"`),
  'docker credentials': (s) => ({ 'docker.json': JSON.stringify({ auths: { 'registry.example.com': { auth: s } } }) }),
};

function base(more: string): string {
  return `main:\n  deploy_group: prod.main\n  mem: 4097\n  ${more}\n`;
}

function teamData(text: string): Readonly<Record<string, string>> {
  const sensu = { delivery: 'files', team_data: 'team_data.json', handlers: HANDLERS };
  return {
    'system-config/north-prod/sensu.json': JSON.stringify({ sensu }),
    'system-config/north-prod/team_data.json': text,
  };
}

const secrets = fc.stringMatching(/^[A-Za-z0-9_+]{10,30}$/).filter((text) => !/paasta|catalog/i.test(text));

function put({ repository }: ExampleCompany, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(repository.dir, path, '..'), { recursive: true });
    writeFileSync(join(repository.dir, path), text);
  }
}

for (const [place, filesOf] of Object.entries(PLACES)) {
  test(`a secret in ${place} is in no report`, async () => {
    const company = exampleCompany('review-secret');
    await fc.assert(
      fc.asyncProperty(secrets, secrets, async (before, after) => {
        put(company, filesOf(before));
        company.repository.commit('before', {});
        put(company, filesOf(after));
        for (const format of ['text', 'markdown', 'html', 'json']) {
          const { out, err } = await company.call('review', '--diff', '-s', 'catalog', '-o', format);
          for (const secret of [before, after]) {
            assert.not.ok(out.includes(secret), `${format}: ${secret} in the report`);
            assert.not.ok(err.includes(secret), `${format}: ${secret} in ${err}`);
          }
        }
      }),
      { seed: 20260101, numRuns: 2 },
    );
  });
}

test('a changed secret shows as a change', async () => {
  const company = exampleCompany('review-secret-change');
  company.edit(MAIN, 'mem: 4096', 'mem: 4096\n  env: {DB_PASSWORD: first-secret}');
  company.repository.commit('before', {});
  company.edit(MAIN, 'first-secret', 'second-secret');
  const { out } = await company.call('review');
  assert.match(out, /env DB_PASSWORD: <hidden #1> -> <hidden #2>/);
  rmSync(join(company.repository.dir, 'soa-configs/catalog'), { recursive: true });
  const gone = await company.call('review', '--diff');
  assert.not.match(gone.out, 'first-secret');
});

/** Places whose values the manifests themselves hold, as PaaSTA's do; everywhere else a secret is in no file either. */
const RENDERED = new Set([
  'a literal value under a secret name',
  'a value of the wrong type under a secret name',
  'user and password of a URL',
  'an assignment within a text',
  'JSON within a text',
  'a flag of the command',
]);

for (const [place, filesOf] of Object.entries(PLACES)) {
  test(`a secret in ${place} is in nothing that publish says or commits about`, async () => {
    const remote = bareRepository('publish-secret-output');
    const company = exampleCompany('publish-secret', `publish: {repo: "${remote.dir}"}\n`);
    const said: string[] = [];
    const planted = ['Zq4before9secret', 'Xw7after3secret'];
    for (const secret of planted) {
      put(company, filesOf(secret));
      company.repository.commit('configuration', {});
      for (const flags of [['--pr', 'print'], ['-o', 'json'], []]) {
        const { status, out, err } = await company.call('publish', '--allow-file', ...flags);
        assert.ok(status < 2, err);
        said.push(out, err);
      }
    }
    said.push(remote.git('log', '--format=%B', 'main'));
    if (!RENDERED.has(place)) said.push(remote.git('log', '-p', 'main'));
    for (const text of said) for (const secret of planted) assert.not.ok(text.includes(secret), text.slice(0, 300));
  });
}

test.run();
