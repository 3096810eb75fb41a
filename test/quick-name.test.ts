import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quickName } from '../cli/quick-name.ts';

test('names are those of FNV-1a', () => {
  assert.is(quickName(''), '6c62272e07bb014262b821756295c58d');
  assert.is(quickName('a'), 'd228cb696f1a8caf78912b704e4a8964');
  assert.is(quickName('foobar'), '343e1662793c64bf6f0d3597ba446f18');
});

test('every text has a name of 32 digits', () => {
  for (let number = 0; number < 2000; number++) assert.match(quickName(`é${number}`), /^[0-9a-f]{32}$/);
});

test.run();
