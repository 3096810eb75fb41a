import { keyText } from '../applier/plan-text.ts';
import type { Deletion, ObjectResult, RunEvent } from '../applier/events.ts';
import { safeText } from './safe-text.ts';

/** One line for what just happened. */
export function runEventText(event: RunEvent): string {
  if (event.kind === 'phase') return `${event.phase}\n`;
  if (event.kind === 'deletion') return deletionText(event.deletion);
  if (event.kind === 'note') return `note: ${safeText(event.text)}\n`;
  if (event.kind === 'health') return event.health.state === 'current' ? `up ${safeText(keyText(event.key))}\n` : '';
  return resultText(event.result);
}

/** For whoever keeps logs: one line of JSON for each object that was deleted. */
function deletionText({ key, ...facts }: Deletion): string {
  return `${JSON.stringify({ event: 'deleted', object: keyText(key), ...facts })}\n`;
}

function resultText({ key, outcome, message }: ObjectResult): string {
  if (outcome === 'current') return '';
  return `${outcome} ${safeText(keyText(key))}${message === '' ? '' : `: ${safeText(message)}`}\n`;
}

/** What did not go well, at the end of a run. */
export function runResultLines(results: readonly ObjectResult[]): string {
  const bad = results.filter(isTrouble);
  return bad.map((result) => troubleText(result)).join('');
}

/** The object failed, was left out, or is not up. */
export function isTrouble({ outcome, health }: ObjectResult): boolean {
  return (
    ['failed', 'blocked', 'stopped', 'postponed'].includes(outcome) || (health !== null && health.state !== 'current')
  );
}

function troubleText({ key, outcome, message, health, details }: ObjectResult): string {
  const isStuck = health !== null && health.state !== 'current';
  const head = isStuck
    ? `not up ${safeText(keyText(key))}: ${safeText(health.reason)}`
    : `${outcome} ${safeText(keyText(key))}: ${safeText(message)}`;
  return [head, ...details.map((detail) => `    ${safeText(detail)}`)].map((line) => `${line}\n`).join('');
}
