import { compareText } from '../diagnostics/diagnostic.ts';
import { whyUnsafe } from './safe-path.ts';

/** What the index holds of one file: the digest of its bytes and its owner; null for what several services or instances share. */
export interface IndexEntry {
  readonly sha256: string;
  readonly service: string | null;
  readonly instance: string | null;
}

/** Files by path, relative to `<out>`. */
export type IndexedFiles = ReadonlyMap<string, IndexEntry>;

export type ParsedIndex =
  | { readonly kind: 'files'; readonly files: IndexedFiles }
  | { readonly kind: 'too-new'; readonly version: number }
  | { readonly kind: 'broken'; readonly why: string };

/** Version of the index's layout; a newer one is never overwritten. */
export const INDEX_VERSION = 1;

const BATCH = 256;

/** Folder of the indexes in `<out>`. */
export const INDEX_FOLDER = '.paasta-gitops';

export function indexPath(cluster: string): string {
  return `${INDEX_FOLDER}/${cluster}.json`;
}

/**
 * Reads an index. One that lists paths that we never write is broken: what it says must not be acted on. `isOurs` tells that a run
 * wrote it, or found it whole, and nobody touched it since.
 */
export function parseIndex(text: string, isOurs = false): ParsedIndex {
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch {
    return {
      kind: 'broken',
      why: /^(<{7}|>{7}|={7})/m.test(text) ? 'it holds marks of a merge conflict' : 'it is no JSON',
    };
  }
  if (!isMap(index)) return { kind: 'broken', why: 'it is no JSON object' };
  const { version, files } = index;
  if (typeof version !== 'number') return { kind: 'broken', why: 'it has no version' };
  if (version > INDEX_VERSION) return { kind: 'too-new', version };
  if (!isMap(files)) return { kind: 'broken', why: 'it has no files' };
  const entries = new Map<string, IndexEntry>();
  for (const path of Object.keys(files)) {
    const entry = files[path];
    if (!isOurs && (whyUnsafe(path) !== undefined || !isEntry(entry))) {
      return { kind: 'broken', why: `its entry ${JSON.stringify(path)} makes no sense` };
    }
    entries.set(path, entry as IndexEntry);
  }
  return { kind: 'files', files: entries };
}

/**
 * The text of an index: JSON with one service and one file a line, sorted, and nothing in it that changes without the files.
 * `services` follows from the owners of the files.
 */
export function serialiseIndex(files: IndexedFiles): string {
  const paths = [...files.keys()].sort(compareText);
  const instances = new Map<string, Set<string>>();
  for (const { service, instance } of files.values()) {
    if (service === null) continue;
    const known = instances.get(service) ?? new Set();
    instances.set(service, instance === null ? known : known.add(instance));
  }
  const services = [...instances.keys()].sort(compareText).map((service) => {
    const names = [...instances.get(service)!].sort(compareText);
    return `\n    ${JSON.stringify(service)}: [${names.map((name) => JSON.stringify(name)).join(', ')}]`;
  });
  const lines: string[] = [];
  // Few lines at a time are joined, so that V8 need not keep them.
  for (let at = 0; at < paths.length; at += BATCH) {
    const some = paths.slice(at, at + BATCH).map((path) => lineOf(path, files.get(path)!));
    lines.push(some.join(','));
  }
  return `{\n  "version": ${INDEX_VERSION},\n  "services": ${block(services)},\n  "files": ${block(lines)}\n}\n`;
}

/** How an index holds one file, after the comma behind the one before it. */
export function lineOf(path: string, { sha256, service, instance }: IndexEntry): string {
  return `\n    ${JSON.stringify(path)}: ${JSON.stringify({ sha256, service, instance })}`;
}

function block(lines: readonly string[]): string {
  return lines.length === 0 ? '{}' : `{${lines.join(',')}\n  }`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is IndexEntry {
  if (!isMap(value)) return false;
  const { sha256, service, instance } = value;
  const isName = (name: unknown): boolean => name === null || typeof name === 'string';
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) && isName(service) && isName(instance);
}
