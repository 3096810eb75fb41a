import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryReader, type MemoryReader } from './memory-reader.ts';

/** The example company and what PaaSTA makes of it. */
export const GOLDEN = fileURLToPath(new URL('../golden/paasta/', import.meta.url));

/** A folder of the golden data in memory; a test may add or replace files by path. */
export function goldenReader(folder: string, changes: Readonly<Record<string, string>> = {}): MemoryReader {
  const root = join(GOLDEN, folder);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true });
  const files: Record<string, Uint8Array | string> = {};
  for (const entry of paths.filter((e) => e.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[path.slice(root.length).replaceAll('\\', '/').replace(/^\//, '')] = readFileSync(path);
  }
  return memoryReader({ ...files, ...changes });
}
