import type { Diagnostic, InputRoot, Path, RelatedPlace } from '../../diagnostics/diagnostic.ts';
import type { YamlSyntaxError } from './cursor.ts';
import { indexLines, type Lines } from './lines.ts';

/** Which file findings are about. */
export interface FileIdentity {
  readonly root: InputRoot;
  readonly file: string;
}

/** One finding, its place as offsets into the text. */
export interface Finding {
  readonly code: string;
  /** Holds no text of the file: what stands there may be a secret, and code frames show the rest. */
  readonly message: string;
  readonly start: number;
  readonly end?: number;
  readonly path?: Path;
  readonly hint?: string;
  /** Default `error`; `policy` is a warning that fails `validate`. */
  readonly severity?: 'error' | 'warning' | 'policy';
  /** An earlier place that explains the finding. */
  readonly earlier?: { readonly start: number; readonly message: string };
}

/** More findings than this in one file say nothing new. */
const MAX_FINDINGS = 100;

/** Collects the findings of one file; lines are counted only when there is one. */
export class Findings {
  readonly identity: FileIdentity;
  readonly diagnostics: Diagnostic[] = [];
  hasErrors = false;
  private readonly text: string;
  private lines: Lines | undefined;

  constructor(identity: FileIdentity, text: string) {
    this.identity = identity;
    this.text = text;
  }

  /** Whether nothing more will be recorded, apart from the first error. */
  get isFull(): boolean {
    return this.diagnostics.length >= MAX_FINDINGS;
  }

  add(finding: Finding): void {
    const isError = (finding.severity ?? 'error') === 'error';
    if (this.isFull && (!isError || this.hasErrors)) return;
    if (isError) this.hasErrors = true;
    this.diagnostics.push(this.toDiagnostic(finding));
  }

  addSyntaxError({ code, message, start, end, hint, opened }: YamlSyntaxError): void {
    this.add({
      code,
      message,
      start,
      end,
      ...(hint === undefined ? {} : { hint }),
      ...(opened === undefined ? {} : { earlier: { start: opened, message: 'it began here' } }),
    });
  }

  private toDiagnostic(finding: Finding): Diagnostic {
    this.lines ??= indexLines(this.text);
    const { severity = 'error', hint, earlier } = finding;
    return {
      severity: severity === 'error' ? 'error' : 'warning',
      ...(severity === 'policy' ? { policy: true } : {}),
      code: finding.code,
      message: finding.message,
      root: this.identity.root,
      file: this.identity.file,
      ...this.lines.span(finding.start, finding.end ?? finding.start + 1),
      path: reportPath(finding.path ?? []),
      ...(hint === undefined ? {} : { hint }),
      ...(earlier === undefined ? {} : { related: [this.toRelated(this.lines, earlier)] }),
    };
  }

  private toRelated(lines: Lines, earlier: NonNullable<Finding['earlier']>): RelatedPlace {
    return { ...this.identity, ...lines.place(earlier.start), message: earlier.message };
  }
}

/** At most 60 characters of a text. */
function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A path for a report: steps of megabytes are cut. */
function reportPath(path: Path): Path {
  return path.map((step) => (typeof step === 'string' && step.length > LONGEST_STEP ? shorten(step) : step));
}

const LONGEST_STEP = 1024;
