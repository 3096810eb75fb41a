import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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

/** The project file, found upwards from a folder to the git root unless it was named; undefined without one. */
export function findProjectFile(explicit: string | undefined, cwd: string): string | undefined {
  if (explicit !== undefined) {
    const file = resolve(cwd, explicit);
    if (!isFile(file)) throw new UsageError(`--config: there is no file ${explicit}`);
    return file;
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, PROJECT_FILE);
    if (isFile(file)) return file;
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
