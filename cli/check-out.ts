import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Project } from './project.ts';
import { UsageError } from './verb.ts';

/**
 * Refuses an output folder within the input, where the next run would read it: as services in the soa-configs, unless it is in a folder
 * that begins with `_` or `.`, and as settings anywhere in the system configuration.
 */
export function refuseOutInInput({ out, soaDir, systemConfigDir }: Project): void {
  const target = realPlace(out);
  const inSoa = within(realPlace(soaDir), target);
  if (inSoa !== null && !/^[._]/.test(inSoa))
    throw new UsageError(
      `--out ${out} lies in the soa-configs, where its folders would be services: choose another folder`,
    );
  if (within(realPlace(systemConfigDir), target) !== null)
    throw new UsageError(`--out ${out} lies in the system configuration, which would read it: choose another folder`);
}

/** The path below a folder; null when it is not there. */
function within(folder: string, path: string): string | null {
  const rest = relative(folder, path);
  return rest === '..' || rest.startsWith(`..${sep}`) || isAbsolute(rest) ? null : rest;
}

/** Where a path is or will be, the links above it followed. */
function realPlace(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPlace(parent), basename(path));
  }
}
