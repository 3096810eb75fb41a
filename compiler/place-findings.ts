import type { Diagnostic, Path, RelatedPlace } from './diagnostics/diagnostic.ts';
import { readDocument } from './load/index.ts';
import type { SourceDocument } from './model/source-document.ts';
import type { TreeReader } from './model/tree-reader.ts';

/**
 * Findings about soa-configs that were made from summaries, with lines and columns: their files are read again, each once, so that
 * no run without such findings looks for places. What cannot be read any more stays without.
 */
export function placeFindings(soa: TreeReader, findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const documents = new Map<string, SourceDocument | undefined>();
  const placeOf = (file: string, path: Path) => {
    if (!documents.has(file)) documents.set(file, readDocument(soa, file, { root: 'soa', format: 'yaml' }).document);
    return documents.get(file)?.locateNearest(path).span;
  };
  const placeRelated = ({ path = [], ...related }: RelatedPlace): RelatedPlace => {
    const span = placeOf(related.file, path);
    return span === undefined ? related : { ...related, line: span.line, column: span.column };
  };
  return findings.map((finding) => {
    const related = finding.related?.map(placeRelated);
    return { ...finding, ...placeOf(finding.file, finding.path), ...(related && { related }) };
  });
}
