import * as fc from 'fast-check';
import { test } from 'uvu';
import { playRounds, rounds } from '../support/cache-steps.ts';

test('whatever happens to input, output and cache, a run with a cache ends as one without', async () => {
  await fc.assert(fc.asyncProperty(rounds, playRounds), { numRuns: 36, seed: 20, endOnFailure: true });
});

test.run();
