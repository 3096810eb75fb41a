import { type Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { TreeReader } from '../../compiler/model/tree-reader.ts';
import { isOver, parseTemporaryBound } from './scale-comment.ts';

/** A file with temporary bounds that are over. */
export interface ExpiredBounds {
  readonly service: string;
  /** Relative to the soa dir. */
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Looks through the instance files of services for bounds whose time is over. Only text is searched, nothing is parsed. */
export function expiredBounds(soa: TreeReader, services: readonly string[], now: Date): readonly ExpiredBounds[] {
  return services.flatMap((service) => {
    const listing = soa.list(service);
    if (listing.kind !== 'directory') return [];
    return listing.entries
      .filter(({ name, kind }) => kind === 'file' && /^(?:kubernetes|eks)-.+\.yaml$/.test(name))
      .flatMap(({ name }) => expiredIn(soa, service, `${service}/${name}`, now));
  });
}

function expiredIn(soa: TreeReader, service: string, file: string, now: Date): readonly ExpiredBounds[] {
  const found = soa.read(file);
  if (found.kind !== 'file') return [];
  const text = Buffer.from(found.bytes).toString('utf8');
  if (!text.includes('# scaled until ')) return [];
  const diagnostics = text.split(/\r?\n/).flatMap((line, index): readonly Diagnostic[] => {
    const bound = parseTemporaryBound(line);
    if (bound === null || !isOver(bound, now)) return [];
    return [
      {
        severity: 'warning',
        policy: true,
        code: 'scale-expired',
        message: `${bound.key} ${bound.value} was to end at ${bound.until}`,
        hint: 'paasta-gitops scale --revert-expired takes it back',
        root: 'soa',
        file,
        path: [],
        line: index + 1,
        column: bound.indent.length + 1,
        endLine: index + 1,
        endColumn: line.length + 1,
        service,
      },
    ];
  });
  return diagnostics.length === 0 ? [] : [{ service, file, diagnostics }];
}
