import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Diagnostic, Root } from '../compiler/diagnostics/diagnostic.ts';
import { createLineMask, type ShownLine } from './line-mask.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';
import type { ReportStyle } from './report.ts';

/** How findings about the trees on disk are printed. */
export function reportStyle(project: Project, io: Io): ReportStyle {
  return { hasColor: io.hasColor, prefix: rootPrefixes(project, io.cwd), lineOf: sourceFrames(project) };
}

/**
 * Lines of source files for code frames, read when a finding is printed, with `*` over what may be secret. Nothing is shown of
 * secret files, nor of the system configuration, where credentials stand under the names of many programs.
 */
export function sourceFrames(project: Project): (diagnostic: Diagnostic, line: number) => string | undefined {
  const folders: Readonly<Record<Root, string>> = {
    soa: project.soaDir,
    system: project.systemConfigDir,
    project: project.root,
    output: project.out,
  };
  const files = new Map<string, ShownLine | undefined>();
  const masked = createLineMask(project.mask);
  return ({ root, file }, line) => {
    if (file === '' || root === 'system' || /(^|\/)secrets\//.test(file)) return undefined;
    const path = join(folders[root], file);
    if (!files.has(path)) files.set(path, readText(path, masked));
    return files.get(path)?.(line);
  };
}

/** Where each root is, seen from the working directory, as a prefix for file names. */
export function rootPrefixes(project: Project, cwd: string): Readonly<Record<Root, string>> {
  const prefix = (folder: string): string => {
    const path = relative(cwd, folder);
    if (path === '') return '';
    return path.startsWith('../../..') ? `${folder}/` : `${path}/`;
  };
  return {
    soa: prefix(project.soaDir),
    system: prefix(project.systemConfigDir),
    project: prefix(project.root),
    output: prefix(project.out),
  };
}

function readText(path: string, masked: (text: string) => ShownLine): ShownLine | undefined {
  try {
    return masked(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
