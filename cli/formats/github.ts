import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { FindingFormat } from './finding-format.ts';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;
/** GitHub shows at most ten annotations of a level for a step. */
const SHOWN_PER_LEVEL = 10;

/** GitHub Actions workflow commands, one a finding, and a plain last line that counts what GitHub does not show. */
export const formatGithub: FindingFormat = (diagnostics, { pathOf }) => {
  const lines = diagnostics.map((d) => command(d, pathOf(d)));
  const counts = (['error', 'warning', 'info'] as const).map((severity) => {
    const count = diagnostics.filter((d) => d.severity === severity).length;
    return `${count} ${severity}${count === 1 || severity === 'info' ? '' : 's'}`;
  });
  const hidden = (['error', 'warning', 'info'] as const).some(
    (severity) => diagnostics.filter((d) => d.severity === severity).length > SHOWN_PER_LEVEL,
  );
  const note = hidden ? ` (annotations show the first ${SHOWN_PER_LEVEL} of each level; all are in this log)` : '';
  return `${lines.join('')}paasta-gitops: ${counts.join(', ')}${note}\n`;
};

function command(d: Diagnostic, file: string): string {
  const properties = [
    ['file', file],
    ['line', d.line],
    ['col', d.column],
    ['endLine', d.endLine],
    ['endColumn', d.endColumn],
    ['title', d.code],
  ] as const;
  const text = properties
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  const hint = d.hint === undefined ? '' : ` (${d.hint})`;
  return `::${COMMANDS[d.severity]} ${text}::${escapeData(`${d.message}${hint}`)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
