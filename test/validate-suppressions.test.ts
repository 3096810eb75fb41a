/** Comments that ignore findings. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findingsOfShop } from './support/validate.ts';

const FILE = 'shop/kubernetes-norcal-prod.yaml';
const main = (line: string, setup?: Parameters<typeof findingsOfShop>[1]) =>
  findingsOfShop({ [FILE]: `main:\n  deploy_group: prod\n  instances: 2\n  ${line}\n` }, setup);

test('a comment at the end of the line ignores a finding of its code', async () => {
  assert.equal(await main('mem: 16'), [`policy ${FILE}:4:8 bad-value`]);
  assert.equal(await main('mem: 16 # paasta-gitops: ignore bad-value tiny by design'), []);
  assert.equal(await main('mem: 16 # paasta-gitops: ignore bad-value tiny by design', { strict: true }), []);
});

test('several codes are named with commas', async () => {
  const text = 'env: {A: SECRET(a b), 1B: "x"} # paasta-gitops: ignore bad-secret-reference, ignored-key because';
  assert.equal(await main(text), [`error ${FILE}:4:25 bad-env-name`, `warning ${FILE}:4:34 unused-suppression`]);
});

test('a comment that ignores nothing is reported', async () => {
  assert.equal(await main('mem: 512 # paasta-gitops: ignore bad-value x'), [`warning ${FILE}:4:12 unused-suppression`]);
  assert.equal(await main('# paasta-gitops: ignore bad-value x\n  mem: 16'), [
    `warning ${FILE}:4:3 unused-suppression`,
    `policy ${FILE}:5:8 bad-value`,
  ]);
});

test('in a run about some clusters, a comment may be about another one', async () => {
  const scope = { clusters: ['norcal-prod'] };
  assert.equal(await main('mem: 512 # paasta-gitops: ignore bad-value x', { scope }), []);
  assert.equal(await main('mem: 16 # paasta-gitops: ignore bad-value', { scope }), [
    `policy ${FILE}:4:8 bad-value`,
    `warning ${FILE}:4:11 bad-suppression`,
  ]);
});

test('a comment without a reason, of an unknown code, or of another form is reported and ignores nothing', async () => {
  const report = async (comment: string): Promise<string[]> =>
    (await main(`mem: 16 # ${comment}`)).map((line) => line.split(' ').at(-1)!).sort();
  assert.equal(await report('paasta-gitops: ignore bad-value'), ['bad-suppression', 'bad-value']);
  assert.equal(await report('paasta-gitops: ignore bad-valeu x'), ['bad-suppression', 'bad-value']);
  assert.equal(await report('paasta-gitops: disable bad-value'), ['bad-suppression', 'bad-value']);
});

test('an error cannot be ignored', async () => {
  assert.equal(await main('cap_add: 5 # paasta-gitops: ignore bad-value x'), [
    `error ${FILE}:4:12 bad-value`,
    `warning ${FILE}:4:14 bad-suppression`,
  ]);
  assert.equal(await main('registrations: ["a/b.c"] # paasta-gitops: ignore unsafe-name x'), [
    `error ${FILE}:4:19 unsafe-name`,
    `warning ${FILE}:4:28 bad-suppression`,
  ]);
});

test('text that only looks like a comment is none', async () => {
  assert.equal(await main('cmd: "x # paasta-gitops: ignore bad-value y"'), []);
});

test('severities of the project count after comments', async () => {
  assert.equal(await main('mem: 16', { severity: { 'bad-value': 'error' } }), [`error ${FILE}:4:8 bad-value`]);
  assert.equal(await main('mem: 16', { severity: { 'bad-value': 'off' } }), []);
  const warned = { 'bad-value': 'warning' } as const;
  assert.equal(await main('mem: 16', { severity: warned, strict: true }), [`warning ${FILE}:4:8 bad-value`]);
});

test('what is an error stays one, whatever the project sets', async () => {
  for (const level of ['off', 'info', 'warning'] as const) {
    const severity = { 'bad-value': level, 'unsafe-name': level };
    assert.equal(await main('cap_add: 5', { severity }), [`error ${FILE}:4:12 bad-value`]);
    assert.equal(await main('registrations: ["a/b.c"]', { severity }), [`error ${FILE}:4:19 unsafe-name`]);
  }
});

test.run();
