import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, editDistance, nearest } from '../compiler/diagnostics/did-you-mean.ts';

const KEYS = ['cpus', 'mem', 'disk', 'instances', 'max_instances', 'healthcheck_uri', 'pool'];

test('one wrong, missing, additional or swapped letter finds the name', () => {
  assert.is(nearest('cpu', KEYS), 'cpus');
  assert.is(nearest('instanecs', KEYS), 'instances');
  assert.is(nearest('poool', KEYS), 'pool');
  assert.is(nearest('max_instancess', KEYS), 'max_instances');
});

test('a long word may differ in a third of its letters', () => {
  assert.is(nearest('healthcheck_url_x', KEYS), 'healthcheck_uri');
  assert.is(nearest('max-replicas', KEYS), undefined);
});

test('a name that shares little is not suggested', () => {
  assert.is(nearest('xy', ['ab', 'cd']), undefined);
  assert.is(nearest('prod', ['dev', 'stage']), undefined);
  assert.is(nearest('', KEYS), undefined);
  assert.is(nearest('x'.repeat(5000), ['x'.repeat(4999)]), undefined);
});

test('a difference in case is the nearest of all', () => {
  assert.is(nearest('CPUS', ['cpux', 'cpus', 'CPU']), 'cpus');
});

test('of equally near names the first by code unit is taken, whatever the order', () => {
  assert.is(nearest('prox', ['proy', 'prod']), 'prod');
  assert.is(nearest('prox', ['prod', 'proy']), 'prod');
});

test('the hint is a member to spread, absent when nothing is near', () => {
  assert.equal(didYouMean('cpu', KEYS), { hint: 'did you mean "cpus"?' });
  assert.equal(didYouMean('something_else', KEYS), {});
});

test('a limit changes only distances above it', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  const property = fc.property(word, word, fc.nat(6), (a, b, limit) => {
    const full = editDistance(a, b);
    const limited = editDistance(a, b, limit);
    return full <= limit ? limited === full : limited > limit;
  });
  fc.assert(property, { seed: 7, numRuns: 500 });
});

test('distance is the same both ways and nothing only for equal words', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  const property = fc.property(word, word, (a, b) => {
    const distance = editDistance(a, b);
    return distance === editDistance(b, a) && (distance === 0) === (a === b);
  });
  fc.assert(property, { seed: 8, numRuns: 500 });
});

test.run();
