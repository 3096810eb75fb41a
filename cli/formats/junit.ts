import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { classOf, type FindingFormat } from './finding-format.ts';

/** JUnit XML: a test case a file, a failure an error or policy finding; warnings and notes in its output. */
export const formatJunit: FindingFormat = (diagnostics, { pathOf }) => {
  const files = new Map<string, Diagnostic[]>();
  for (const d of diagnostics) {
    const file = pathOf(d) || '.';
    const list = files.get(file);
    if (list === undefined) files.set(file, [d]);
    else list.push(d);
  }
  const failing = [...files.values()].filter((list) => list.some(isFailure)).length;
  const cases = [...files].map(([file, list]) => testCase(file, list)).join('');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites tests="${files.size}" failures="${failing}">\n`,
    `  <testsuite name="paasta-gitops validate" tests="${files.size}" failures="${failing}">\n`,
    cases,
    '  </testsuite>\n</testsuites>\n',
  ].join('');
};

function isFailure(d: Diagnostic): boolean {
  return classOf(d) === 'error' || classOf(d) === 'policy';
}

function testCase(file: string, list: readonly Diagnostic[]): string {
  const failures = list.filter(isFailure).map((d) => {
    const attributes = `type="${escapeXml(d.code)}" message="${escapeXml(d.message)}"`;
    return `      <failure ${attributes}>${escapeXml(row(file, d))}</failure>\n`;
  });
  const rest = list.filter((d) => !isFailure(d)).map((d) => row(file, d));
  const output = rest.length === 0 ? '' : `      <system-out>${escapeXml(rest.join('\n'))}</system-out>\n`;
  return `    <testcase classname="soa-configs" name="${escapeXml(file)}">\n${failures.join('')}${output}    </testcase>\n`;
}

function row(file: string, d: Diagnostic): string {
  const place = d.line === undefined ? file : `${file}:${d.line}:${d.column ?? 1}`;
  return `${place}: ${classOf(d)}: ${d.message} [${d.code}]${d.hint === undefined ? '' : `\nhint: ${d.hint}`}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Text as XML 1.0 allows it: what XML cannot carry at all becomes a visible escape. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(/[&<>"\n]/g, (c) => ENTITIES[c]!);
}
