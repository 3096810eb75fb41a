import { isAbsolute, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { userConstructsOf, type UserConstructs } from '../compiler/render/index.ts';
import type { Project } from './project.ts';

/** The project's construct modules, loaded; what cannot be loaded is a finding. */
export async function loadConstructs(
  project: Project,
): Promise<{ readonly constructs: readonly UserConstructs[]; readonly diagnostics: readonly Diagnostic[] }> {
  const constructs: UserConstructs[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of project.constructs) {
    const module = relative(project.root, path);
    try {
      const exported: unknown = await import(pathToFileURL(isAbsolute(path) ? path : join(project.root, path)).href);
      const found = userConstructsOf(module, exported);
      if ('extend' in found) constructs.push(found);
      else diagnostics.push(found);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const message = `the construct module ${module} cannot be loaded: ${cause}`;
      diagnostics.push({
        severity: 'error',
        code: 'construct-module',
        message,
        root: 'project',
        file: module,
        path: [],
      });
    }
  }
  return { constructs, diagnostics };
}
