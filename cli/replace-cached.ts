import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Of so many files of a kind (their extension) the ones that were written longest ago go. */
const MOST_FILES = 20;

/** Puts a file into the cache in one step. Throws what the system says. */
export function replaceCached(folder: string, file: string, content: string | Buffer): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, file);
  const kind = extname(file);
  const old = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{32}\.[a-z]+/.test(name) && extname(name.replace(/\.\d+$/, '')) === kind)
    .map((name) => ({ path: join(folder, name), written: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.written - a.written);
  for (const { path } of old.slice(MOST_FILES)) rmSync(path, { force: true });
}
