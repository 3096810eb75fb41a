import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileProblem } from './file-problem.ts';
import { UsageError, type OptionSpecs } from './verb.ts';

/** Flags of every verb that reads the input trees. */
export const INPUT_OPTIONS: OptionSpecs = {
  'soa-dir': {
    short: 'd',
    aliases: ['yelpsoa-config-root'],
    value: 'DIR',
    help: 'soa-configs tree (default: project file, else /nail/etc/services)',
  },
  'system-config-dir': {
    value: 'DIR',
    help: 'system configuration, flat or a folder per cluster (default: project file, else /etc/paasta)',
  },
};

export const PROJECT_FILE = 'paasta-gitops.yaml';

/** Environment variables that say where the trees of a project are. */
export const TREE_VARIABLES = {
  soaDir: 'PAASTA_SOA_DIR',
  systemConfigDir: 'PAASTA_SYSTEM_CONFIG_DIR',
  out: 'PAASTA_GITOPS_OUT',
} as const;

/**
 * The project file, found upwards from a folder to the git root unless it was named; undefined without one. Throws a UsageError when
 * something else has its name.
 */
export function findProjectFile(explicit: string | undefined, cwd: string): string | undefined {
  if (explicit !== undefined) {
    const file = resolve(cwd, explicit);
    if (!isProjectFile(file)) throw new UsageError(`--config: there is no file ${explicit}`);
    return file;
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, PROJECT_FILE);
    if (isProjectFile(file)) return file;
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/** The bytes of the project file. Throws a UsageError when they cannot be read. */
export function readProjectFile(file: string): Uint8Array {
  return attempt(() => readFileSync(file));
}

function isProjectFile(path: string): boolean {
  const found = attempt(() => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined && attempt(() => lstatSync(path, { throwIfNoEntry: false })) !== undefined)
    throw new UsageError(`the project file cannot be read: ${path}: the symlink leads nowhere`);
  if (found?.isDirectory() === true) throw new UsageError(`the project file cannot be read: ${path}: it is a folder`);
  return found !== undefined;
}

function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    throw new UsageError(`the project file cannot be read: ${problem}`);
  }
}
