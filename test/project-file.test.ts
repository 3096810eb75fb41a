/** paasta-gitops.yaml: what it may hold, and what is said about the rest. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_KEYS } from '../cli/project.ts';
import type { JsonSchema } from '../schemas/json-schema.ts';
import { readSchemas } from '../schemas/schema-files.ts';
import { callCli } from './support/call-cli.ts';
import { tempDir } from './support/git-repository.ts';
import { shopProject, writeFiles } from './support/shop-project.ts';
import { SHOP } from './support/validate.ts';

const BASE = 'soa_dir: soa\nsystem_config_dir: etc\n';

/** What `validate` says about the project file when these lines stand in it too. */
async function complaints(lines: string): Promise<readonly string[]> {
  const cwd = shopProject(SHOP);
  writeFiles(cwd, { 'paasta-gitops.yaml': `${BASE}${lines}` });
  const { stdout } = await callCli(['validate', '-o', 'json'], { cwd });
  const rows = JSON.parse(stdout) as readonly Record<string, string>[];
  return rows.map(
    (row) =>
      `${row['file']}:${row['line']}:${row['column']} ${row['message']}${row['suggestion'] ? ` (${row['suggestion']})` : ''}`,
  );
}

test('every documented setting is accepted', async () => {
  const lines = [
    'out: out',
    'file_per: object',
    'mask: [LICENSE]',
    'severity: {unknown-pool: error}',
    'publish: {repo: "git@x:y/z.git", branch: main, folder: rendered, author: "A <a@b>", pr: gitlab, owners: {web: "@x/web"}}',
    'clusters: {norcal-prod: {context: null, delivery: flux}}',
  ];
  assert.equal(await complaints(`${lines.join('\n')}\n`), []);
});

test('settings that do not exist or do not fit are named at their place', async () => {
  const at = (place: string): string => `paasta-gitops.yaml:${place}`;
  assert.equal(await complaints('soa_dri: x\n'), [
    `${at('3:1')} "soa_dri" is not a project setting (did you mean "soa_dir"?)`,
  ]);
  assert.equal(await complaints('publish: {repositry: x, pr: bitbucket, owners: {web: 1}}\n'), [
    `${at('3:11')} "repositry" is not a project setting`,
    `${at('3:29')} publish.pr is one of github, gitlab, gitea, print`,
    `${at('3:54')} publish.owners.web is text`,
  ]);
  assert.equal(await complaints('clusters: {norcal-prod: {contxt: x}}\n'), [
    `${at('3:26')} "contxt" is not a project setting (did you mean "context"?)`,
  ]);
  assert.equal(await complaints('severity: {unknown-pol: error}\n'), [
    `${at('3:12')} "unknown-pol" is not the code of a finding (did you mean "unknown-pool"?)`,
  ]);
});

test('a pattern of `mask` that is none is named at its place, and everything is hidden meanwhile', async () => {
  const hint = '(a part of the name is enough, such as "LICENSE")';
  const at = (place: string): string => `paasta-gitops.yaml:${place}`;
  assert.equal(await complaints('mask: [OK, "*LICENSE*", "(a+)+$"]\n'), [
    `${at('3:12')} mask: "*LICENSE*" is no regular expression ${hint}`,
    `${at('3:25')} mask: "(a+)+$" repeats a group, which can take for ever ${hint}`,
  ]);
  assert.equal(await complaints('mask: LICENSE\n'), [`${at('3:7')} mask is a list of texts`]);
  const cwd = shopProject(SHOP);
  const instances = 'main: {deploy_group: prod, instances: 2, env: {LICENSE: hunter2}, cpuz: 1}\n';
  for (const mask of ['["*LICENSE*"]', 'LICENSE']) {
    writeFiles(cwd, {
      'paasta-gitops.yaml': `${BASE}mask: ${mask}\n`,
      'soa/shop/kubernetes-norcal-prod.yaml': instances,
    });
    for (const args of [['validate'], ['dump', '--stage', 'load', '-s', 'shop']]) {
      const { status, stdout } = await callCli(args, { cwd });
      assert.is(status, 1);
      assert.not.match(stdout, 'hunter2', args.join(' '));
    }
  }
});

test('a severity `off` without quotes, false to YAML, is one', async () => {
  const cwd = shopProject(SHOP);
  const instances = 'main: {deploy_group: prod, instances: 2, cpuz: 1}\n';
  writeFiles(cwd, {
    'paasta-gitops.yaml': `${BASE}severity: {unknown-key: off}\n`,
    'soa/shop/kubernetes-norcal-prod.yaml': instances,
  });
  assert.is((await callCli(['validate'], { cwd })).stdout, '0 errors, 0 policy findings, 0 warnings, 0 notes\n');
  assert.equal(await complaints('severity: {unknown-key: on}\n'), [
    'paasta-gitops.yaml:3:25 severity.unknown-key is one of error, warning, info, off',
  ]);
});

test('a cluster that no system configuration has is a warning in validate and where its delivery is generated', async () => {
  const told = '"norcal-prd" is no cluster of the system configuration';
  const lines = 'clusters: {norcal-prd: {delivery: argocd}, norcal-prod: {}}\n';
  assert.equal(await complaints(lines), [`paasta-gitops.yaml:3:12 ${told} (did you mean "norcal-prod"?)`]);
  assert.equal(await complaints(`${lines}severity: {unknown-project-cluster: "off"}\n`), []);
  const cwd = shopProject(SHOP);
  for (const tool of ['argocd', 'flux']) {
    writeFiles(cwd, { 'paasta-gitops.yaml': `${BASE}${lines.replace('argocd', tool)}` });
    assert.is((await callCli(['validate'], { cwd })).status, 0);
    const { stderr } = await callCli([tool, 'generate', '--repo', 'https://git.example.com/out.git'], { cwd });
    assert.match(stderr, `paasta-gitops.yaml:3:12: warning: ${told}`, tool);
  }
});

test('the keys are those of the schema', () => {
  const schema = readSchemas().get('paasta-gitops.schema.json')!;
  const { publish, clusters } = schema.properties!;
  const keys = (map: JsonSchema): readonly string[] => Object.keys(map.properties!).sort();
  assert.equal(keys(schema), [...PROJECT_KEYS.top].sort());
  assert.equal(keys(publish!), [...PROJECT_KEYS.publish].sort());
  assert.equal(keys(clusters!.additionalProperties as JsonSchema), [...PROJECT_KEYS.cluster].sort());
});

test('what cannot be read in its place is a usage error that names it', async () => {
  const cwd = tempDir('project');
  const file = join(cwd, 'paasta-gitops.yaml');
  mkdirSync(file);
  const found = await callCli(['validate'], { cwd });
  assert.is(found.status, 2);
  assert.match(found.stderr, `paasta-gitops validate: the project file cannot be read: ${file}: it is a folder\n`);
  rmSync(file, { recursive: true });
  symlinkSync(file, file);
  assert.match((await callCli(['publish'], { cwd })).stderr, `${file}: too many symbolic links`);
  assert.is((await callCli(['publish'], { cwd })).status, 6);
  rmSync(file);
  symlinkSync('gone.yaml', file);
  assert.match((await callCli(['publish'], { cwd })).stderr, `${file}: the symlink leads nowhere`);
  const named = await callCli(['list', 'services', '--config', 'other.yaml'], { cwd });
  assert.match(named.stderr, 'paasta-gitops list: --config: there is no file other.yaml');
});

test.run();
