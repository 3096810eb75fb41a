import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ownCacheFolder } from './code-folder.ts';
import { isOn, textOf, UsageError, type Call, type OptionSpecs } from './verb.ts';

/** Flags of verbs that keep results for later runs. */
export const CACHE_OPTIONS: OptionSpecs = {
  'cache-dir': {
    value: 'DIR',
    help: 'where results of earlier runs are kept (default: paasta-gitops in the XDG cache)',
  },
  'no-cache': { help: 'make everything anew, and keep nothing' },
  'verify-cache': { help: 'make everything anew, and fail when the cache holds anything else' },
};

/** Where a call keeps results; null with `--no-cache` or `--provenance`, without a home, and for a program whose digest cannot be told. */
export interface CachePlace {
  readonly folder: string;
  /** Tells the program and its Node: results of another one are worth nothing. */
  readonly program: string;
  readonly isVerifying: boolean;
}

export function cachePlace({ values, io }: Call): CachePlace | null {
  const isVerifying = isOn(values, 'verify-cache');
  if (isOn(values, 'no-cache') && isVerifying) throw new UsageError('--no-cache leaves nothing to verify');
  // What made an instance is told only by making it.
  const isAnew = isOn(values, 'no-cache') || values['provenance'] !== undefined;
  const program = isAnew ? null : programDigest();
  const folder = cacheFolder(textOf(values, 'cache-dir'), io);
  return program === null || folder === null ? null : { folder, program, isVerifying };
}

/** Where results are kept: a flag, or below the XDG cache; null when nothing tells. */
export function cacheFolder(flag: string | undefined, { env, cwd }: Call['io']): string | null {
  return flag === undefined ? ownCacheFolder(env) : resolve(cwd, flag);
}

/** Digest of the program, and its Node's version; null for a program that is run from source, where nobody tells what changed. */
export function programDigest(): string | null {
  try {
    const built = readFileSync(join(import.meta.dirname, 'program.sha256'), 'utf8');
    return `${built.trim()} ${process.version}`;
  } catch {
    return null;
  }
}
