import { whyUnsafe } from './safe-path.ts';
import { INDEX_FOLDER } from './tree-index.ts';

/** A path that is about to be created, and who owns it. */
export interface JournalEntry {
  readonly path: string;
  readonly service: string | null;
  readonly instance: string | null;
}

export function journalPath(cluster: string): string {
  return `${INDEX_FOLDER}/${cluster}.journal`;
}

/**
 * Lines to append before the files are created. They start on a line of their own, since a killed run may have left half a line
 * behind.
 */
export function journalLines(entries: readonly JournalEntry[]): string {
  return entries
    .map(({ path, service, instance }) => `\n${JSON.stringify({ path, service, instance })}`)
    .join('')
    .concat('\n');
}

/** What a journal records. Half a line is passed over: its file was never created. */
export function parseJournal(text: string): readonly JournalEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as unknown;
      return isJournalEntry(entry) ? [entry] : [];
    } catch {
      return [];
    }
  });
}

function isJournalEntry(value: unknown): value is JournalEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { path, service, instance } = value as Record<string, unknown>;
  const isName = (name: unknown): boolean => name === null || typeof name === 'string';
  return typeof path === 'string' && whyUnsafe(path) === undefined && isName(service) && isName(instance);
}
