import { HEADER } from '../model/rendered-file.ts';

const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./@-]*$/;
const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?$/;
const [LF, SPACE, QUOTE, DASH, BACKSLASH] = [10, 32, 34, 45, 92];

/**
 * The documents of a file that `emitObjects` or `emitDocuments` wrote, many times faster than by a YAML reader, and the same as by one.
 * Null for a file of any other form, however small the difference: a YAML reader has to read it.
 */
export function readEmitted(text: string): readonly unknown[] | null {
  if (!text.startsWith(`${HEADER}\n`)) return null;
  try {
    return new EmittedReader(text, HEADER.length + 1).documents();
  } catch (error) {
    if (error instanceof OtherForm || error instanceof SyntaxError) return null;
    throw error;
  }
}

const CACHE_LIMIT = 20_000;
const LONGEST_CACHED = 200;
let known = new Map<string, string>();

/** Equal texts are kept once, for manifests repeat themselves; and as a copy, for a slice would keep its whole file alive. */
function once(text: string): string {
  const same = known.get(text);
  if (same !== undefined) return same;
  if (known.size >= CACHE_LIMIT) known = new Map();
  if (text.length <= LONGEST_CACHED) known.set(text, text);
  return text;
}

class OtherForm extends Error {}

class EmittedReader {
  private readonly text: string;
  private at: number;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  documents(): readonly unknown[] {
    const found: unknown[] = [];
    for (;;) {
      if (this.text.startsWith('{}\n', this.at)) {
        this.at += 3;
        found.push({});
      } else found.push(this.map(0));
      if (this.at === this.text.length) return found;
      if (!this.text.startsWith('---\n', this.at)) throw new OtherForm();
      this.at += 4;
    }
  }

  /** A map whose first key begins here; its other keys stand at `indent`. */
  private map(indent: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    do {
      const key = this.key();
      if (key === '__proto__' || Object.hasOwn(map, key)) throw new OtherForm();
      map[key] = this.value(indent);
    } while (this.isNext(indent, false));
    return map;
  }

  private key(): string {
    const end = this.text.charCodeAt(this.at) === QUOTE ? this.quotedEnd() : this.text.indexOf(':', this.at);
    if (end < 0 || this.text[end] !== ':') throw new OtherForm();
    const token = this.text.slice(this.at, end);
    this.at = end + 1;
    const key = token.startsWith('"') ? once(JSON.parse(token) as string) : this.plain(token);
    return key;
  }

  /** What follows the colon of a key that stands at `indent`. */
  private value(indent: number): unknown {
    const code = this.text.charCodeAt(this.at);
    if (code === SPACE) {
      this.at++;
      return this.scalar();
    }
    if (code !== LF) throw new OtherForm();
    this.at++;
    if (this.isNext(indent, true)) return this.list(indent);
    if (!this.isNext(indent + 2, false)) throw new OtherForm();
    return this.map(indent + 2);
  }

  private list(indent: number): unknown[] {
    const list: unknown[] = [];
    do {
      this.at += 2;
      if (this.isItem(this.at)) list.push(this.list(indent + 2));
      else list.push(this.isKey() ? this.map(indent + 2) : this.scalar());
    } while (this.isNext(indent, true));
    return list;
  }

  private isItem(at: number): boolean {
    return this.text.charCodeAt(at) === DASH && this.text.charCodeAt(at + 1) === SPACE;
  }

  private isKey(): boolean {
    if (this.text.charCodeAt(this.at) === QUOTE) return this.text[this.quotedEnd()] === ':';
    const colon = this.text.indexOf(':', this.at);
    return colon >= 0 && colon < this.lineEnd();
  }

  /** Whether the next line stands at this indentation and is an item of a list, or is none; goes to its first character when it is so. */
  private isNext(indent: number, asItem: boolean): boolean {
    let at = this.at;
    while (this.text.charCodeAt(at) === SPACE) at++;
    if (at - this.at !== indent || at >= this.text.length || this.isItem(at) !== asItem) return false;
    if (indent === 0 && this.text.startsWith('---\n', at)) return false;
    this.at = at;
    return true;
  }

  private scalar(): unknown {
    const end = this.lineEnd();
    const token = this.text.slice(this.at, end);
    this.at = end + 1;
    if (token.startsWith('"')) return once(JSON.parse(token) as string);
    if (token === '{}') return {};
    if (token === '[]') return [];
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === '|' || token === '|-' || token === '|+') return this.literal(token);
    if (!NUMBER.test(token)) return this.plain(token);
    const value = Number(token);
    if (!Number.isFinite(value) || Object.is(value, -0) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
      throw new OtherForm();
    return value;
  }

  private literal(mark: string): string {
    let indent = 0;
    while (this.text.charCodeAt(this.at + indent) === SPACE) indent++;
    const pad = ' '.repeat(indent);
    const lines: string[] = [];
    for (;;) {
      const end = this.lineEnd();
      const line = this.text.slice(this.at, end);
      if (line !== '' && (indent === 0 || !line.startsWith(pad))) break;
      lines.push(line.slice(indent));
      this.at = end + 1;
      if (this.at === this.text.length) break;
    }
    return lines.join('\n') + (mark === '|-' ? '' : '\n');
  }

  private plain(token: string): string {
    if (!PLAIN.test(token) || WORD.test(token)) throw new OtherForm();
    return known.get(token) ?? once(` ${token}`.slice(1));
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    if (end < 0) throw new OtherForm();
    return end;
  }

  /** The position after a text in double quotes that begins here. */
  private quotedEnd(): number {
    for (let at = this.at + 1; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) return at + 1;
      else if (code === LF) break;
    }
    throw new OtherForm();
  }
}
