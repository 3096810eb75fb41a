/**
 * Runs the test files (all, or those whose path contains an argument) as separate processes, at most two at once, and ends
 * with the true totals of all suites. A file is listed as skipped when it says so by `skipSuite` of test/support.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join, relative } from 'node:path';

interface Outcome {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
  readonly output: string;
  readonly milliseconds: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const filters = process.argv.slice(2).filter((a) => !a.startsWith('--'));
const full = process.argv.includes('--full');
const files = (readdirSync(join(root, 'test'), { recursive: true }) as string[])
  .filter((f) => (full ? /\.(test|full)\.ts$/ : /\.test\.ts$/).test(f) && !f.startsWith('golden/'))
  .map((f) => `test/${f.replaceAll('\\', '/')}`)
  .filter((f) => filters.length === 0 || filters.some((part) => f.includes(part)))
  .sort();

function run(file: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const start = process.hrtime.bigint();
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', XDG_CACHE_HOME: cache },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => {
      const total = sum(output, /^\s*Total:\s+(\d+)/gm);
      const passed = sum(output, /^\s*Passed:\s+(\d+)/gm);
      const skipped = [...output.matchAll(/^SKIPPED (.*)$/gm)].map((m) => m[1]!);
      const uvuSkips = sum(output, /^\s*Skipped:\s+(\d+)/gm);
      const crashed = code !== 0 && total - passed - uvuSkips <= 0;
      const silent = code === 0 && total === 0 && skipped.length === 0;
      const failed = total - passed - uvuSkips + (crashed || silent ? 1 : 0);
      const milliseconds = Number((process.hrtime.bigint() - start) / 1_000_000n);
      resolve({ file, passed, failed: Math.max(failed, 0), skipped, output, milliseconds });
    });
  });
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((n, m) => n + Number(m[1]), 0);
}

// Results that programs keep for later runs go with the tests.
const cache = mkdtempSync(join(tmpdir(), 'paasta-gitops-test-cache-'));
const outcomes: Outcome[] = [];
const queue = [...files];
async function worker(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const outcome = await run(file);
    outcomes.push(outcome);
    const mark = outcome.failed > 0 ? 'FAIL' : outcome.passed === 0 ? 'skip' : 'ok  ';
    process.stdout.write(`${mark} ${relative('test', outcome.file)} (${outcome.passed}, ${outcome.milliseconds} ms)\n`);
    if (outcome.failed > 0) process.stdout.write(outcome.output);
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
rmSync(cache, { recursive: true, force: true });

for (const reason of outcomes.flatMap((o) => o.skipped).sort()) process.stdout.write(`skipped: ${reason}\n`);
const passed = outcomes.reduce((n, o) => n + o.passed, 0);
const failed = outcomes.reduce((n, o) => n + o.failed, 0) + (files.length === 0 ? 1 : 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
