#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { processIo } from './io.ts';
import { recallRun } from './recall.ts';
import { THREAD } from './service-thread.ts';
import type { WorkerCall } from './synth-worker.ts';

// Whatever a run that has nothing to do can do without is imported where it is used.
void start();

async function start(): Promise<void> {
  const io = processIo();
  if (process.argv[2] === THREAD) {
    const { isMainThread, parentPort, workerData } = await import('node:worker_threads');
    if (!isMainThread) {
      const { loadProgram } = await import('./load-program.ts');
      await loadProgram('synth', io).runWorker(workerData as WorkerCall, parentPort!);
      return;
    }
  }
  const { outcome, seal } = recallRun(process.argv.slice(2), io);
  if (outcome !== null) {
    if (outcome.stderr !== '') io.err(outcome.stderr);
    for (const text of outcome.stdout()) io.out(text);
    process.exitCode = outcome.status;
    return;
  }
  // A run is short and its work is spread over many small functions: with V8's defaults, compiling the busy ones again in the
  // background costs a third of all CPU. So they are compiled later, with a quarter of the code that V8 would inline into them.
  // Its garbage is too little for threads to share, and is collected before memory has grown by a quarter: of a large fleet most of what
  // lives long enough to be collected late is garbage. Later versions of Node do not know all of these flags, and complain.
  if (process.versions.node.startsWith('20.')) {
    setFlagsFromString('--no-parallel-scavenge');
    setFlagsFromString('--no-concurrent-marking');
    setFlagsFromString('--heap-growing-percent=20');
    setFlagsFromString('--interrupt-budget=350000');
    setFlagsFromString('--max-inlined-bytecode-size-cumulative=250');
  }
  const { loadProgram } = await import('./load-program.ts');
  await loadProgram(process.argv[2] ?? '', io).runProcess(seal);
}
