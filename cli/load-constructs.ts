import { isAbsolute, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { userConstructsOf, type UserConstructs } from '../compiler/render/index.ts';
import type { Io } from './io.ts';
import { loadProject, type Project } from './project.ts';
import type { OptionValues } from './verb.ts';

interface LoadedConstructs {
  readonly constructs: readonly UserConstructs[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The project and its construct modules, which are loaded only when the project file is right; nothing can be made with findings. */
export async function loadProjectWithConstructs(
  values: OptionValues,
  io: Io,
): Promise<LoadedConstructs & { readonly project: Project }> {
  const { project, diagnostics } = loadProject(values, io);
  if (diagnostics.length > 0) return { project, constructs: [], diagnostics };
  return { project, ...(await loadConstructs(project)) };
}

/** The project's construct modules, loaded; what cannot be loaded is a finding. */
export async function loadConstructs(project: Project): Promise<LoadedConstructs> {
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
