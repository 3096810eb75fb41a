import { type LooksToKeep, NUMBERS, type PackedLooks } from '../compiler/model/looks.ts';
import { keptText } from './kept-file.ts';

/** Looks in a file. */
export interface LooksPart {
  /** Bytes of the paths. */
  readonly bytes: number;
  /** How many looks there are. */
  readonly count: number;
}

/** Looks at several folders as they lie in a file: all paths, then all numbers. */
export function* looksBytes(folders: readonly LooksToKeep[]): Generator<string | Uint8Array> {
  for (const looks of folders) yield* looks.paths();
  for (const looks of folders) {
    for (const { buffer, byteOffset, byteLength } of looks.numbers()) {
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  }
}

export function readLooks(content: Buffer, parts: readonly LooksPart[]): readonly PackedLooks[] {
  let at = 0;
  const paths = parts.map(({ bytes }) => keptText(content.subarray(at, (at += bytes))));
  // Copied, so that the numbers lie where they can be read.
  const numbers = new Float64Array(new Uint8Array(content.subarray(at)).buffer);
  let from = 0;
  return parts.map(({ count }, index) => {
    return { paths: paths[index]!, numbers: numbers.subarray(from, (from += count * NUMBERS)) };
  });
}

/** Packed looks as they are. */
export function looksToKeep({ paths, numbers }: PackedLooks): LooksToKeep {
  const part = { bytes: Buffer.byteLength(paths), count: numbers.length / NUMBERS };
  return { ...part, paths: () => [paths], numbers: () => [numbers] };
}
