import { createHash } from 'node:crypto';

const LONGEST = 200;
const KEPT = 180;
const EXTENSION = '.yaml';

/**
 * A file name that every file system and git host takes: the name as it is up to 200 bytes; a longer one's first 180, a dash and 8 hex
 * digits of its SHA-256, with `.yaml` kept: `<first 180>-1a2b3c4d.yaml`.
 */
export function fileNameOf(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST) return name;
  const extension = name.endsWith(EXTENSION) ? EXTENSION : '';
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, KEPT)}-${digest}${extension}`;
}
