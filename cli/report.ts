import { compareDiagnostics, type Diagnostic, type Root } from '../compiler/diagnostics/diagnostic.ts';
import { safeText } from './safe-text.ts';

/** How findings are printed for people. */
export interface ReportStyle {
  readonly hasColor: boolean;
  /** Shown before file names of each root, such as the soa dir relative to the working directory. */
  readonly prefix: Readonly<Record<Root, string>>;
  /** The line of a source file for the code frame; undefined where it must not or cannot be shown. */
  readonly lineOf?: (diagnostic: Diagnostic, line: number) => string | undefined;
}

const COLORS = { error: '\u001b[31m', warning: '\u001b[33m', info: '\u001b[36m', dim: '\u001b[2m', reset: '\u001b[0m' };

/**
 * All findings as text: `file:line:column: severity: message  [code]`, the line with a caret, the hint. Sorted, each once.
 * Text from input is made visible, never interpreted by the terminal.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], style: ReportStyle): string {
  return [...diagnostics]
    .sort(compareDiagnostics)
    .map((diagnostic) => formatOne(diagnostic, style))
    .join('');
}

/** A run that ended early: what went wrong, more lines of it indented, and what to do about it. */
export function formatProblem(message: string, hint?: string): string {
  const text = message.split('\n').map(safeText).join('\n  ');
  return `paasta-gitops: error: ${text}\n${hint === undefined ? '' : `  hint: ${safeText(hint)}\n`}`;
}

function formatOne(diagnostic: Diagnostic, style: ReportStyle): string {
  const color = (name: keyof typeof COLORS, text: string): string =>
    style.hasColor ? `${COLORS[name]}${text}${COLORS.reset}` : text;
  const { severity, code, message, line, hint } = diagnostic;
  const policy = diagnostic.policy === true && severity !== 'error' ? 'policy ' : '';
  const rows = [
    `${placeOf(diagnostic, style)}: ${color(severity, `${policy}${severity}`)}: ${safeText(message)}  [${code}]`,
    ...frame(diagnostic, line, style).map((row) => color('dim', row)),
    ...(hint === undefined ? [] : [`  hint: ${safeText(hint)}`]),
    ...(diagnostic.related ?? []).map((place) => {
      const file = `${style.prefix[place.root ?? diagnostic.root]}${place.file}`;
      return `  see ${safeText(file)}${place.line === undefined ? '' : `:${place.line}`}: ${safeText(place.message)}`;
    }),
  ];
  return rows.map((row) => `${row}\n`).join('');
}

function placeOf(diagnostic: Diagnostic, style: ReportStyle): string {
  const file = safeText(`${style.prefix[diagnostic.root]}${diagnostic.file}`) || '.';
  if (diagnostic.line === undefined) return file;
  return `${file}:${diagnostic.line}${diagnostic.column === undefined ? '' : `:${diagnostic.column}`}`;
}

const FRAME_WIDTH = 120;

function frame(diagnostic: Diagnostic, line: number | undefined, style: ReportStyle): string[] {
  if (line === undefined || style.lineOf === undefined) return [];
  const text = style.lineOf(diagnostic, line);
  if (text === undefined) return [];
  const column = diagnostic.column ?? 1;
  const points = [...text];
  const start = column > FRAME_WIDTH - 20 ? column - 20 : 1;
  const shown = points.slice(start - 1, start - 1 + FRAME_WIDTH).join('');
  const number = String(line);
  const lead = safeText(points.slice(start - 1, column - 1).join('')).length;
  const sameLine = diagnostic.endLine === undefined || diagnostic.endLine === line;
  const end = sameLine ? (diagnostic.endColumn ?? column + 1) : points.length + 1;
  const width = Math.max(1, Math.min(end - column, FRAME_WIDTH - lead));
  return [
    `  ${number} | ${safeText(shown)}`,
    `  ${' '.repeat(number.length)} | ${' '.repeat(lead)}${'^'.repeat(width)}`,
  ];
}
