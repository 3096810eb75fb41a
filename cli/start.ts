#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { processIo } from './io.ts';
import { recallRun } from './recall.ts';

const io = processIo();
const outcome = recallRun(process.argv.slice(2), io);
if (outcome !== null) {
  io.err(outcome.stderr);
  io.out(outcome.stdout);
  process.exitCode = outcome.status;
} else {
  // A run is short and its work is spread over many small functions: with V8's default of optimising after 132 kB of executed
  // bytecode, compiling them in the background costs a third of all CPU. `npm run bench` shows the figures with either value.
  setFlagsFromString('--interrupt-budget=500000');

  const { runProcess } = await import('./main.ts');
  await runProcess();
}
