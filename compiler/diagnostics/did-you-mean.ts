import { compareText } from './diagnostic.ts';

/** Longest word that is compared; longer text is no misspelt name. */
const MAX_WORD = 120;

/**
 * The candidate nearest to a misspelt word: at most 2 edits away or a third of the word's length, and never more than half
 * of the longer one. An edit inserts, removes, replaces a character or swaps two neighbours; a difference in case alone
 * counts least. Of equally near ones the first by code unit; undefined when none is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > MAX_WORD) return undefined;
  const limit = Math.max(2, Math.floor(word.length / 3));
  const lowered = word.toLowerCase();
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) > limit) continue;
    const distance =
      candidate.toLowerCase() === lowered ? 0.5 : editDistance(word, candidate, best ? best.distance : limit);
    if (distance > limit || distance * 2 > Math.max(word.length, candidate.length)) continue;
    const isNearer = best === undefined || distance < best.distance;
    if (isNearer || (distance === best!.distance && compareText(candidate, best!.candidate) < 0)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** The hint `did you mean "x"?` as a member to spread into a diagnostic; no member when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): { readonly hint?: string } {
  const found = nearest(word, candidates);
  return found === undefined ? {} : { hint: `did you mean "${found}"?` };
}

/** Damerau-Levenshtein distance (optimal string alignment); any number above `limit` when it is larger than that. */
export function editDistance(a: string, b: string, limit = Infinity): number {
  let twoBack: number[] = [];
  let oneBack = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let distance = Math.min(oneBack[j]! + 1, row[j - 1]! + 1, oneBack[j - 1]! + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) distance = Math.min(distance, twoBack[j - 2]! + 1);
      row.push(distance);
    }
    if (Math.min(...row) > limit) return Math.ceil(limit) + 1;
    twoBack = oneBack;
    oneBack = row;
  }
  return oneBack[b.length]!;
}
