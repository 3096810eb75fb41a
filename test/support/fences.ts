import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-cli.ts';

/** A fenced block of a Markdown page, with what the HTML comment above it says about running it. */
export interface Fence {
  /** `docs/page.md:12`, the line of its opening. */
  readonly place: string;
  readonly language: string;
  readonly lines: readonly string[];
  /** Why its commands are not run; null when they are. */
  readonly notRun: string | null;
  readonly needsCluster: boolean;
  /** Statuses other than 0 that its commands end with, in order. */
  readonly statuses: readonly number[];
}

/** Every fenced block of a page, in order. An indented block, as in a list, loses its indentation. */
export function fencesOf(page: string): readonly Fence[] {
  const lines = readFileSync(join(ROOT, page), 'utf8').split('\n');
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length; at++) {
    const open = /^( *)(`{3,})(\S*)$/.exec(lines[at]!);
    if (open === null) continue;
    const [, indent, ticks, language] = open as unknown as [string, string, string, string];
    const end = lines.indexOf(`${indent}${ticks}`, at + 1);
    if (end < 0) throw new Error(`${page}:${at + 1}: the block has no end`);
    fences.push({
      place: `${page}:${at + 1}`,
      language,
      lines: lines.slice(at + 1, end).map((line) => line.slice(indent.length)),
      ...marksIn(`${page}:${at}`, lines[at - 1] ?? ''),
    });
    at = end;
  }
  return fences;
}

/** `<!-- not run: WHY -->`, or `<!-- runs: with a cluster; statuses 2 3 -->` with either part. */
function marksIn(place: string, above: string): Pick<Fence, 'notRun' | 'needsCluster' | 'statuses'> {
  const mark = /^ *<!-- (not run|runs): (.+) -->$/.exec(above);
  if (mark === null) return { notRun: null, needsCluster: false, statuses: [] };
  if (mark[1] === 'not run') return { notRun: mark[2]!, needsCluster: false, statuses: [] };
  const parts = mark[2]!.split('; ');
  const known = /^(with a cluster|statuses( \d+)+)$/;
  const odd = parts.find((part) => !known.test(part));
  if (odd !== undefined) throw new Error(`${place}: "${odd}" says nothing about how commands run`);
  return {
    notRun: null,
    needsCluster: parts.includes('with a cluster'),
    statuses: parts.flatMap((part) => [...part.matchAll(/\d+/g)].map(Number)),
  };
}
