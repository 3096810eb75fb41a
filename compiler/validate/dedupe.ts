import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { CLASS_RANK, classOf } from './finding.ts';

/** Codes that only say that a value does not fit, from which a more telling finding about the same value takes over. */
const GENERAL: ReadonlySet<string> = new Set(['bad-value', 'missing-key', 'wrong-type', 'bad-name']);

/** Codes of findings about a value by itself: two of one pass about the same value are one. */
const VALUE: ReadonlySet<string> = new Set(['bad-value', 'bad-monitoring', 'bad-duration']);

/** A finding, and the passes that report it. */
interface Entry {
  diagnostic: Diagnostic;
  readonly passes: Set<number>;
}

/**
 * The findings of several passes about one service, each cause once. Findings of different passes about exactly the same
 * place have one cause when they have one code, or one of them is general: the worse one stays, the more telling one of
 * equals, and it feeds what either feeds. One pass does not repeat itself.
 */
export function dedupe(passes: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  const places = new Map<string, Entry[]>();
  for (const [pass, diagnostics] of passes.entries()) {
    for (const diagnostic of diagnostics) {
      const place = placeOf(diagnostic);
      const here = places.get(place) ?? [];
      if (here.length === 0) places.set(place, here);
      merge(here, diagnostic, pass);
    }
  }
  return withoutNames([...places.values()].flatMap((entries) => entries.map(({ diagnostic }) => diagnostic)));
}

/**
 * The findings for a report: the same one at the same place stands once, whatever the clusters that it was found in, and
 * only the worst ones of a code there, in a readable number of words. For reports only: what is held back follows from all.
 */
export function collapseRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const worst = new Map<string, number>();
  // A mistake in the system configuration is one, whatever the services that read it.
  const keys = diagnostics.map(({ root, file, line, column, code, service, path }) => {
    return `${root}\n${file}\n${line}\n${column}\n${code}\n${root === 'system' ? path.join('\n') : (service ?? '')}`;
  });
  for (const [index, diagnostic] of diagnostics.entries()) {
    const rank = CLASS_RANK[classOf(diagnostic)];
    if (rank > (worst.get(keys[index]!) ?? -1)) worst.set(keys[index]!, rank);
  }
  const seen = new Set<string>();
  const isTold = (diagnostic: Diagnostic, index: number): boolean => {
    if (diagnostic.line === undefined && diagnostic.root !== 'system') return false;
    const key = keys[index]!;
    const whole = `${key}\n${diagnostic.message}`;
    if (CLASS_RANK[classOf(diagnostic)] < worst.get(key)! || seen.has(whole)) return true;
    seen.add(whole);
    return false;
  };
  return fewer(diagnostics.filter((diagnostic, index) => !isTold(diagnostic, index)).map(shortened));
}

/** Most findings of one code and class about one file: the last of them says how many more there are. */
const MOST = 200;

function fewer(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const keys = diagnostics.map((each) => `${each.root}\n${each.file}\n${each.code}\n${classOf(each)}`);
  const all = new Map<string, number>();
  const told = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string): number => {
    const next = (counts.get(key) ?? 0) + 1;
    counts.set(key, next);
    return next;
  };
  for (const key of keys) count(all, key);
  return diagnostics.flatMap((diagnostic, index) => {
    const number = count(told, keys[index]!);
    const more = all.get(keys[index]!)! - MOST;
    if (number < MOST || more <= 0) return [diagnostic];
    const message = `${diagnostic.message} (and ${more} more like this in the file)`;
    return number === MOST ? [{ ...diagnostic, message }] : [];
  });
}

/** Longest message or hint: names and values of the input may have any length. */
const LONGEST = 500;

function shortened(diagnostic: Diagnostic): Diagnostic {
  const { message, hint } = diagnostic;
  if (message.length <= LONGEST && (hint?.length ?? 0) <= LONGEST) return diagnostic;
  const cut = (text: string): string =>
    text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3).toWellFormed()}...`;
  return { ...diagnostic, message: cut(message), ...(hint === undefined ? {} : { hint: cut(hint) }) };
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

function merge(here: Entry[], next: Diagnostic, pass: number): void {
  for (const entry of here) {
    if (!isSameCause(entry, next, pass)) continue;
    entry.diagnostic = joined(entry.diagnostic, next);
    entry.passes.add(pass);
    return;
  }
  here.push({ diagnostic: next, passes: new Set([pass]) });
}

function isSameCause({ diagnostic: a, passes }: Entry, b: Diagnostic, pass: number): boolean {
  if (a.cluster !== undefined && b.cluster !== undefined && a.cluster !== b.cluster) return false;
  if (a.code === b.code && a.message === b.message) return true;
  if (passes.has(pass)) return a.code !== b.code && VALUE.has(a.code) && VALUE.has(b.code);
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
