import { YamlSyntaxError, type Cursor } from './cursor.ts';
import { TOKEN, token, type Token } from './tokens.ts';

/** A token that a `:` on the same line would make a key. */
interface KeyCandidate {
  isPossible: boolean;
  /** A block mapping is open at its column, so that it can be nothing else. */
  isRequired: boolean;
  /** Number of its first token, counted from the beginning of the text. */
  number: number;
  at: number;
  lineStart: number;
}

/** libyaml's limit of a key that stands before its `:` without a `?`. */
const LONGEST_KEY = 1024;

/** Tokens that were read and not yet taken, with the candidates for keys among them: one per level of brackets. */
export class TokenQueue {
  private readonly cursor: Cursor;
  /** Reused: those from `head` to `end` wait. */
  private readonly tokens: Token[] = [];
  private head = 0;
  private end = 0;
  private taken = 0;
  private readonly candidates: KeyCandidate[] = [newCandidate()];

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  /** Whether the first token cannot be told yet: there is none, or it may turn out to be a key. */
  needsMore(): boolean {
    if (this.head === this.end) return true;
    for (const candidate of this.candidates) {
      if (candidate.isPossible && candidate.number === this.taken && this.isAlive(candidate)) return true;
    }
    return false;
  }

  first(): Token {
    return this.tokens[this.head]!;
  }

  removeFirst(): void {
    this.taken++;
    if (++this.head === this.end) this.head = this.end = 0;
  }

  add(next: Token): void {
    this.tokens[this.end++] = next;
  }

  /** Puts a token before the one with a number. */
  insert(number: number, next: Token): void {
    const index = number - this.taken + this.head;
    for (let at = this.end++; at > index; at--) this.tokens[at] = this.tokens[at - 1]!;
    this.tokens[index] = next;
  }

  /** The next token may be a key. */
  addCandidate(isRequired: boolean): void {
    this.dropCandidate();
    const candidate = this.candidates[this.candidates.length - 1]!;
    candidate.isPossible = true;
    candidate.isRequired = isRequired;
    candidate.number = this.taken + this.end - this.head;
    candidate.at = this.cursor.at;
    candidate.lineStart = this.cursor.lineStart;
  }

  dropCandidate(): void {
    const candidate = this.candidates[this.candidates.length - 1]!;
    if (candidate.isPossible && candidate.isRequired) throw missingColon(candidate);
    candidate.isPossible = false;
  }

  /** The candidate that a `:` here makes a key; it is none any more. */
  takeCandidate(): { readonly number: number; readonly at: number; readonly column: number } | undefined {
    const candidate = this.candidates[this.candidates.length - 1]!;
    if (!candidate.isPossible || !this.isAlive(candidate)) return undefined;
    candidate.isPossible = false;
    this.insert(candidate.number, token(TOKEN.key, candidate.at, candidate.at));
    return { number: candidate.number, at: candidate.at, column: candidate.at - candidate.lineStart };
  }

  openLevel(): void {
    this.candidates.push(newCandidate());
  }

  closeLevel(): void {
    if (this.candidates.length > 1) this.candidates.pop();
  }

  /** A key ends on the line where it begins, and has at most 1024 characters. */
  private isAlive(candidate: KeyCandidate): boolean {
    const { cursor } = this;
    const isNear = cursor.at - candidate.at <= LONGEST_KEY || this.lengthOf(candidate) <= LONGEST_KEY;
    if (candidate.lineStart === cursor.lineStart && isNear) return true;
    if (candidate.isRequired) throw missingColon(candidate);
    candidate.isPossible = false;
    return false;
  }

  /** In code points, as far as that matters: each takes two units at most. */
  private lengthOf(candidate: KeyCandidate): number {
    const { at } = this.cursor;
    if (at - candidate.at > 2 * LONGEST_KEY) return Infinity;
    return [...this.cursor.text.slice(candidate.at, at)].length;
  }
}

function newCandidate(): KeyCandidate {
  return { isPossible: false, isRequired: false, number: 0, at: 0, lineStart: 0 };
}

function missingColon(candidate: KeyCandidate): YamlSyntaxError {
  const hint = 'write ": " behind a key; text that goes on over several lines must be indented deeper than its key';
  return new YamlSyntaxError('a key is expected here, and no ":" follows on its line', { start: candidate.at }, hint);
}
