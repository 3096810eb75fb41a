#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { processIo } from './io.ts';
import { loadProgram } from './load-program.ts';
import { recallRun } from './recall.ts';
import type { WorkerCall } from './synth-worker.ts';

const io = processIo();
if (isMainThread) await runCall();
else await loadProgram('synth', io).runWorker(workerData as WorkerCall, parentPort!);

async function runCall(): Promise<void> {
  const { outcome, seal } = recallRun(process.argv.slice(2), io);
  if (outcome !== null) {
    io.err(outcome.stderr);
    io.out(outcome.stdout);
    process.exitCode = outcome.status;
    return;
  }
  // A run is short and its work is spread over many small functions: with V8's defaults, compiling the busy ones again in the
  // background costs a third of all CPU. So they are compiled later, with a quarter of the code that V8 would inline into them.
  // Its garbage is too little for threads to share, and is collected before memory has grown by half: of a large fleet most of what
  // lives long enough to be collected late is garbage. Later versions of Node do not know all of these flags, and complain.
  if (process.versions.node.startsWith('20.')) {
    setFlagsFromString('--no-parallel-scavenge');
    setFlagsFromString('--no-concurrent-marking');
    setFlagsFromString('--heap-growing-percent=40');
    setFlagsFromString('--interrupt-budget=350000');
    setFlagsFromString('--max-inlined-bytecode-size-cumulative=250');
  }
  await loadProgram(process.argv[2] ?? '', io).runProcess(seal);
}
