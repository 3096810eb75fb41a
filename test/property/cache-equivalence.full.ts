import * as fc from 'fast-check';
import { test } from 'uvu';
import { playRounds, rounds } from '../support/cache-steps.ts';

test('300 sequences of changes, damage and kills end as without a cache', async () => {
  await fc.assert(fc.asyncProperty(rounds, playRounds), { numRuns: 300, seed: 7 });
});

test.run();
