import { type ObjectReport } from '../applier/describe-plan.ts';
import { keyText, summaryText } from '../applier/plan-text.ts';
import type { ObjectResult } from '../applier/events.ts';
import { COMMENT_LIMIT } from '../review/markdown.ts';
import { codeSpan, escapeHtml, fenceFor } from '../review/markdown-text.ts';
import type { ClusterReport } from './cluster-report.ts';
import { isTrouble } from './run-text.ts';
import { safeText } from './safe-text.ts';

const code = (text: string): string => codeSpan(text, safeText);

/** Markdown for a comment, at most `limit` characters; what does not fit is left out from the end, with a count. Foreign text stands in code only. */
export function clusterMarkdown(report: ClusterReport, limit = COMMENT_LIMIT): string {
  const { verb, cluster, summary, objects, results, warnings, reason } = report;
  const head = [
    `### ${verb} of ${code(cluster)}\n`,
    ...(summary === null ? [] : [summaryText(summary, reason !== '')]),
    ...(reason === '' ? [] : [`> **Refused:** ${code(reason)}\n`]),
    ...warnings.map((warning) => `> Warning: ${code(warning)}\n`),
  ].join('\n');
  const parts = [...results.filter(isTrouble).map(troublePart), ...objects.map(objectPart)];
  return [head, ...fitting(parts, limit - head.length)].join('\n');
}

function fitting(parts: readonly string[], limit: number): readonly string[] {
  const reserve = 100;
  let length = 0;
  const cut = parts.findIndex((part) => (length += part.length + 1) > limit - reserve);
  if (cut < 0) return parts;
  const left = parts.length - cut;
  return [...parts.slice(0, cut), `**… and ${left} more ${left === 1 ? 'entry' : 'entries'}.**\n`];
}

function troublePart({ key, outcome, message, health, details }: ObjectResult): string {
  const isStuck = health !== null && health.state !== 'current';
  const what = isStuck ? `not up: ${code(health.reason)}` : `${outcome}: ${code(message)}`;
  return [`- ${code(keyText(key))} **${what}**`, ...details.map((detail) => `  - ${code(detail)}`), ''].join('\n');
}

function objectPart({ key, action, restart, pods, reasons, diff }: ObjectReport): string {
  const effect = restart ? [`restarts ${pods} ${pods === 1 ? 'pod' : 'pods'}`] : [];
  const notes = [...effect, ...reasons.map(code)].join(', ');
  const head = `- **${action}** ${code(keyText(key))}${notes === '' ? '' : ` (${notes})`}\n`;
  if (diff.length === 0) return head;
  const lines = diff.map(safeText).join('\n');
  const fence = fenceFor(lines, 3);
  const title = escapeHtml(safeText(keyText(key)));
  return `${head}\n<details><summary><code>${title}</code></summary>\n\n${fence}diff\n${lines}\n${fence}\n\n</details>\n`;
}
