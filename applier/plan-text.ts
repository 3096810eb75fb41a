import type { ObjectReport, Summary } from './describe-plan.ts';

const SIGNS: Readonly<Record<ObjectReport['action'], string>> = {
  create: '+',
  change: '~',
  drift: '!',
  adopt: '?',
  retire: '»',
  prune: '-',
  kept: ' ',
  foreign: '*',
  unchanged: ' ',
};

const WORDS: Partial<Record<ObjectReport['action'], string>> = { drift: 'DRIFT ', foreign: 'FOREIGN ', kept: 'kept: ' };

/** A block per object. `safe` makes foreign text harmless on a terminal. */
export function planText(reports: readonly ObjectReport[], safe: (text: string) => string): string {
  return reports.map((report) => blockOf(report, safe)).join('');
}

function blockOf(
  { key, action, restart, strategy, pods, reasons, diff }: ObjectReport,
  safe: (text: string) => string,
): string {
  const effect = restart
    ? [`rollout${strategy === '' ? '' : `: ${strategy}`}, ${pods} ${pods === 1 ? 'pod' : 'pods'}`]
    : action === 'change' || action === 'drift' || action === 'adopt'
      ? ['no restart']
      : [];
  const word = WORDS[action] ?? '';
  const isListed = action === 'drift' || action === 'foreign';
  const inBrackets = [...effect, ...(isListed ? [] : reasons)];
  const head = `${SIGNS[action]} ${word}${safe(keyText(key))}${inBrackets.length === 0 ? '' : `  (${inBrackets.map(safe).join('; ')})`}`;
  const drift = isListed ? reasons.map((reason) => `    ${safe(reason)}`) : [];
  return [head, ...drift, ...diff.map((line) => `    ${safe(line)}`)].map((line) => `${line}\n`).join('');
}

/** A key as people read it: the core group has no name. */
export function keyText(key: string): string {
  return key.replace(/^\//, '');
}

/** Counts in a line. What was refused before it was compared has none, which is not the same as no differences. */
export function summaryText(summary: Summary, isRefused: boolean): string {
  const { create, change, drift, adopt, move, prune, foreign, unchanged, blocked, postponed, failed, rollouts, pods } =
    summary;
  const counts = Object.entries({ create, change, drift, adopt, move, prune, foreign, blocked, postponed, failed })
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${n} ${name}`);
  const effect =
    rollouts === 0 ? 'no rollout' : `${rollouts} ${rollouts === 1 ? 'rollout' : 'rollouts'}, ${pods} pods replaced`;
  const nothing = isRefused ? 'refused' : 'no differences';
  return `${counts.length === 0 ? nothing : counts.join(', ')}; ${unchanged} unchanged; ${effect}\n`;
}
