import { compareText, type Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { FindingFormat, FormatContext } from './finding-format.ts';
import { fingerprints } from './fingerprints.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0: one run, a rule a code, fingerprints that stay when lines move. */
export const formatSarif: FindingFormat = (diagnostics, context) => {
  const codes = [...new Set(diagnostics.map((d) => d.code))].sort(compareText);
  const prints = fingerprints(diagnostics);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'paasta-gitops',
            version: context.version,
            rules: codes.map((id) => ({ id, shortDescription: { text: context.descriptionOf(id) } })),
          },
        },
        columnKind: 'unicodeCodePoints',
        results: diagnostics.map((d, index) => result(d, context, codes.indexOf(d.code), prints[index]!)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

function result(d: Diagnostic, context: FormatContext, ruleIndex: number, print: string): unknown {
  return {
    ruleId: d.code,
    ruleIndex,
    level: LEVELS[d.severity],
    message: { text: d.hint === undefined ? d.message : `${d.message} Hint: ${d.hint}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(context.pathOf(d)) }, ...region(d) } }],
    partialFingerprints: { 'paasta-gitops/v1': print },
  };
}

function region(d: Diagnostic): { region?: Record<string, number> } {
  if (d.line === undefined) return {};
  return {
    region: {
      startLine: d.line,
      ...(d.column === undefined ? {} : { startColumn: d.column }),
      ...(d.endLine === undefined ? {} : { endLine: d.endLine }),
      ...(d.endColumn === undefined ? {} : { endColumn: d.endColumn }),
    },
  };
}
