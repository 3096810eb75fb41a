import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isSafeName } from '../model/names.ts';
import type { TreeEntry, TreeReader } from '../model/tree-reader.ts';

/**
 * Services of a tree, sorted: its directories that start with neither `_` nor `.`, and what may stand for one that nobody can look
 * into, so that it is an error of that service and never a service that is gone.
 * A name that is no safe path segment is left out with an error; a missing, unreadable or empty tree is one finding.
 */
export function listServices(reader: TreeReader): {
  readonly services: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const listing = reader.list('');
  if (listing.kind === 'absent') {
    const hint = 'point --soa-dir, PAASTA_SOA_DIR or `soa_dir` in paasta-gitops.yaml at the soa-configs tree';
    return failed({ ...rootError('missing-soa-dir', 'the soa-configs directory does not exist'), hint });
  }
  if (listing.kind === 'unreadable') {
    return failed(rootError('unreadable-directory', `the soa-configs directory cannot be listed: ${listing.detail}`));
  }
  const names = listing.entries.filter((e) => isFolder(e) && !/^[._]/.test(e.name)).map((e) => e.name);
  const unsafe = names.filter((name) => !isSafeName(name)).map(unsafeService);
  const services = names.filter(isSafeName);
  if (names.length > 0) return { services, diagnostics: unsafe };
  return failed({
    ...rootError('empty-soa-dir', 'the soa-configs directory holds no service'),
    hint: 'each service is a directory of its own, directly below',
  });
}

function isFolder({ kind }: TreeEntry): boolean {
  return kind === 'directory' || kind === 'hidden';
}

/** What is left to say about a name outside `[A-Za-z0-9._-]`. */
export const SAFE_NAME_RULE = 'use letters, digits, ".", "_" and "-" only';

function failed(diagnostic: Diagnostic) {
  return { services: [], diagnostics: [diagnostic] };
}

function rootError(code: string, message: string): Diagnostic {
  return { severity: 'error', code, message, root: 'soa', file: '', path: [] };
}

function unsafeService(name: string): Diagnostic {
  return {
    severity: 'error',
    code: 'unsafe-name',
    message: `service ${JSON.stringify(name)} cannot stand in paths and object names`,
    root: 'soa',
    file: name,
    path: [],
    hint: SAFE_NAME_RULE,
    service: name,
  };
}
