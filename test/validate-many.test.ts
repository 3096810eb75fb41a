/** Reports about a very wrong file stay readable, and the run goes on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SHOP, validateFiles } from './support/validate.ts';

const FILE = 'shop/kubernetes-norcal-prod.yaml';
const unknown = (count: number): string =>
  Array.from({ length: count }, (_, index) => `  zz_key_${index}: 1\n`).join('');
const main = 'main:\n  deploy_group: prod\n  instances: 2\n';

test('findings of one code about one file are told up to a limit, the last with the number of the others', async () => {
  const found = await validateFiles({ ...SHOP, [FILE]: `${main}${unknown(500)}` });
  const keys = found.filter(({ code }) => code === 'unknown-key');
  assert.is(keys.length, 200);
  assert.match(keys.at(-1)!.message, '(and 300 more like this in the file)');
  assert.not.match(keys.at(-2)!.message, 'more like this');
});

test('worse findings of the code are told all the same, and those of other files and codes', async () => {
  const service = `${SHOP['shop/service.yaml']!}${unknown(300).replaceAll('  ', '')}`;
  const files = { [FILE]: `${main}${unknown(300)}  mem: 1\n  cap_add: 1\n`, 'shop/service.yaml': service };
  const found = await validateFiles({ ...SHOP, ...files });
  const count = (file: string, code: string): number =>
    found.filter((each) => each.file === file && each.code === code).length;
  assert.equal([count(FILE, 'unknown-key'), count('shop/service.yaml', 'unknown-key')], [200, 200]);
  assert.is(count(FILE, 'bad-value'), 2);
});

test('more findings than a call has room for are no trouble', async () => {
  const keys = Array.from({ length: 140_000 }, (_, index) => `${'k'.repeat(50)}_${index}: 1\n`);
  const found = await validateFiles({ ...SHOP, 'shop/service.yaml': `${SHOP['shop/service.yaml']!}${keys.join('')}` });
  assert.is(found.length, 200);
});

test.run();
