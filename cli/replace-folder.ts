import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { replaceFile } from './replace-file.ts';

/** Makes a folder hold the files, by path; of the `whole` folders in it, other files that end in `.json` are removed. */
export function replaceFolder(
  path: string,
  folder: string,
  files: Readonly<Record<string, string>>,
  whole: readonly string[],
): void {
  const root = resolve(folder, path);
  for (const [file, text] of Object.entries(files)) replaceFile(file, root, text);
  for (const name of whole) {
    for (const file of namesIn(join(root, name))) {
      if (file.endsWith('.json') && !Object.hasOwn(files, `${name}/${file}`)) rmSync(join(root, name, file));
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
