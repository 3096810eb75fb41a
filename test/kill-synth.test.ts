import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mulberry32 } from '../bench/corpus.ts';
import { PROGRAM, readTree, ROOT, runCli } from './support/run-cli.ts';

const golden = join(ROOT, 'test/golden/paasta');
const scratch = mkdtempSync(join(tmpdir(), 'kill-synth-'));
const KILLS = 20;

function args(soa: string, out: string): string[] {
  return ['synth', '--soa-dir', soa, '--system-config-dir', join(golden, 'etc-paasta'), '--out', out];
}

/** Starts synth and kills it after a delay; tells whether it was still running. */
function killedRun(soa: string, out: string, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args(soa, out)], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    child.on('close', (_code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

test('after kill -9 at any moment the next run gives the tree of an undisturbed one, hand-written files included', async () => {
  // GIVEN two revisions of the input: the second lacks a service
  const before = join(golden, 'soa-configs');
  const after = join(scratch, 'after');
  cpSync(before, after, { recursive: true });
  rmSync(join(after, 'relay'), { recursive: true });
  const undisturbed = join(scratch, 'undisturbed');
  const started = process.hrtime.bigint();
  runCli(args(before, undisturbed));
  const length = Number((process.hrtime.bigint() - started) / 1_000_000n);
  plantHandWritten(undisturbed);
  runCli(args(after, undisturbed));
  const expected = readTree(undisturbed);
  // WHEN runs are killed at random moments
  const random = mulberry32(7);
  let killed = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const out = join(scratch, `out-${round}`);
    if (round % 2 === 1) runCli(args(before, out));
    plantHandWritten(out);
    if (await killedRun(round % 2 === 1 ? after : before, out, length * (0.2 + 0.8 * random()))) killed += 1;
    // THEN the next run completes the work
    runCli(args(after, out));
    assert.equal(readTree(out), expected, `round ${round}`);
    rmSync(out, { recursive: true, force: true });
  }
  assert.ok(killed >= KILLS / 4, `only ${killed} of ${KILLS} runs were still going when killed`);
});

function plantHandWritten(out: string): void {
  mkdirSync(join(out, 'clusters/pnw-prod/paastasvc-search'), { recursive: true });
  writeFileSync(
    join(out, 'clusters/pnw-prod/paastasvc-search/by-hand.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: by-hand\n',
  );
  writeFileSync(join(out, 'README.md'), 'written by hand\n');
}

test.after(() => rmSync(scratch, { recursive: true, force: true }));
test.run();
