import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunks, KeptWriter, readKept, readTwice, startOfKept, writeKept } from '../cli/kept-file.ts';
import { digest } from '../compiler/cache/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'kept-file-'));
const file = join(folder, `${'0'.repeat(32)}.cache`);
test.after(() => {
  rmSync(folder, { recursive: true });
});

test('texts come back whole, however many and long they are', () => {
  const texts = Array.from({ length: 3000 }, (_, index) => `${index} ${'é€𝄞x'.repeat(index % 97)}\n`);
  const parts = [...chunks(texts)];
  assert.ok(parts.length > 1);
  const written = writeKept(file, parts);
  const kept = readKept(file)!;
  assert.is(kept.content.toString(), texts.join(''));
  assert.is(kept.digest, written);
  assert.is(written, digest(texts.join('')));
  // What is kept begins at a multiple of 8, so that V8 takes its code where it lies.
  assert.is(readFileSync(file, 'utf8'), `${written.padEnd(71)}\n${texts.join('')}`);
});

test('nothing at all comes back as nothing', () => {
  writeKept(file, chunks([]));
  assert.is(readKept(file)!.content.length, 0);
});

test('the start of a file is its content up to so many bytes', () => {
  writeKept(file, [Buffer.from('beginning and end')]);
  assert.is(startOfKept(file, 9).toString(), 'beginning');
  assert.is(startOfKept(file, 100).toString(), 'beginning and end');
  assert.throws(() => startOfKept(`${file}.none`, 9), /ENOENT/);
});

test('what was kept twice comes back, and not when anything about it is otherwise', () => {
  assert.is(readTwice(`${file}.none`), undefined);
  writeKept(file, [Buffer.from('kept'), Buffer.from('kept')]);
  assert.equal(readTwice(file), Buffer.from('kept'));
  const whole = readFileSync(file);
  const start = whole.length - 'keptkept'.length;
  for (let at = start; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    for (const damaged of [bytes, whole.subarray(0, at)]) {
      writeFileSync(file, damaged);
      assert.is(readTwice(file), undefined);
    }
  }
});

test('parts that fail on the way leave the earlier file in place', () => {
  writeKept(file, [Buffer.from('earlier')]);
  const failing = function* (): Generator<Buffer> {
    yield Buffer.from('half');
    throw new Error('no more');
  };
  assert.throws(() => writeKept(file, failing()), 'no more');
  assert.is(readKept(file)!.content.toString(), 'earlier');
});

test('parts that come one after the other are seen when all are there', () => {
  writeKept(file, [Buffer.from('earlier')]);
  const writer = new KeptWriter(file);
  writer.write(Buffer.from('la'));
  assert.is(readKept(file)!.content.toString(), 'earlier');
  writer.write(Buffer.from('ter'));
  const written = writer.close();
  assert.is(written, digest('later'));
  assert.equal([readKept(file)!.content.toString(), readKept(file)!.digest], ['later', written]);
});

test('what a killed run left goes after a while, what another one writes stays', () => {
  const [left, underWay] = [`${file}.1`, `${file}.2`];
  for (const path of [left, underWay]) writeFileSync(path, 'half');
  const longAgo = Date.now() / 1000 - 2 * 3600;
  utimesSync(left, longAgo, longAgo);
  writeKept(file, [Buffer.from('whole')]);
  assert.equal([left, underWay, file].map(existsSync), [false, true, true]);
});

test.run();
