import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTwice, writeTwice } from '../cli/kept-twice.ts';
import { tempDir } from './support/git-repository.ts';

test('bytes come back, and not when anything about them is otherwise', () => {
  const file = join(tempDir('kept-twice'), 'new/file');
  assert.is(readTwice(file), undefined);
  writeTwice(file, Buffer.from('kept'));
  assert.equal(readTwice(file), Buffer.from('kept'));
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    for (const damaged of [bytes, whole.subarray(0, at)]) {
      writeFileSync(file, damaged);
      assert.is(readTwice(file), undefined);
    }
  }
});

test('what cannot be put in its place leaves nothing behind', () => {
  const folder = tempDir('kept-twice');
  mkdirSync(join(folder, 'file'));
  assert.throws(() => {
    writeTwice(join(folder, 'file'), Buffer.from('kept'));
  }, /EISDIR/);
  assert.equal(readdirSync(folder), ['file']);
});

test.run();
