import { StringDecoder } from 'node:string_decoder';

/** A line that never ends is handed on in pieces of this many characters. */
const LONGEST_LINE = 1024 * 1024;

/** Puts lines together from pieces that end anywhere, in the middle of a character too. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** Lines that the piece completes, without their line feeds. */
  push(piece: Buffer): readonly string[] {
    const lines = (this.#rest + this.#decoder.write(piece)).split('\n');
    this.#rest = lines.pop()!;
    if (this.#rest.length > LONGEST_LINE) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    return lines;
  }

  /** What came after the last line feed; nothing when that is empty. */
  flush(): readonly string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}
