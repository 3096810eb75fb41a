import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../model/source-document.ts';
import { CODES } from './codes.ts';
import { makeFinding, type FindingScope } from './finding.ts';

/** A comment `# paasta-gitops: ignore CODE reason` and its line. */
interface Suppression {
  readonly document: SourceDocument;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly codes: readonly string[];
  readonly reason: string;
  readonly scope: FindingScope;
}

/** A document whose comments count, and what a finding about a comment belongs to. */
export interface CommentedDocument {
  readonly document: SourceDocument;
  readonly scope: FindingScope;
}

const MARK = 'paasta-gitops:';
const PATTERN = /^#\s*paasta-gitops:\s*ignore\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)(?:\s+(.*\S))?\s*$/;

/** The comments of one service that ignore findings. */
export interface Suppressions {
  /** The findings that no comment at the end of their line ignores. An error is never ignored, nor is anything without a reason. */
  without(diagnostics: readonly Diagnostic[]): readonly Diagnostic[];
  /** Findings about comments that ignored nothing so far, give no reason, or cannot be understood. */
  complaints(): readonly Diagnostic[];
}

/** Nothing is ignored. */
export const NO_SUPPRESSIONS: Suppressions = { without: (diagnostics) => diagnostics, complaints: () => [] };

/**
 * Reads the comments of a service; the text of a file without any is only searched once. Where not all clusters were read, a
 * comment may be about what stands in the others, and none is called unused.
 */
export function createSuppressions(
  documents: readonly CommentedDocument[],
  { hasAllClusters }: { readonly hasAllClusters: boolean },
): Suppressions {
  const marked = documents.filter(({ document }) => document.text.includes(MARK));
  if (marked.length === 0) return NO_SUPPRESSIONS;
  const comments = marked.flatMap(commentsOf);
  const suppressions = comments.flatMap((each) => ('codes' in each ? [each] : []));
  const malformed = comments.flatMap((each) => ('codes' in each ? [] : [each]));
  const byLine = new Map(suppressions.map((each) => [`${each.document.file}:${each.line}`, each]));
  const outcomes = new Map<string, 'met' | 'error'>();
  return {
    without: (diagnostics) =>
      diagnostics.filter(({ root, file, line, code, severity }) => {
        const suppression = root === 'soa' && line !== undefined ? byLine.get(`${file}:${line}`) : undefined;
        if (suppression?.codes.includes(code) !== true) return true;
        outcomes.set(`${file}:${line}:${code}`, severity === 'error' ? 'error' : 'met');
        return severity === 'error' || suppression.reason === '';
      }),
    complaints: () => {
      const found = suppressions.flatMap((each) => complaintsAbout(each, outcomes));
      return [...malformed, ...found.filter(({ code }) => hasAllClusters || code !== 'unused-suppression')];
    },
  };
}

function commentsOf({ document, scope }: CommentedDocument): readonly (Suppression | Diagnostic)[] {
  const found: (Suppression | Diagnostic)[] = [];
  const lines = document.text.split(/\r\n|\n|\r/);
  for (const [index, text] of lines.entries()) {
    if (!text.includes(MARK)) continue;
    const line = index + 1;
    const comment = document.commentOf(line);
    if (comment?.includes(MARK) !== true) continue;
    const column = [...text.slice(0, text.length - comment.length)].length + 1;
    const place = { line, column, endColumn: column + [...comment].length };
    const match = PATTERN.exec(comment);
    if (match === null) {
      const message = 'this comment is not understood';
      const hint = 'write "# paasta-gitops: ignore CODE reason" at the end of the line';
      found.push(at(document, place, scope, { code: 'bad-suppression', message, hint }));
    } else {
      const codes = match[1]!.split(/\s*,\s*/);
      found.push({ document, ...place, codes, reason: match[2] ?? '', scope });
    }
  }
  return found;
}

function complaintsAbout(
  suppression: Suppression,
  outcomes: ReadonlyMap<string, 'met' | 'error'>,
): readonly Diagnostic[] {
  const { document, line, codes, reason, scope } = suppression;
  const complain = (code: string, message: string, hint?: string) =>
    at(document, suppression, scope, { code, message, hint });
  const found = codes.flatMap((code) => {
    const outcome = outcomes.get(`${document.file}:${line}:${code}`);
    if (outcome === 'met') return [];
    if (outcome === 'error')
      return [complain('bad-suppression', `${code} is an error here, and errors cannot be ignored`)];
    if (!CODES.has(code)) return [complain('bad-suppression', `there is no finding with the code ${code}`)];
    return [complain('unused-suppression', `nothing on this line is ${code}`, 'remove the comment')];
  });
  if (reason !== '') return found;
  const message = `ignoring ${codes.join(', ')} needs a reason after the code; nothing is ignored`;
  return [...found, complain('bad-suppression', message)];
}

function at(
  document: SourceDocument,
  place: Pick<Suppression, 'line' | 'column' | 'endColumn'>,
  scope: FindingScope,
  text: { readonly code: string; readonly message: string; readonly hint?: string | undefined },
): Diagnostic {
  const { line, column, endColumn } = place;
  const span = { line, column, endLine: line, endColumn };
  return makeFinding(
    { class: 'warning', ...text },
    { root: document.root, file: document.file, path: [], span },
    scope,
  );
}
