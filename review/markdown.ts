import { codeSpan, escapeHtml, fenceFor } from './markdown-text.ts';
import { isUnchanged, risksOf, type InstanceReview, type ObjectReview, type Review, type Row } from './review.ts';
import { causesNote, heldFileText, restartText, totalsLine, type Safe } from './text.ts';

/** What a comment may hold on the hosts that we know (65,536 on GitHub), with room for what a caller adds. */
export const COMMENT_LIMIT = 60_000;

/**
 * The review as Markdown for a comment, at most `limit` characters: first every instance with its rows, then folded diffs. What does not
 * fit is left out from the end, with a count. Foreign text stands in code only.
 */
export function reviewMarkdown(review: Review, safe: Safe, limit = COMMENT_LIMIT): string {
  const head = `### Rendered changes: ${codeSpan(review.base, safe)} → ${codeSpan(review.head, safe)}\n`;
  if (isUnchanged(review)) return `${head}\nno change\n`;
  const parts = [...summaryParts(review, safe), ...diffParts(review, safe)];
  const text = [head, ...parts].join('\n');
  if (text.length <= limit) return text;
  const kept: string[] = [];
  let length = head.length + 1;
  const reserve = 200;
  for (const part of parts) {
    if (length + part.length + 1 > limit - reserve) break;
    kept.push(part);
    length += part.length + 1;
  }
  const left = parts.length - kept.length;
  const note = `\n**… and ${left} more ${left === 1 ? 'part' : 'parts'} of this report, which did not fit.** Run \`paasta-gitops review\` for all of it.\n`;
  return [head, ...kept, note].join('\n');
}

function summaryParts(review: Review, safe: Safe): readonly string[] {
  const risks = risksOf(review).map(({ message }) => `> - ${codeSpan(message, safe)}`);
  return [
    ...[totalsLine(review), ...causesNote(review)].map((line) => `${line}\n`),
    ...(risks.length === 0 ? [] : [['> **Risks**', ...risks, ''].join('\n')]),
    ...review.heldFiles.map((file) => `- ${heldFileText(codeSpan(file, safe))}\n`),
    ...review.clusters.flatMap(({ cluster, instances, heldBack, shared }) => [
      `#### ${codeSpan(cluster, safe)}\n`,
      ...instances.map((each) => instancePart(each, safe)),
      ...shared.map(({ key, action }) => `- ${action} shared ${codeSpan(key, safe)}\n`),
      ...heldBack.map((job) => `- held back by an error, its earlier output stays: ${codeSpan(job, safe)}\n`),
    ]),
  ];
}

function instancePart(review: InstanceReview, safe: Safe): string {
  const { service, instance, action, team, rows } = review;
  const owner = team === null ? '' : `, team ${codeSpan(team, safe)}`;
  const head = `- **${action}** ${codeSpan(`${service}.${instance}`, safe)} (${restartText(review)}${owner})`;
  return [head, ...rows.map((row) => `  - ${rowMarkdown(row, safe)}`), ''].join('\n');
}

function rowMarkdown({ field, before, after, causes = [] }: Row, safe: Safe): string {
  const value = (text: string | null): string => (text === null ? '—' : codeSpan(text, safe));
  const from = causes.length === 0 ? '' : ` (${causes.map((cause) => codeSpan(cause, safe)).join(', ')})`;
  return `${codeSpan(field, safe)}: ${value(before)} → ${value(after)}${from}`;
}

function diffParts(review: Review, safe: Safe): readonly string[] {
  return review.clusters.flatMap(({ cluster, instances, shared }) => [
    ...instances.map(({ service, instance, objects }) => folded(`${cluster}: ${service}.${instance}`, objects, safe)),
    ...(shared.length === 0 ? [] : [folded(`${cluster}: shared objects`, shared, safe)]),
  ]);
}

function folded(title: string, objects: readonly ObjectReview[], safe: Safe): string {
  const lines = objects.flatMap(({ key, diff }) => [`# ${key}`, ...diff]).map(safe);
  const fence = fenceFor(lines.join('\n'), 3);
  const summary = escapeHtml(safe(title));
  return `<details><summary><code>${summary}</code></summary>\n\n${fence}diff\n${lines.join('\n')}\n${fence}\n\n</details>\n`;
}
