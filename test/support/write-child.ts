/**
 * Writes one fleet after another into a folder, until it is killed. Bundled and run by kill-write.test.ts.
 *
 * Arguments: the folder; fleets as JSON; how many changes of the disk to let through before killing itself (`-` for all). A write counts
 * twice: once for each half of its bytes.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type Fleet, writeFleet } from './output-tree.ts';

const [out, fleets, budget] = process.argv.slice(2) as [string, string, string];

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

if (budget !== '-') {
  let left = Number(budget);
  const { openSync, writeSync, renameSync, unlinkSync, mkdirSync, rmdirSync } = fs;
  const spend = (): void => {
    if (left-- === 0) die();
  };
  fs.openSync = (path, flags, mode) => {
    if (typeof flags === 'number' && (flags & fs.constants.O_CREAT) !== 0) spend();
    return openSync(path, flags, mode);
  };
  const writeHalves = (file: number, bytes: Buffer, offset: number): number => {
    spend();
    const half = writeSync(file, bytes, offset, (bytes.length - offset) >> 1);
    spend();
    return half + writeSync(file, bytes, offset + half);
  };
  fs.writeSync = writeHalves as typeof writeSync;
  for (const [name, call] of Object.entries({ renameSync, unlinkSync, mkdirSync, rmdirSync })) {
    const counted = (...args: unknown[]): unknown => {
      spend();
      return (call as (...args: unknown[]) => unknown)(...args);
    };
    Object.assign(fs, { [name]: counted });
  }
  syncBuiltinESMExports();
}

const steps = JSON.parse(fleets) as Fleet[];
const rounds = budget === '-' ? Number.POSITIVE_INFINITY : 1;
process.stdout.write('started\n');
for (let round = 0; round < rounds; round++) for (const fleet of steps) writeFleet(out, fleet, { forcePrune: true });
