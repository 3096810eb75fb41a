import { totalsOf, type Review } from './review.ts';

/** The review as JSON for programs; version 1. */
export function reviewJson(review: Review): string {
  return `${JSON.stringify({ version: 1, ...review, totals: totalsOf(review) }, null, 2)}\n`;
}
