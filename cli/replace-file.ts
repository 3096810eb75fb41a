import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { about } from './file-problem.ts';

/** Makes a file hold the text, at once for whoever reads it; one that does already is not touched. */
export function replaceFile(path: string, folder: string, text: string): void {
  const absolute = resolve(folder, path);
  if (contentOf(absolute) === text) return;
  mkdirSync(dirname(absolute), { recursive: true });
  const next = `${absolute}.${process.pid}.tmp`;
  try {
    writeFileSync(next, text);
    renameSync(next, absolute);
  } catch (error) {
    rmSync(next, { force: true });
    throw about(absolute, error);
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
