import type { Script } from 'node:vm';
import { endProcess, processIo } from './io.ts';
import { writeKept } from './kept-file.ts';
import { recallRun } from './recall.ts';
import { printedBy } from './sealed-run.ts';
import { THREAD } from './service-thread.ts';
import { writeNow } from './standard-output.ts';
import type { WorkerCall } from './synth-worker.ts';
import { setFlags } from './v8-flags.ts';

/**
 * For V8. The work of a run is spread over many small functions: with V8's defaults, compiling the busy ones again in the background
 * costs a third of all CPU. So they are compiled later, with a quarter of the code that V8 would inline into them.
 */
const FLAGS = ['--interrupt-budget=350000', '--max-inlined-bytecode-size-cumulative=250'];
/**
 * A long run's garbage is too little for threads to share, and is collected before memory has grown by a fifth: of a large fleet most
 * of what lives long enough to be collected late is garbage. A short run ends before it pays to look for such garbage on the way.
 */
const FLAGS_OF = {
  long: ['--no-parallel-scavenge', '--no-concurrent-marking', '--heap-growing-percent=20'],
  short: ['--no-parallel-scavenge', '--no-incremental-marking'],
};

/** Whether the run had nothing to do, and did what most of those do. */
let isUsual = false;

/** Keeps what V8 compiled of this file, if that is what a run that has nothing to do will need. */
export function keepStart(file: string, script: Script): void {
  if (!isUsual) return;
  try {
    const code = script.createCachedData();
    writeKept(file, [code, code]);
  } catch {
    // Without it the next run starts as slowly as this one.
  }
}

// Whatever a run that has nothing to do can do without is imported where it is used.
void start();

async function start(): Promise<void> {
  const io = processIo();
  if (process.argv[2] === THREAD) {
    const { isMainThread, parentPort, workerData } = await import('node:worker_threads');
    if (!isMainThread) {
      const { loadProgram } = await import('./load-program.ts');
      const call = { verb: 'synth', io, kind: 'long', isKept: false } as const;
      await loadProgram(call).runWorker(workerData as WorkerCall, parentPort!);
      return;
    }
  }
  const { outcome, seal } = await recallRun(process.argv.slice(2), io);
  if (outcome !== null) {
    isUsual = seal!.isUsual;
    if (outcome.stderr !== '') io.err(outcome.stderr);
    for (const text of printedBy(outcome)) writeNow(text);
    process.exitCode = outcome.status;
    endProcess();
    return;
  }
  // With nothing but files of single services changed, little is left to do.
  const kind = seal?.settled() ? 'short' : 'long';
  // Before the flags: with others Node's modules are compiled anew.
  const { loadProgram } = await import('./load-program.ts');
  setFlags([...FLAGS, ...FLAGS_OF[kind]]);
  await loadProgram({ verb: process.argv[2] ?? '', io, kind, isKept: true }).runProcess(seal);
}
