import type { Safe } from './text.ts';

/** A code span whose fence is longer than any run of backticks in the text. A line break cannot be in it. */
export function codeSpan(text: string, safe: Safe): string {
  const shown = safe(text);
  if (shown === '') return '` `';
  const fence = fenceFor(shown, 1);
  return fence.length === 1 && !/^[` ]|[` ]$/.test(shown) ? `\`${shown}\`` : `${fence} ${shown} ${fence}`;
}

/** Backticks, at least so many, that end nothing inside the text. */
export function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
