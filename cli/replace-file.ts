import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Makes a file hold the text, at once for whoever reads it; one that does already is not touched. */
export function replaceFile(path: string, folder: string, text: string): void {
  const absolute = resolve(folder, path);
  if (contentOf(absolute) === text) return;
  mkdirSync(dirname(absolute), { recursive: true });
  const next = `${absolute}.${process.pid}.tmp`;
  writeFileSync(next, text);
  renameSync(next, absolute);
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
