/** What is secret in the input is in no report about it: not in messages, code frames or errors, in any form. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FORMATS } from '../cli/formats/index.ts';
import { callCli } from './support/call-cli.ts';
import { shopProject, writeFiles } from './support/shop-project.ts';
import { SYSTEM } from './support/sources.ts';
import { SHOP } from './support/validate.ts';

const SECRET = 'hunter2hunter2';
const FILE = 'soa/shop/kubernetes-norcal-prod.yaml';
const system = (keys: string): Readonly<Record<string, string>> => ({
  'etc/system.json': JSON.stringify(SYSTEM).replace(/^\{/, `{${keys},`),
});
const instance = (keys: string): Readonly<Record<string, string>> => ({
  [FILE]: `main:\n  deploy_group: prod\n  instances: 2\n${keys}\n`,
});

/** Mistakes on, around and near values that nobody else should read. */
const CASES: readonly Readonly<Record<string, string>>[] = [
  ...[
    `"slack": {"token": "${SECRET}"}, "slackk": 1`,
    `"slackk": {"token": "${SECRET}"}`,
    `"slack": "${SECRET}"`,
    `"ldap_reader_password": ["${SECRET}"]`,
    `"ldap_reader_password": {"${SECRET}": "${SECRET}"}`,
    `"ldap_reader_pasword": "${SECRET}"`,
    `"monitoring_config": "${SECRET}"`,
    `"dockercfg_location": ["${SECRET}"]`,
    `"slack": {"token": "${SECRET}" "x": 1}`,
    `"slack": {"token": ${SECRET}}`,
    `"ldap_reader_password":\n"${SECRET}`,
    `"slack": {"token": "${SECRET}"}, "slack": {"token": "${SECRET}"}`,
  ].map(system),
  { 'etc/a.json': `{"ldap_reader_password": "${SECRET}"}`, 'etc/b.json': `{"ldap_reader_password": "${SECRET}"}` },
  ...[
    `  env: {DB_PASSWORD: ${SECRET}, X: 12}`,
    `  env:\n    DB_PASSWORD:\n      - ${SECRET}`,
    `  env:\n    DB_PASSWORD: |\n      ${SECRET}\n      \u0001`,
    `  env: {DB_PASSWORD: ${SECRET}, DB_PASSWORD: ${SECRET}}`,
    `  env: {DB_PASSWORD: !!binary ${SECRET}}`,
    `  env: {DB_PASSWORD: "${SECRET}}\n`,
    `  env:\n    DB_PASSWORD: *${SECRET}`,
    `  env:\n    DB_PASSWORD: &${SECRET} x\n    API_TOKEN: &${SECRET} y`,
    `  env:\n    DB_PASSWORD: !${SECRET}`,
    `  env:\n    DB_PASSWORD: !${SECRET}!x`,
    `  env:\n    DB_PASSWORD: !!int ${SECRET}`,
    `  env:\n    DB_PASSWORD: {${SECRET}, ${SECRET}}`,
    `  env: "DB_PASSWORD=${SECRET}"`,
    `  env: {DB_PASSWORD: {a: ${SECRET}}}`,
    `  env: [{DB_PASSWORD: ${SECRET}}]`,
    `  cmdx: curl https://bob:${SECRET}@host/`,
    `  cmd: {a: https://bob:${SECRET}@host/}`,
    `  cmd: run --password=${SECRET}\n  args: [a]`,
    `  cmdx: run --password ${SECRET}`,
    `  cmd: run\n  args: ['--password', '${SECRET}']`,
    `  args:\n    - --password\n    - [${SECRET}]`,
    `  monitoring: {slack_token: ${SECRET}}`,
    `  secret_volumes: [{container_path: /s, secret_name: s, password: ${SECRET}}]`,
  ].map(instance),
  {
    'soa/shop/secrets/key.json': `{"environments": {"prod": {"ciphertext": "${SECRET}", "signature": ["${SECRET}"]}}}`,
  },
  { 'soa/shop/secrets/key.json': `{"environments": {"prod": {"ciphertext": "${SECRET}"` },
  { 'soa/shop/service.yaml': `description: 1\nexternal_link: x\ngit_url: https://bob:${SECRET}@host /x\n` },
  { 'soa/shop/service.yaml': `git_url: [https://bob:${SECRET}@host/x]\n` },
  {
    'paasta-gitops.yaml': `soa_dir: soa\nsystem_config_dir: etc\npublish: {repo: "https://b:${SECRET}@host/x", x: 1}\n`,
  },
  { 'paasta-gitops.yaml': `soa_dir: soa\nsystem_config_dir: etc\npublish: "https://b:${SECRET}@host/x"\n` },
];

const CALLS = [
  ['validate', '-v', '--strict'],
  ...Object.keys(FORMATS).map((name) => ['validate', '-o', name]),
  ['synth', '-v'],
];

for (const [index, files] of CASES.entries()) {
  test(`mistakes near secrets (${index + 1}): ${Object.keys(files).join(', ')}`, async () => {
    const cwd = shopProject(SHOP);
    writeFiles(cwd, files);
    let length = 0;
    for (const args of CALLS) {
      const { stdout, stderr } = await callCli(args, { cwd });
      length += stdout.length + stderr.length;
      assert.not.match(`${stdout}${stderr}`, SECRET, args.join(' '));
    }
    assert.ok(length > 500);
  });
}

test('lists, maps and numbers under secret names are hidden where input is shown', async () => {
  const cwd = shopProject(SHOP);
  const env = `{DB_PASSWORD: [${SECRET}], API_TOKEN: {a: {b: ${SECRET}}}, PIN_TOKEN: 271828, OK: [seen]}`;
  writeFiles(
    cwd,
    instance(`  env: ${env}\n  args: [--pin-token, ${SECRET}]\n  secret_volumes: [{secret_name: seen2}]`),
  );
  const where = ['-s', 'shop', '-c', 'norcal-prod'];
  for (const args of [
    ['explain', ...where, '-i', 'main', 'env'],
    ['explain', ...where, '-i', 'main', 'args'],
    ['explain', ...where, '-i', 'main', 'secret_volumes', '-o', 'json'],
    ['explain', ...where, '--object', 'Deployment/shop-main'],
    ...['load', 'resolve', 'render'].map((stage) => ['dump', '--stage', stage, ...where]),
  ]) {
    const { stdout, stderr } = await callCli(args, { cwd });
    assert.not.match(`${stdout}${stderr}`, new RegExp(`${SECRET}|271828`), args.join(' '));
    if (args.includes('env') || args.includes('secret_volumes')) assert.match(stdout, 'seen', args.join(' '));
  }
});

test('what a service is holds no password of its URLs', async () => {
  const cwd = shopProject(SHOP);
  const url = `https://bob:${SECRET}@host/x.git`;
  writeFiles(cwd, { 'soa/shop/service.yaml': `git_url: ${url}\nexternal_link: ${url}\ndescription: see ${url}\n` });
  for (const args of [['info'], ['info', '-o', 'json'], ['dump', '--stage', 'load'], ['dump', '--stage', 'resolve']]) {
    const { stdout, stderr } = await callCli([...args, '-s', 'shop'], { cwd });
    assert.not.match(`${stdout}${stderr}`, SECRET, args.join(' '));
    if (args[0] === 'info') assert.match(stdout, 'https://host/x.git');
  }
});

test.run();
