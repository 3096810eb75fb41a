import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { digest } from '../compiler/cache/index.ts';
import { programDigest } from './cache-place.ts';
import { codeFolder } from './code-folder.ts';
import type { Io } from './io.ts';
import { readKept, writeKept } from './kept-file.ts';
import type * as Program from './main.ts';

/** What synth and validate need, and all verbs. */
const BUNDLES = {
  compile: join(import.meta.dirname, 'compile.cjs'),
  program: join(import.meta.dirname, 'program.cjs'),
};
/** Verbs of the smaller bundle. */
const COMPILING = ['synth', 'validate'];

export interface ProgramCall {
  /** First word of the call. */
  readonly verb: string;
  readonly io: Io;
  /** Calls of another kind need other parts of the program, or give V8 other flags, by which it refuses what it compiled. */
  readonly kind: 'short' | 'long';
  /** Whether what V8 compiles is kept for later calls: not what a thread has compiled, beside others. */
  readonly isKept: boolean;
}

/**
 * The bundle that holds a verb. What V8 compiled of it for the last call of a verb is kept for later ones: compiling takes longer than
 * anything else in a short call. Code is taken from nowhere but the user's own cache, whatever `--cache-dir` says: a folder that
 * others can write to would let them run theirs.
 */
export function loadProgram({ verb, io, kind, isKept }: ProgramCall): typeof Program {
  const bundle = COMPILING.includes(verb) ? BUNDLES.compile : BUNDLES.program;
  // The build sees to it that the bundle is ASCII.
  const source = readFileSync(bundle, 'latin1');
  const folder = codeFolder(io.env);
  const program = folder === null ? null : programDigest();
  const settings = [program, verb, kind, process.arch, process.execArgv, io.env['NODE_OPTIONS']];
  const file = folder && program && join(folder, `${digest(JSON.stringify(settings)).slice(0, 32)}.code`);
  const cachedData = file ? readKept(file)?.content : undefined;
  const script = new Script(source, { filename: bundle, ...(cachedData && { cachedData }) });
  if (isKept && file && (cachedData === undefined || script.cachedDataRejected === true)) {
    process.once('exit', () => {
      keepCode(file, script);
    });
  }
  return runBundle(script, bundle);
}

/** Runs a bundle of cli/main.ts: a function as Node makes one of any CommonJS file. A script cannot import by itself. */
export function runBundle(script: Script, bundle: string): typeof Program {
  const module = { exports: {}, import: async (name: string): Promise<unknown> => await import(name) };
  const run = script.runInThisContext() as (...args: readonly unknown[]) => void;
  run(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  return module.exports as typeof Program;
}

function keepCode(file: string, script: Script): void {
  try {
    writeKept(file, [script.createCachedData()]);
  } catch {
    // Without it the next call starts as slowly as this one.
  }
}
