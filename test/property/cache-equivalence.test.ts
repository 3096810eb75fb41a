import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { counts, playRounds, rounds } from '../support/cache-steps.ts';

test('whatever happens to input, output and cache, a run with a cache ends as one without', async () => {
  await fc.assert(fc.asyncProperty(rounds, playRounds), { numRuns: 24, seed: 20, endOnFailure: true });
  assert.ok(counts.recalled >= 5, `${counts.recalled} of ${counts.runs} recalled`);
  assert.ok(counts.settled >= 5, `${counts.settled} of ${counts.runs} settled`);
  assert.ok(counts.known >= 5, `${counts.known} of ${counts.runs} in which git may have looked`);
});

test.run();
