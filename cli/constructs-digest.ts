import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { digest } from '../compiler/cache/index.ts';
import type { Project } from './project.ts';

/** What may end a specifier that names a module without saying so. */
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.json', '/index.js', '/index.ts', '/package.json'];

/** Any text that may be the relative specifier of an import; more than are imports, never fewer. */
const RELATIVE = /['"`](\.{1,2}\/[^'"`\n]*)['"`]/g;

/** Imports whose target only running the module tells. */
const UNKNOWN = /\b(?:import|require)\s*\(\s*(?!['"])|['"]#[^'"\n]+['"]|\bcreateRequire\b/;

/** Files that say which packages the modules get. */
const LOCKFILES = ['package.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'npm-shrinkwrap.json'];

/**
 * Digest of the project's construct modules, of every module of the project that they import, and of its lockfile. Null when what
 * they import cannot be told.
 */
export function constructsDigest({ root, constructs }: Pick<Project, 'root' | 'constructs'>): string | null {
  if (constructs.length === 0) return '';
  const seen = new Map<string, string>();
  const queue = [...constructs];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    const text = readText(path);
    if (text === null || (!path.endsWith('.json') && UNKNOWN.test(text))) return null;
    seen.set(path, text);
    for (const [, specifier] of text.matchAll(RELATIVE)) queue.push(...candidates(resolve(dirname(path), specifier!)));
  }
  const lockfiles = LOCKFILES.map((name) => [name, readText(join(root, name))]);
  const modules = [...seen].map(([path, text]) => [relative(root, path), text]).sort();
  return digest(JSON.stringify([constructs.map((path) => relative(root, path)), modules, lockfiles]));
}

function candidates(path: string): readonly string[] {
  return ENDINGS.map((ending) => `${path}${ending}`).filter((each) => existsSync(each) && statSync(each).isFile());
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
