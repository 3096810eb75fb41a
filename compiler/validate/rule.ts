import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../model/source-document.ts';
import { makeFinding, placeIn, type FindingScope, type FindingText } from './finding.ts';
import type { InstanceView, ServiceView } from './view.ts';

/** What must hold of one service as a whole. */
export type ServiceRule = (view: ServiceView) => readonly Diagnostic[];

/** What must hold of one long-running instance. */
export type InstanceRule = (view: InstanceView) => readonly Diagnostic[];

/** A finding about a key of an instance, where the key's value was written, or about the instance itself. */
export function aboutKey({ service, workload }: InstanceView, path: Path, text: FindingText): Diagnostic {
  const { cluster, instance, keys } = workload;
  return makeFinding(text, keys.placeOf(path), { service: service.sources.service, cluster, instance });
}

/** A finding about a place in one document of a service. */
export function aboutFile(
  document: SourceDocument,
  path: Path,
  scope: FindingScope,
  text: FindingText,
  part: 'key' | 'value' = 'value',
): Diagnostic {
  return makeFinding(text, placeIn(document, path, part), scope);
}

/** A finding about a file that cannot be opened, or about a directory. */
export function aboutPath(file: string, scope: FindingScope, text: FindingText): Diagnostic {
  return makeFinding(text, { root: 'soa', file, path: [] }, scope);
}
