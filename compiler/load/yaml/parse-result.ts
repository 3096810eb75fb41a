import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../../model/source-document.ts';
import type { Budget } from './budget.ts';
import type { FileIdentity } from './findings.ts';

export interface ParseOptions extends FileIdentity {
  readonly budget?: Partial<Budget>;
}

/** The document, unless an error is among the diagnostics: then nothing of the file can be used. */
export interface ParseResult {
  readonly document: SourceDocument | undefined;
  readonly diagnostics: readonly Diagnostic[];
}
