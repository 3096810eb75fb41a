#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

// A run is short and its work is spread over many small functions: with V8's default of optimising after 132 kB of executed
// bytecode, compiling them in the background costs a third of all CPU. `npm run bench` shows the figures with either value.
setFlagsFromString('--interrupt-budget=500000');

const { runProcess } = await import('./main.ts');
await runProcess();
