import { hash } from 'node:crypto';
import type { ListResult, ReadResult, Stamp } from '../model/tree-reader.ts';

/** One look at the input that a result follows from: what was looked at, and what it showed. */
export interface Dependency {
  readonly operation: 'read' | 'list' | 'exists' | 'earlier';
  /** Relative to the soa-configs tree; for `earlier`, to the output tree. */
  readonly path: string;
  /** Tells what was found, an absence included: equal ids, equal findings. */
  readonly id: string;
  /** Null when only looking again tells whether anything changed. */
  readonly stamp: Stamp | null;
}

/** The id of what reading a file gave: git's name of the blob for a file's bytes. */
export function readId(result: ReadResult): string {
  if (result.kind === 'file') return blobId(result.bytes);
  return result.kind === 'absent' ? ABSENT : `${result.reason}: ${result.detail}`;
}

/** The id of what listing a folder gave. */
export function listId(result: ListResult): string {
  if (result.kind === 'directory') {
    return hash('sha1', result.entries.map(({ name, kind }) => `${kind} ${name}\0`).join(''));
  }
  return result.kind === 'absent' ? ABSENT : `${result.reason}: ${result.detail}`;
}

/** The id of an earlier output file's text; null stands for none that can be read. */
export function textId(text: string | null): string {
  return text === null ? ABSENT : hash('sha256', text);
}

/** The id of a path that was not there. */
export const ABSENT = 'absent';

function blobId(bytes: Uint8Array): string {
  return hash('sha1', Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]));
}

/** Milliseconds within which a file system's clock may give two changes the same time. */
const TICK = 20;
const COARSE_TICK = 2000;

/**
 * The stamp, if a change after `now` (milliseconds) must show in it; else null, as git does with what it calls racily clean. Times
 * in whole seconds come from a file system that keeps no others.
 */
export function settled(stamp: Stamp, now: number): Stamp | null {
  const [, modified, changed] = stamp;
  return Math.max(modified, changed) < now - tickOf(modified, changed) ? stamp : null;
}

/** Milliseconds within which two changes may have these times. */
export function tickOf(modified: number, changed: number): number {
  return modified % 1000 === 0 && changed % 1000 === 0 ? COARSE_TICK : TICK;
}
