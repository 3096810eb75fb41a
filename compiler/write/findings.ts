import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { RenderedFile } from '../model/rendered-file.ts';
import type { GuardRefusal } from './plan-removals.ts';
import type { StoreProblem } from './store-problem.ts';
import { INDEX_VERSION, indexPath } from './tree-index.ts';

type Owner = Pick<RenderedFile, 'cluster' | 'service' | 'instance'>;

/** Findings about the output tree. Their files are relative to `<out>`; what shows them puts its folder in front. */
function finding(
  severity: Diagnostic['severity'],
  code: string,
  file: string,
  message: string,
  hint?: string,
  owner?: Partial<Owner>,
): Diagnostic {
  return {
    ...{ severity, code, message, root: 'output', file, path: [] },
    ...(hint !== undefined && { hint }),
    ...(owner?.cluster != null && { cluster: owner.cluster }),
    ...(owner?.service != null && { service: owner.service }),
    ...(owner?.instance != null && { instance: owner.instance }),
  };
}

export function unsafePath(file: RenderedFile, why: string): Diagnostic {
  const hint =
    'path segments are made of letters, digits, dots, dashes and underscores; correct the name it is made from';
  return finding(
    'error',
    'unsafe-path',
    file.path,
    `nothing is written to ${JSON.stringify(file.path)}: it ${why}`,
    hint,
    file,
  );
}

export function fileNameClash(file: RenderedFile, other: string): Diagnostic {
  const message =
    file.path === other
      ? `${file.path} is rendered twice; only the first is written`
      : `${file.path} and ${other} are one file where case does not matter; only the first is written`;
  return finding('error', 'file-name-clash', file.path, message, 'give one of the objects another name', file);
}

/** A file that two services render: what the owner runs is not replaced. */
export function fileOfAnother(file: RenderedFile, owner: Pick<Owner, 'service' | 'instance'>, why: string): Diagnostic {
  const message = `${file.path} is of ${jobOf(owner)}, ${why}: it stays as it is`;
  return finding('error', 'file-name-clash', file.path, message, 'rename one of the instances', file);
}

/** A file that two services render, and no earlier run wrote. */
export function fileOfNobody(file: RenderedFile, other: Pick<Owner, 'service' | 'instance'>): Diagnostic {
  const message = `${file.path} is rendered for ${jobOf(file)} and for ${jobOf(other)}: it is written for neither`;
  return finding('error', 'file-name-clash', file.path, message, 'rename one of the instances', file);
}

function jobOf({ service, instance }: Pick<Owner, 'service' | 'instance'>): string {
  return [service, instance].filter((name) => name !== null).join('.');
}

export function handWrittenFile(file: RenderedFile): Diagnostic {
  const message = `${file.path} was written by hand: it is not in the index and does not start with our header; it stays as it is`;
  return finding('error', 'hand-written-file', file.path, message, 'rename or remove it', file);
}

export function takenOver(path: string, owner: Owner): Diagnostic {
  const message = `${path} is not rendered any more, but does not start with our header now; it is left to whoever changed it`;
  return finding('warning', 'hand-written-file', path, message, 'remove it if nobody needs it', owner);
}

export function storeFailure(problem: StoreProblem, owner?: Partial<Owner>): Diagnostic {
  const { path, why, isUnsafe } = problem;
  if (!isUnsafe)
    return finding(
      'error',
      'write-failed',
      path,
      `cannot read or write ${path || 'the output'}: ${why}`,
      undefined,
      owner,
    );
  const hint = 'replace it by a folder or file of its own, or remove it';
  return finding('error', 'unsafe-path', path, `nothing is written through ${path}: ${why}`, hint, owner);
}

export function indexTooNew(cluster: string, version: number): Diagnostic {
  const message = `the index has version ${version}, this program knows versions up to ${INDEX_VERSION}; nothing of ${cluster} is changed`;
  return finding('error', 'index-too-new', indexPath(cluster), message, 'use the newer paasta-gitops that wrote it', {
    cluster,
  });
}

export function indexBroken(cluster: string, why: string): Diagnostic {
  const message = `the index cannot be read: ${why}; nothing of ${cluster} is changed`;
  const hint = 'restore it from git, or make a new one with: paasta-gitops synth --rebuild-index';
  return finding('error', 'index-broken', indexPath(cluster), message, hint, { cluster });
}

export function indexMissing(cluster: string): Diagnostic {
  const message = `there are files of ${cluster} that were rendered before, but no index; those that nothing renders any more are not found`;
  const hint = 'restore it from git, or make a new one with: paasta-gitops synth --rebuild-index';
  return finding('warning', 'index-missing', indexPath(cluster), message, hint, { cluster });
}

export function handWrittenList(path: string, missing: readonly string[], cluster: string): Diagnostic {
  const message = `${path} was written by hand and stays as it is; it does not list ${missing.join(', ')}`;
  const hint = 'add them to its resources, or remove the file to have it made';
  return finding('warning', 'hand-written-kustomization', path, message, hint, { cluster });
}

export function listOfLost(path: string, lost: readonly string[], cluster: string): Diagnostic {
  const message = `${path} was written by hand and stays as it is; it lists ${lost.join(', ')}, which ${lost.length === 1 ? 'is' : 'are'} not there`;
  const hint = 'kustomize fails until its resources are right; remove the file to have it made';
  return finding('warning', 'hand-written-kustomization', path, message, hint, { cluster });
}

export function unlistedFolder(path: string, cluster: string): Diagnostic {
  const message = `${JSON.stringify(path)} gets no kustomization.yaml: its name is no safe file name`;
  return finding('warning', 'unlisted-folder', path, message, 'rename the folder', { cluster });
}

/** At most this many names in a message. */
const NAMED = 20;

export function removalRefused({ cluster, instances, of, files }: GuardRefusal): Diagnostic {
  const named = instances.length > 0 ? instances : files;
  const rest = named.length > NAMED ? ` and ${named.length - NAMED} more` : '';
  const share = instances.length > 0 ? `${instances.length} of ${of} instances` : `all ${files.length} files`;
  const message = `${share} of ${cluster} would be removed: ${named.slice(0, NAMED).join(', ')}${rest}; nothing was removed`;
  const hint = 'check that soa-configs are complete; if they are meant to go: --force-prune';
  return finding('error', 'removal-refused', indexPath(cluster), message, hint, { cluster });
}
