import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printedBy, recollect, writeSealedRun } from '../cli/sealed-run.ts';
import { tempDir } from './support/git-repository.ts';

const outcome = { before: () => ['é before'], changes: () => [], after: () => ['after'], stderr: '', status: 1 };
const place = join(tempDir('sealed-run'), '0'.repeat(32));

function keep(more: unknown): void {
  writeSealedRun(place, { key: 'of this call', folders: [], known: null, more, outcome });
}

function recall(key = 'of this call') {
  return recollect(place, { key: () => key, fewest: 1, env: process.env });
}

/** Numbers up to one, about as far below it as what else a layout holds. */
function near(number: number): readonly number[] {
  return Array.from({ length: 300 }, (_, at) => number - at);
}

test('a run comes back however much is asked for besides, for its own call only', async () => {
  for (const length of [0, 10_000, ...near(1 << 14), 100_000]) {
    keep('x'.repeat(length));
    const recalled = (await recall())!;
    assert.is((recalled.more as string).length, length);
    assert.equal([[...printedBy(recalled.outcome)].join(''), recalled.outcome.status], ['é beforeafter', 1]);
    assert.is(await recall('of another'), null);
  }
});

test('a run that is damaged anywhere is none', async () => {
  keep('more');
  const whole = readFileSync(`${place}.sealed`);
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    writeFileSync(`${place}.sealed`, bytes);
    assert.is(await recall(), null, `byte ${at}`);
  }
  writeFileSync(`${place}.sealed`, whole);
  assert.is.not(await recall(), null);
});

test('what two runs wrote is not put together', async () => {
  keep('one');
  const recalling = recollect(place, {
    key: () => 'of this call',
    fewest: 1,
    // Asked for before the rest is read.
    get env() {
      keep('two');
      return process.env;
    },
  });
  assert.is(await recalling, null);
  assert.is((await recall())!.more, 'two');
});

test.run();
