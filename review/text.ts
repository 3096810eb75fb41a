import { isUnchanged, risksOf, totalsOf, type InstanceReview, type Review, type Row } from './review.ts';

/** Makes foreign text harmless in one line of output. */
export type Safe = (text: string) => string;

/** The review for a terminal: rows of every instance, and with `showsDiffs` the diffs of its objects. */
export function reviewText(review: Review, safe: Safe, showsDiffs = false): string {
  const lines = [`${safe(review.base)} -> ${safe(review.head)}`];
  if (isUnchanged(review)) return `${lines[0]!}\nno change\n`;
  for (const { cluster, instances, shared, heldBack } of review.clusters) {
    lines.push('', `${safe(cluster)}:`);
    for (const instance of instances) {
      lines.push(`  ${headline(instance, safe)}`, ...instance.rows.map((row) => `      ${rowText(row, safe)}`));
      if (showsDiffs) lines.push(...instance.objects.flatMap(({ key, diff }) => diffLines(key, diff, safe)));
    }
    for (const { key, action, diff } of shared) {
      lines.push(`  ${SIGNS[action]} ${safe(key)}  (shared)`);
      if (showsDiffs) lines.push(...diffLines(key, diff, safe));
    }
    for (const job of heldBack) lines.push(`  ! ${safe(job)}  (held back by an error; its earlier output stays)`);
  }
  if (review.heldFiles.length > 0) lines.push('');
  for (const file of review.heldFiles) lines.push(`! ${heldFileText(safe(file))}`);
  const risks = risksOf(review);
  if (risks.length > 0) lines.push('', 'Risks:', ...risks.map(({ code, message }) => `  ${safe(message)}  [${code}]`));
  return `${[...lines, '', totalsLine(review), ...causesNote(review)].join('\n')}\n`;
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;

function headline(review: InstanceReview, safe: Safe): string {
  const { service, instance, action, team } = review;
  const owner = team === null ? '' : `, team ${safe(team)}`;
  return `${SIGNS[action]} ${safe(`${service}.${instance}`)}  (${action}${owner}, ${restartText(review)})`;
}

/** What happens to pods, in a few words. */
export function restartText({ action, restart }: InstanceReview): string {
  if (restart === null) return action === 'added' ? 'new' : 'no restart';
  const pods = restart.pods === null ? 'pods' : restart.pods === 1 ? '1 pod' : `up to ${restart.pods} pods`;
  return restart.bounce === 'stopped' ? `ends ${pods}` : `restarts ${pods}: ${restart.bounce}`;
}

export function rowText(row: Row, safe: Safe): string {
  const { causes = [] } = row;
  return `${changeText(row, safe)}${causes.length === 0 ? '' : `  (${causes.map(safe).join(', ')})`}`;
}

function changeText({ field, before, after }: Row, safe: Safe): string {
  if (before === null) return `${safe(field)}: added ${safe(after ?? '')}`.trimEnd();
  if (after === null) return `${safe(field)}: removed (was ${safe(before)})`;
  return `${safe(field)}: ${safe(before)} -> ${safe(after)}`;
}

function diffLines(key: string, diff: readonly string[], safe: Safe): readonly string[] {
  return [`      ${safe(key)}`, ...diff.map((line) => `        ${safe(line)}`)];
}

/** What becomes of a file that an error holds back; the file's name as it shall stand there. */
export function heldFileText(file: string): string {
  return `what ${file} holds is held back by an error`;
}

/** A sentence about changes whose lines were not all looked for; none when all were. */
export function causesNote({ servicesWithoutCauses: count }: Review): readonly string[] {
  if (count === 0) return [];
  return [`not all lines behind the changes of ${count === 1 ? '1 service' : `${count} services`} were looked for`];
}

/** `1 added, 2 changed; 2 restart, up to 24 pods`. */
export function totalsLine(review: Review): string {
  const totals = totalsOf(review);
  const parts = [
    ...(['added', 'changed', 'removed'] as const).flatMap((key) => (totals[key] > 0 ? [`${totals[key]} ${key}`] : [])),
    ...(totals.shared > 0 ? [`${totals.shared} shared objects differ`] : []),
    ...(totals.heldBack > 0 ? [`${totals.heldBack} held back`] : []),
    ...(review.heldFiles.length > 0 ? [heldFilesCount(review.heldFiles)] : []),
  ];
  const pods =
    totals.restarting === 0 ? 'no restart' : `${totals.restarting} restart or end, up to ${totals.pods} pods`;
  const risks = totals.risks === 0 ? '' : totals.risks === 1 ? '; 1 risk' : `; ${totals.risks} risks`;
  return `${parts.join(', ')}; ${pods}${risks}`;
}

function heldFilesCount({ length }: readonly string[]): string {
  return `${length} ${length === 1 ? 'file' : 'files'} held back`;
}
