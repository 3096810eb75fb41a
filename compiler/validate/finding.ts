import type { ConstraintClass } from '../../schemas/json-schema.ts';
import type { Diagnostic, InputRoot, Path, RelatedPlace, Span } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../model/source-document.ts';

/** How bad a finding is; `policy` is a warning that fails `validate` and that `--strict` raises. */
export type FindingClass = ConstraintClass;

/** What a finding holds back when it is an error (see `Diagnostic`). */
export interface FindingScope {
  readonly service?: string;
  readonly cluster?: string;
  readonly instance?: string;
  readonly instances?: readonly string[];
}

/** Where a finding stands: in a file, with a span where the place in it is known. */
export interface FindingPlace {
  readonly root: InputRoot;
  readonly file: string;
  readonly path: Path;
  readonly span?: Span;
}

export interface FindingText {
  readonly class: FindingClass;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly related?: readonly RelatedPlace[];
}

/** A finding at a place, as plain data. */
export function makeFinding(text: FindingText, place: FindingPlace, scope: FindingScope): Diagnostic {
  const { class: level, code, message, hint, related } = text;
  return {
    severity: level === 'policy' ? 'warning' : level,
    ...(level === 'policy' ? { policy: true } : {}),
    code,
    message,
    root: place.root,
    file: place.file,
    ...place.span,
    path: place.path,
    ...scope,
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined || related.length === 0 ? {} : { related }),
  };
}

/** Where a path of a document stands, or the nearest thing around it. */
export function placeIn(document: SourceDocument, path: Path, part: 'key' | 'value' = 'value'): FindingPlace {
  const { root, file } = document;
  return { root, file, path, span: document.locateNearest(path, part).span };
}

/** Order of classes, the worst highest. */
export const CLASS_RANK: Readonly<Record<FindingClass, number>> = { info: 0, warning: 1, policy: 2, error: 3 };

/** The class of a diagnostic. */
export function classOf({ severity, policy }: Pick<Diagnostic, 'severity' | 'policy'>): FindingClass {
  return severity === 'warning' && policy === true ? 'policy' : severity;
}
