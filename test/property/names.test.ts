import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isSafeName, limitSize, sanitise, sanitiseVolumeName } from '../../compiler/model/names.ts';

const SETTINGS = { seed: 20260217, numRuns: 500 };
const text = fc.string({ unit: 'grapheme', maxLength: 120 });
const nameText = fc.string({ unit: fc.constantFrom('a', 'B', '_', '-', '.', '/', '7'), maxLength: 120 });

/** Base32 through one big integer: slow, and unlike the code under test. */
function slowBase32(bytes: Uint8Array): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  while (bits.length % 5 !== 0) bits += '0';
  return (bits.match(/.{5}/g) ?? []).map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(five, 2)]).join('');
}

test('a limited name is never too long and keeps its beginning', () => {
  const property = fc.property(text, fc.integer({ min: 10, max: 80 }), (name, max) => {
    const limited = limitSize(name, max);
    const characters = [...name];
    if (characters.length <= max) return limited === name;
    const hash = slowBase32(createHash('md5').update(name).digest()).slice(0, 4);
    return limited === `${characters.slice(0, max - 5).join('')}-${hash}`;
  });
  fc.assert(property, SETTINGS);
});

test('sanitising leaves no underscore and changes nothing the second time', () => {
  const property = fc.property(nameText, (name) => {
    const once = sanitise(name);
    return !once.includes('_') && sanitise(once) === once && !once.startsWith('--');
  });
  fc.assert(property, SETTINGS);
});

test('a volume name fits its limit and never contains a slash or a dot', () => {
  const property = fc.property(nameText, fc.integer({ min: 12, max: 80 }), (path, max) => {
    const name = sanitiseVolumeName(path, max);
    return name !== null && name.length <= max && !/[/.]/.test(name);
  });
  fc.assert(property, SETTINGS);
});

test('text beyond ASCII gives no volume name exactly when it is too long', () => {
  const property = fc.property(text, fc.integer({ min: 12, max: 80 }), (path, max) => {
    const whole = sanitiseVolumeName(path)!;
    const isTooLong = [...whole].length > max && /[^\x00-\x7f]/.test(whole);
    return (sanitiseVolumeName(path, max) === null) === isTooLong;
  });
  fc.assert(property, SETTINGS);
});

test('a safe name cannot leave its directory', () => {
  const property = fc.property(fc.oneof(text, nameText), (name) => {
    const resolved = new URL(`http://x/base/${encodeURIComponent(name)}/y`).pathname;
    return !isSafeName(name) || resolved === `/base/${name}/y`;
  });
  fc.assert(property, SETTINGS);
  assert.not(isSafeName('..'));
});

test.run();
