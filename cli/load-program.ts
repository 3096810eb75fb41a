import { lstatSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { digest } from '../compiler/cache/index.ts';
import { cacheFolder, programDigest } from './cache-place.ts';
import type { Io } from './io.ts';
import { readKept, writeKept } from './kept-file.ts';
import type * as Program from './main.ts';

const BUNDLE = fileURLToPath(new URL('./program.cjs', import.meta.url));

/**
 * The bundle of all verbs. What V8 compiled of it for the last call of a verb is kept for later ones: compiling takes longer than
 * anything else in a short call. Code is taken from nowhere but the user's own cache, whatever `--cache-dir` says: a folder that
 * others can write to would let them run theirs. Calls of another `kind` need other parts of it, or give V8 other flags, by which it
 * refuses what it compiled.
 */
export function loadProgram(verb: string, io: Io, kind = ''): typeof Program {
  // The build sees to it that the bundle is ASCII.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(BUNDLE, 'latin1')}\n})`;
  const folder = codeFolder(io);
  const program = folder === null ? null : programDigest();
  const settings = [program, verb, kind, process.arch, process.execArgv, io.env['NODE_OPTIONS']];
  const file = folder && program && join(folder, `${digest(JSON.stringify(settings)).slice(0, 32)}.code`);
  const cachedData = file ? readKept(file)?.content : undefined;
  const script = new Script(source, { filename: BUNDLE, ...(cachedData && { cachedData }) });
  if (isMainThread && file && (cachedData === undefined || script.cachedDataRejected === true)) {
    process.once('exit', () => {
      keepCode(file, script);
    });
  }
  // The bundle is cli/main.ts, wrapped as Node wraps any CommonJS file. A script cannot import by itself.
  const module = { exports: {}, import: (name: string): Promise<unknown> => import(name) };
  const run = script.runInThisContext() as (...args: readonly unknown[]) => void;
  run(module.exports, createRequire(BUNDLE), module, BUNDLE, dirname(BUNDLE));
  return module.exports as typeof Program;
}

/** Null without one that only the user can write to. */
function codeFolder(io: Io): string | null {
  const folder = cacheFolder(undefined, io);
  try {
    const status = folder === null ? undefined : lstatSync(folder, { throwIfNoEntry: false });
    if (status === undefined) return folder;
    return status.isDirectory() && status.uid === process.getuid?.() && (status.mode & 0o022) === 0 ? folder : null;
  } catch {
    return null;
  }
}

function keepCode(file: string, script: Script): void {
  try {
    writeKept(file, [script.createCachedData()]);
  } catch {
    // Without it the next call starts as slowly as this one.
  }
}
