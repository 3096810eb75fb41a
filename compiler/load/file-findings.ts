import { didYouMean, nearest } from '../diagnostics/did-you-mean.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { INSTANCE_TYPES } from '../model/service-sources.ts';
import type { UnreadableReason } from '../model/tree-reader.ts';
import {
  isInstanceType,
  SERVICE_DIRECTORIES,
  SERVICE_FILES,
  splitClusterName,
  type FileKind,
  type KnownNames,
} from './file-kinds.ts';
import type { Scope } from './scope.ts';

/** What to do about a directory that cannot be listed. */
export const LISTING_HINTS: Readonly<Record<UnreadableReason, string>> = {
  denied: 'give this user permission to read it',
  'not-a-file': 'put a directory here',
  'outside-tree': 'symlinks are followed inside the tree only: copy the directory into it',
  'symlink-loop': 'point the symlink at a directory',
  'broken-symlink': 'bring back what the symlink leads to, or remove the symlink',
  'too-large': 'put a directory here',
  failed: 'put a directory here',
};

/** A finding about a whole file or directory of a service; `policy` is a warning that `--strict` raises. */
export function fileFinding(
  severity: 'error' | 'warning' | 'info' | 'policy',
  code: string,
  file: string,
  message: string,
  scope: Scope,
  hint?: string,
): Diagnostic {
  return {
    severity: severity === 'policy' ? 'warning' : severity,
    ...(severity === 'policy' ? { policy: true } : {}),
    code,
    message,
    root: 'soa',
    file,
    path: [],
    ...(hint === undefined ? {} : { hint }),
    ...scope,
  };
}

/** What is to be said about a file that is not read, by its kind; nothing for files that are known to be ignored. */
export function unreadFile(service: string, name: string, kind: FileKind, known: KnownNames): readonly Diagnostic[] {
  const file = `${service}/${name}`;
  switch (kind.kind) {
    case 'unknown-cluster': {
      const { prefix, cluster } = kind;
      const message = `the cluster "${cluster}" of this file is in no \`clusters\` list, so nothing reads the file`;
      const found = nearest(cluster, known.clusters);
      const hint = found === undefined ? undefined : `did you mean "${prefix}-${found}.yaml"?`;
      return [fileFinding('policy', 'unknown-cluster', file, message, { service, cluster }, hint)];
    }
    case 'yml': {
      const scope = kind.cluster === null ? { service } : { service, cluster: kind.cluster };
      const hint = `rename it to "${name.slice(name.lastIndexOf('/') + 1, -'yml'.length)}yaml"`;
      return [fileFinding('policy', 'yml-extension', file, 'nothing reads files that end in ".yml"', scope, hint)];
    }
    case 'other-runtime':
      return [fileFinding('info', 'not-compiled', file, `${kind.prefix} files belong to another program`, { service })];
    case 'unknown': {
      const hint = suggestFile(name.slice(name.lastIndexOf('/') + 1), known);
      return [fileFinding('warning', 'unknown-file', file, 'nothing reads a file of this name', { service }, hint)];
    }
    default:
      return [];
  }
}

/** The finding about a directory of a service that nothing reads. */
export function unreadDirectory(service: string, name: string): Diagnostic {
  const message = 'nothing reads a directory of this name';
  const { hint } = didYouMean(name, SERVICE_DIRECTORIES);
  return fileFinding('warning', 'unknown-file', `${service}/${name}`, message, { service }, hint);
}

function suggestFile(name: string, known: KnownNames): string | undefined {
  const parts = splitClusterName(name.replace(/\.[^.]*$/, ''));
  if (parts !== null && known.clusters.has(parts.cluster)) {
    const type = isInstanceType(parts.prefix) ? parts.prefix : nearest(parts.prefix, INSTANCE_TYPES);
    if (type !== undefined) return `did you mean "${type}-${parts.cluster}.yaml"?`;
  }
  return didYouMean(name, [...Object.keys(SERVICE_FILES), 'deployments.json', 'port']).hint;
}
