import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';

/** Targets that PaaSTA's pipeline calls. */
const TARGETS = ['cook-image', 'itest', 'test'] as const;
/** Milliseconds until make is given up. */
const MAKE_LIMIT = 10_000;

/** What PaaSTA asks of a code repository: a Dockerfile, and a Makefile with its targets. Files are relative to the folder. */
export function checkCodeRepository(folder: string, env: NodeJS.ProcessEnv): readonly Diagnostic[] {
  return [...checkDockerfile(folder), ...checkMakefile(folder, env)];
}

function checkDockerfile(folder: string): readonly Diagnostic[] {
  if (existsSync(join(folder, 'Dockerfile'))) return [];
  return [repoFinding('bad-dockerfile', 'Dockerfile', 'there is no Dockerfile, so no image can be built')];
}

function checkMakefile(folder: string, env: NodeJS.ProcessEnv): readonly Diagnostic[] {
  const text = textOf(join(folder, 'Makefile'));
  if (text === null) {
    const hint = `add one with the targets ${TARGETS.join(', ')}`;
    return [repoFinding('bad-makefile', 'Makefile', 'there is no Makefile', hint)];
  }
  const found: Diagnostic[] = [];
  if (!text.includes('\t')) {
    const hint = 'begin each line of a recipe with a tab';
    found.push(repoFinding('bad-makefile', 'Makefile', 'there is no tab in it, so no target has a recipe', hint));
  }
  if (!/^\s*(?:export\s+)?DOCKER_TAG\s*\?=/m.test(text)) {
    const hint = 'write "DOCKER_TAG ?= ...": PaaSTA sets the variable';
    found.push(repoFinding('bad-makefile', 'Makefile', 'it gives DOCKER_TAG no default that can be replaced', hint));
  }
  for (const target of TARGETS) {
    const answer = question(folder, target, env);
    if (answer === 'no') found.push(repoFinding('bad-makefile', 'Makefile', `it has no target ${target}`));
    if (answer === 'no-make') {
      found.push({
        ...repoFinding('bad-makefile', 'Makefile', 'make is not there to ask for targets'),
        severity: 'info',
      });
      break;
    }
  }
  return found;
}

/** The text of a file; null when there is no file that can be read. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Whether the Makefile has a target. `make --question` runs no recipe and ends with 2 when it knows no way to make it. */
function question(folder: string, target: string, env: NodeJS.ProcessEnv): 'yes' | 'no' | 'no-make' {
  const { status, error } = spawnSync('make', ['--question', '--', target], {
    cwd: folder,
    env,
    stdio: 'ignore',
    timeout: MAKE_LIMIT,
  });
  if (error !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return 'no-make';
  return status === 2 || status === null ? 'no' : 'yes';
}

/** A finding about a file of the code repository. */
export function repoFinding(code: string, file: string, message: string, hint?: string): Diagnostic {
  return {
    severity: 'warning',
    policy: true,
    code,
    message,
    root: 'project',
    file,
    path: [],
    ...(hint === undefined ? {} : { hint }),
  };
}
