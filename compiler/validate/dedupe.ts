import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { CLASS_RANK, classOf } from './finding.ts';

/** Codes that only say that a value does not fit, from which a more telling finding about the same value takes over. */
const GENERAL: ReadonlySet<string> = new Set(['bad-value', 'missing-key', 'wrong-type', 'bad-name']);

/**
 * The findings of one service with each cause once. Two findings about exactly the same place have one cause when they have
 * one code or one of them is general: the worse one stays, the more telling one of equals, and it feeds what either feeds.
 */
export function dedupe(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const places = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const place = placeOf(diagnostic);
    const here = places.get(place);
    if (here === undefined) places.set(place, [diagnostic]);
    else merge(here, diagnostic);
  }
  return withoutNames([...places.values()].flat());
}

/**
 * The findings for a report: one code stands once at one place, whatever the clusters that it was found in, the worst one.
 * For reports only: what is held back follows from all of them.
 */
export function collapseRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const kept = new Map<string, Diagnostic>();
  diagnostics.forEach((diagnostic, index) => {
    const { root, file, code, service = '', line, column } = diagnostic;
    const key = line === undefined ? String(index) : [root, file, line, column, code, service].join('\n');
    const earlier = kept.get(key);
    if (earlier === undefined || CLASS_RANK[classOf(diagnostic)] > CLASS_RANK[classOf(earlier)])
      kept.set(key, diagnostic);
  });
  return [...kept.values()];
}

/** That a key is no legal name is said once, at the key, as badly as anything about its value says it. */
function withoutNames(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (!diagnostics.some(({ code }) => code === 'bad-env-name')) return diagnostics;
  const keyOf = ({ file, path }: Diagnostic): string => JSON.stringify([file, path]);
  const names = new Map(diagnostics.filter(({ code }) => code === 'bad-name').map((each) => [keyOf(each), each]));
  const isTold = new Set<Diagnostic>();
  const told = diagnostics.map((diagnostic) => {
    const name = diagnostic.code === 'bad-env-name' ? names.get(keyOf(diagnostic)) : undefined;
    if (name === undefined) return diagnostic;
    isTold.add(name);
    const { line, column, endLine, endColumn } = name;
    return line === undefined
      ? diagnostic
      : { ...diagnostic, line, column: column!, endLine: endLine!, endColumn: endColumn! };
  });
  return told.filter((each) => !isTold.has(each));
}

function placeOf({ root, file, line, column, endLine, endColumn, path }: Diagnostic): string {
  const place = line === undefined ? JSON.stringify(path) : `${line}:${column}:${endLine}:${endColumn}`;
  return `${root}\n${file}\n${place}`;
}

function merge(here: Diagnostic[], next: Diagnostic): void {
  for (const [index, earlier] of here.entries()) {
    if (!isSameCause(earlier, next)) continue;
    here[index] = joined(earlier, next);
    return;
  }
  here.push(next);
}

function isSameCause(a: Diagnostic, b: Diagnostic): boolean {
  if (a.cluster !== undefined && b.cluster !== undefined && a.cluster !== b.cluster) return false;
  if (a.code === b.code) return true;
  return a.severity !== 'info' && b.severity !== 'info' && (GENERAL.has(a.code) || GENERAL.has(b.code));
}

function joined(a: Diagnostic, b: Diagnostic): Diagnostic {
  const [rankA, rankB] = [CLASS_RANK[classOf(a)], CLASS_RANK[classOf(b)]];
  if (rankA !== rankB) return rankA > rankB ? a : b;
  const winner = GENERAL.has(a.code) && !GENERAL.has(b.code) ? b : a;
  const { instance: _, instances: __, cluster, ...rest } = winner;
  const other = winner === a ? b : a;
  if (cluster !== other.cluster) return { ...rest, ...widest(a, b) };
  const [names, more] = [namesOf(winner), namesOf(other)];
  const scope = cluster === undefined ? {} : { cluster };
  if (names === null || more === null) return { ...rest, ...scope };
  const instances = [...new Set([...names, ...more])].sort(compareText);
  return { ...rest, ...scope, ...(instances.length === 1 ? { instance: instances[0]! } : { instances }) };
}

/** The scope of the one that names no cluster. */
function widest(a: Diagnostic, b: Diagnostic): Pick<Diagnostic, 'instance' | 'instances'> {
  const { instance, instances } = a.cluster === undefined ? a : b;
  return { ...(instance === undefined ? {} : { instance }), ...(instances === undefined ? {} : { instances }) };
}

/** Instances that a finding feeds; null means all. */
function namesOf({ instance, instances }: Diagnostic): readonly string[] | null {
  return instances ?? (instance === undefined ? null : [instance]);
}
