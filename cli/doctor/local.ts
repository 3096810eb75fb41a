import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../../compiler/load/disk-reader.ts';
import { listServices } from '../../compiler/load/index.ts';
import { indexPath, INDEX_VERSION, parseIndex } from '../../compiler/write/tree-index.ts';
import { openGit } from '../../git/safe-git.ts';
import type { Io } from '../io.ts';
import type { Project } from '../project.ts';
import type { Finding } from './finding.ts';

const OLDEST_NODE = [20, 18] as const;

/** The versions of Node and git. */
export async function checkPrograms(io: Io, node: string): Promise<readonly Finding[]> {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isGood = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const ofNode: Finding = isGood
    ? { level: 'ok', about: 'node', message: node }
    : {
        level: 'error',
        about: 'node',
        message: `${node} is too old`,
        next: `install Node ${OLDEST_NODE.join('.')} or newer`,
      };
  try {
    const text = await openGit({ dir: io.cwd, env: io.env }).run(['--version']);
    return [ofNode, { level: 'ok', about: 'git', message: text.trim().replace('git version ', '') }];
  } catch {
    const message = 'cannot be run; publish, review and the delivery verbs need it';
    return [ofNode, { level: 'error', about: 'git', message, next: 'install git' }];
  }
}

/** A project file that cannot be read at all. */
export function unreadableProject(message: string): Finding {
  return { level: 'error', about: 'project file', message, next: 'repair it, or name another one with --config' };
}

/** Where the project file is and what is wrong with it. */
export function checkProject(file: string | undefined, found: readonly Diagnostic[], cwd: string): readonly Finding[] {
  if (file === undefined) {
    const message = "no paasta-gitops.yaml up to the git root: PaaSTA's own paths count";
    return [{ level: 'warning', about: 'project file', message, next: 'write one: docs/keys/paasta-gitops.md' }];
  }
  if (found.length === 0) return [{ level: 'ok', about: 'project file', message: shown(file, cwd) }];
  return found.map(({ line, message, hint }) => ({
    ...{ level: 'error', about: 'project file', message: `${shown(file, cwd)}:${line ?? 1}: ${message}` },
    next: hint ?? 'docs/keys/paasta-gitops.md tells what it may hold',
  }));
}

/** The two input trees: where they are, and what they hold. */
export function checkInput(
  project: Project,
  system: { readonly clusters: readonly { cluster: string }[]; readonly diagnostics: readonly Diagnostic[] },
  cwd: string,
): readonly Finding[] {
  const { services, diagnostics } = listServices(createDiskReader(project.soaDir));
  const names = system.clusters.map(({ cluster }) => cluster);
  return [
    tree(
      'soa-configs',
      shown(project.soaDir, cwd),
      services.length === 1 ? '1 service' : `${services.length} services`,
      diagnostics,
    ),
    tree(
      'system configuration',
      shown(project.systemConfigDir, cwd),
      `clusters ${names.join(', ')}`,
      system.diagnostics,
    ),
  ];
}

function tree(about: string, place: string, holds: string, found: readonly Diagnostic[]): Finding {
  const [first, ...more] = found.filter(({ severity }) => severity === 'error');
  if (first === undefined) return { level: 'ok', about, message: `${place}: ${holds}` };
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return {
    level: 'error',
    about,
    message: `${place}: ${first.message}${rest}`,
    next: first.hint ?? 'paasta-gitops validate shows all',
  };
}

/** The folder where results of earlier runs are kept. */
export function checkCache(folder: string | null, cwd: string): Finding {
  const about = 'cache';
  if (folder === null)
    return {
      level: 'warning',
      about,
      message: 'neither XDG_CACHE_HOME nor HOME is set: nothing is kept',
      next: 'set HOME',
    };
  let place = folder;
  while (!existsSync(place)) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
  } catch {
    return {
      level: 'warning',
      about,
      message: `${place} may not be written: nothing is kept`,
      next: 'give --cache-dir',
    };
  }
  if (!statSync(place).isDirectory())
    return { level: 'warning', about, message: `${place} is no folder: nothing is kept`, next: 'give --cache-dir' };
  const sizes = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.cache'))
        .map((name) => statSync(join(folder, name)).size)
    : [];
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { level: 'ok', about, message: `${shown(folder, cwd)}: ${sizes.length} runs, ${Math.ceil(bytes / 1024)} KiB` };
}

/** The index of each cluster in the output tree. */
export function checkOutput(out: string, clusters: readonly string[], cwd: string): readonly Finding[] {
  return clusters.map((cluster): Finding => {
    const file = join(out, indexPath(cluster));
    const about = `output ${cluster}`;
    if (!existsSync(file))
      return {
        level: 'warning',
        about,
        message: `${shown(out, cwd)} has no index of it`,
        next: 'run paasta-gitops synth',
      };
    const index = readIndex(file);
    if (index.kind === 'files')
      return { level: 'ok', about, message: `${shown(file, cwd)}: ${index.files.size} files, layout ${INDEX_VERSION}` };
    if (index.kind === 'too-new') {
      const message = `${shown(file, cwd)}: layout ${index.version}, and this program writes ${INDEX_VERSION}`;
      return { level: 'error', about, message, next: 'use the newer paasta-gitops that wrote it' };
    }
    return {
      level: 'error',
      about,
      message: `${shown(file, cwd)}: ${index.why}`,
      next: 'run paasta-gitops synth --rebuild-index',
    };
  });
}

function readIndex(file: string): ReturnType<typeof parseIndex> {
  try {
    return parseIndex(readFileSync(file, 'utf8'));
  } catch (error) {
    return { kind: 'broken', why: error instanceof Error ? error.message : String(error) };
  }
}

/** A path as seen from the working directory, when it is near. */
function shown(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near === '' ? '.' : near.startsWith('../..') ? path : near;
}
