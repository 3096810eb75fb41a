import { lstatSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Io } from './io.ts';

/** This program's folder below the user's XDG cache; null when nothing tells where that is. */
export function ownCacheFolder({ XDG_CACHE_HOME: xdg = '', HOME: home = '' }: Io['env']): string | null {
  if (isAbsolute(xdg)) return join(xdg, 'paasta-gitops');
  return isAbsolute(home) ? join(home, '.cache', 'paasta-gitops') : null;
}

/** The folder of what V8 compiled of the program, which will run: null without one that only the user can write to. */
export function codeFolder(env: Io['env']): string | null {
  const folder = ownCacheFolder(env);
  try {
    const status = folder === null ? undefined : lstatSync(folder, { throwIfNoEntry: false });
    if (status === undefined) return folder;
    return status.isDirectory() && status.uid === process.getuid?.() && (status.mode & 0o022) === 0 ? folder : null;
  } catch {
    return null;
  }
}
