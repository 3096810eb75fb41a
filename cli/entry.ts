#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { programDigest } from './cache-place.ts';
import { codeFolder } from './code-folder.ts';
import { readTwice } from './kept-file.ts';
import { quickName } from './quick-name.ts';
import type * as Start from './start.ts';

/**
 * Starts the program: runs cli/start.ts, with what V8 compiled of it in an earlier run that had nothing to do. To compile it again, a
 * function at a time, takes a tenth of such a run.
 */
function enter(): void {
  const path = join(import.meta.dirname, 'start.cjs');
  const file = codeFile();
  const cachedData = file === null ? undefined : readTwice(file);
  // The build sees to it that the file is ASCII.
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, ...(cachedData && { cachedData }) });
  const module = { exports: {}, import: async (name: string): Promise<unknown> => await import(name) };
  const run = script.runInThisContext() as (...args: readonly unknown[]) => void;
  run(module.exports, require, module, path, import.meta.dirname);
  if (file === null || (cachedData !== undefined && script.cachedDataRejected !== true)) return;
  process.once('exit', () => {
    (module.exports as Partial<typeof Start>).keepStart?.(file, script);
  });
}

/** Where what V8 compiled of this program is kept; null where nothing is. */
function codeFile(): string | null {
  const [folder, program] = [codeFolder(process.env), programDigest()];
  return folder && program && join(folder, `${quickName(`${program} ${process.arch}`)}.start`);
}

enter();
