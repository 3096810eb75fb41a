/** Names that -s, -i and -c give and the tree does not have. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { exampleCompany } from './support/example-company.ts';
import { shopProject, writeFiles } from './support/shop-project.ts';
import { SHOP } from './support/validate.ts';

const SERVICE = 'there is no service "shpo" in the tree  [missing-service]\n  hint: did you mean "shop"?\n';
const INSTANCE = 'there is no instance "mian" of shop  [missing-instance]\n  hint: did you mean "main"?\n';

for (const [verb, ...words] of [
  ['synth'],
  ['validate'],
  ['secrets', 'list'],
  ['secrets', 'lint'],
  ['dump', '--stage', 'load'],
] as const) {
  test(`${verb} ${words.join(' ')} says which service or instance there is not, and which may be meant`, async () => {
    const cwd = shopProject(SHOP);
    const call = (...flags: string[]) => callCli([verb, ...words, ...flags], { cwd });
    const service = await call('-s', 'shpo');
    assert.is(service.status, 1);
    assert.match(`${service.stdout}${service.stderr}`, SERVICE);
    const instance = await call('-s', 'shop', '-i', 'mian');
    assert.is(instance.status, 1);
    assert.match(`${instance.stdout}${instance.stderr}`, INSTANCE);
    assert.is((await call('-s', 'shop', '-i', 'main')).status, 0);
  });
}

test('an instance of any type and of any service in scope counts', async () => {
  const cwd = shopProject({ ...SHOP, 'shop/adhoc-norcal-prod.yaml': 'once:\n  deploy_group: prod\n' });
  const said = async (...flags: string[]): Promise<string> =>
    (await callCli(['validate', ...flags], { cwd })).stdout.split('\n')[0]!;
  assert.match(await said('-i', 'once'), /^0 errors/);
  assert.match(await said('-i', 'twice'), 'there is no instance "twice" in the tree ');
  assert.match(await said('-i', 'twice', '-c', 'norcal-prod'), 'there is no instance "twice" in norcal-prod ');
  assert.match(await said('-i', 'mian', '-s', 'shpo', '-s', 'shop'), 'there is no instance "mian" of shpo, shop ');
  writeFiles(cwd, { 'soa/shop/adhoc-norcal-prod.yaml': 'once: [\n' });
  assert.not.match(await said('-i', 'once'), 'missing-instance', 'who knows what the broken file holds');
});

test('what a misspelt name of a call once had stays', async () => {
  const cwd = shopProject({ ...SHOP, 'other/service.yaml': 'description: x\n' });
  const output = () => readdirSync(join(cwd, 'dist'), { recursive: true }).sort();
  await callCli(['synth'], { cwd });
  const before = output();
  assert.ok(before.some((path) => String(path).endsWith('shop-main.yaml')));
  rmSync(join(cwd, 'soa/shop'), { recursive: true });
  for (const scope of [
    ['-s', 'shop'],
    ['-i', 'main'],
  ]) {
    assert.is((await callCli(['synth', ...scope], { cwd })).status, 1);
    assert.equal(output(), before, scope.join(' '));
  }
});

test('list, info and explain name what there is not', async () => {
  const cwd = shopProject(SHOP);
  for (const call of [
    ['list', 'instances', '-s', 'shpo'],
    ['info', '-s', 'shpo'],
    ['explain', '-s', 'shpo', '-i', 'main', 'cpus'],
  ]) {
    const { status, stdout, stderr } = await callCli(call, { cwd });
    assert.is(status, 1);
    assert.is(stdout, '');
    assert.is(stderr, `soa/: error: ${SERVICE}`);
  }
  const { status, stderr } = await callCli(['list', 'services', '-c', 'norcal-prd'], { cwd });
  assert.is(status, 1);
  assert.match(stderr, 'there is no cluster "norcal-prd"');
  assert.match(stderr, 'did you mean "norcal-prod"?');
  assert.is((await callCli(['list', 'clusters', '-s', 'shop'], { cwd })).status, 2, 'a flag without effect');
});

test('review complains of a name that neither side has, and shows what only one side has', async () => {
  const company = exampleCompany('review-scope');
  const typo = await company.call('review', '-s', 'catlog');
  assert.equal([typo.status, typo.out], [6, ''], 'no report says that nothing changed');
  assert.match(typo.err, 'there is no service "catlog" in the tree');
  assert.is((await company.call('review', '-c', 'north-prd')).status, 6);
  rmSync(join(company.repository.dir, 'soa-configs/catalog'), { recursive: true });
  const removed = await company.call('review', '-s', 'catalog', '-i', 'main', '-c', 'north-prod');
  assert.is(removed.err, '');
  assert.is(removed.status, 0);
  assert.match(removed.out, '- catalog.main');
});

test.run();
