import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Diagnostic, Root } from '../compiler/diagnostics/diagnostic.ts';
import type { Project } from './project.ts';

/** Lines of source files for code frames, read when a finding is printed. Secret files are never shown. */
export function sourceFrames(project: Project): (diagnostic: Diagnostic, line: number) => string | undefined {
  const folders: Readonly<Record<Root, string>> = {
    soa: project.soaDir,
    system: project.systemConfigDir,
    project: project.root,
  };
  const files = new Map<string, readonly string[] | undefined>();
  return ({ root, file }, line) => {
    if (file === '' || /(^|\/)secrets\//.test(file)) return undefined;
    const path = join(folders[root], file);
    if (!files.has(path)) files.set(path, readLines(path));
    return files.get(path)?.[line - 1];
  };
}

/** Where each root is, seen from the working directory, as a prefix for file names. */
export function rootPrefixes(project: Project, cwd: string): Readonly<Record<Root, string>> {
  const prefix = (folder: string): string => {
    const path = relative(cwd, folder);
    if (path === '') return '';
    return path.startsWith('../../..') ? `${folder}/` : `${path}/`;
  };
  return { soa: prefix(project.soaDir), system: prefix(project.systemConfigDir), project: prefix(project.root) };
}

function readLines(path: string): readonly string[] | undefined {
  try {
    return readFileSync(path, 'utf8').split(/\r\n|\n|\r/);
  } catch {
    return undefined;
  }
}
