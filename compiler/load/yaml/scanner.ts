import { CODE, Cursor, isBlankOrEnd, isBreak, YamlSyntaxError } from './cursor.ts';
import { tabError } from './fold.ts';
import { scanBlock } from './scan-block.ts';
import { scanPlain } from './scan-plain.ts';
import { scanDirective, scanName, scanTag } from './scan-properties.ts';
import { scanQuoted } from './scan-quoted.ts';
import { TokenQueue } from './token-queue.ts';
import { TOKEN, token, type Token, type TokenKind } from './tokens.ts';

/**
 * Cuts a text into the tokens of YAML 1.1, on demand, with the decisions of libyaml, which PaaSTA reads with: indentation
 * becomes tokens that begin and end block collections, and a scalar is known as a key when the `:` behind it is met.
 */
export class Scanner {
  private readonly cursor: Cursor;
  private readonly queue: TokenQueue;
  private next: Token | undefined;
  /** Columns of the open block collections around the innermost one. */
  private readonly outerIndents: number[] = [];
  /** Column of the innermost open block collection; -1 outside all. */
  private indent = -1;
  private flowLevel = 0;
  /** Whether a key without `?` may begin at the cursor. */
  private mayBeginKey = true;

  constructor(text: string) {
    this.cursor = new Cursor(text);
    this.queue = new TokenQueue(this.cursor);
  }

  /** The next token; behind the last one, the end of the stream again and again. */
  peek(): Token {
    if (this.next === undefined) {
      while (this.queue.needsMore()) this.fetch();
      this.next = this.queue.first();
    }
    return this.next;
  }

  take(): Token {
    const taken = this.peek();
    this.queue.removeFirst();
    this.next = undefined;
    return taken;
  }

  private fetch(): void {
    const { cursor } = this;
    this.skipToToken();
    this.closeBlocks(cursor.column);
    const code = cursor.code();
    if (code === CODE.end) this.fetchEnd();
    else if (cursor.column === 0 && code === CODE.percent) this.fetchDirective();
    else if (cursor.isAtDocumentMarker()) this.fetchDocumentMarker(code);
    else if (!this.fetchIndicator(code)) this.fetchPlain(code);
  }

  /** Moves over white space, comments and line breaks. */
  private skipToToken(): void {
    const { cursor } = this;
    for (;;) {
      let code = cursor.code();
      while (code === CODE.space || (code === CODE.tab && (this.flowLevel > 0 || !this.mayBeginKey))) {
        cursor.at++;
        code = cursor.code();
      }
      if (code === CODE.hash) {
        cursor.skipToLineEnd();
        code = cursor.code();
      }
      if (!isBreak(code)) return;
      cursor.skipBreak();
      if (this.flowLevel === 0) this.mayBeginKey = true;
    }
  }

  /** Whether an indicator begins here; if so, its token is added. */
  private fetchIndicator(code: number): boolean {
    switch (code) {
      case CODE.leftBracket:
        return this.openFlow(TOKEN.flowSequenceStart);
      case CODE.leftBrace:
        return this.openFlow(TOKEN.flowMappingStart);
      case CODE.rightBracket:
        return this.closeFlow(TOKEN.flowSequenceEnd);
      case CODE.rightBrace:
        return this.closeFlow(TOKEN.flowMappingEnd);
      case CODE.comma:
        this.queue.dropCandidate();
        this.mayBeginKey = true;
        return this.addSign(TOKEN.flowEntry, 1);
      case CODE.minus:
        return isBlankOrEnd(this.cursor.code(1)) && this.fetchBlockEntry();
      case CODE.question:
        return this.isSign() && this.fetchKey();
      case CODE.colon:
        return this.isSign() && this.fetchValue();
      case CODE.ampersand:
        return this.fetchName(TOKEN.anchor);
      case CODE.star:
        return this.fetchName(TOKEN.alias);
      case CODE.bang:
        return this.fetchTag();
      case CODE.singleQuote:
      case CODE.doubleQuote:
        return this.fetchQuoted();
      case CODE.pipe:
      case CODE.greater:
        return this.flowLevel === 0 && this.fetchBlockScalar();
      default:
        return false;
    }
  }

  /** `?` and `:` are signs before white space, and anywhere between brackets. */
  private isSign(): boolean {
    return this.flowLevel > 0 || isBlankOrEnd(this.cursor.code(1));
  }

  private addSign(kind: TokenKind, length: number): true {
    const start = this.cursor.at;
    this.cursor.at += length;
    this.queue.add(token(kind, start, this.cursor.at));
    return true;
  }

  private fetchEnd(): void {
    this.closeBlocks(-1);
    this.queue.dropCandidate();
    this.mayBeginKey = false;
    // No key of the last line waits for its colon any longer.
    this.cursor.lineStart = this.cursor.at;
    this.queue.add(token(TOKEN.streamEnd, this.cursor.at, this.cursor.at));
  }

  private fetchDocumentMarker(code: number): void {
    this.closeBlocks(-1);
    this.queue.dropCandidate();
    this.mayBeginKey = false;
    this.addSign(code === CODE.minus ? TOKEN.documentStart : TOKEN.documentEnd, 3);
  }

  private fetchDirective(): void {
    this.closeBlocks(-1);
    this.queue.dropCandidate();
    this.mayBeginKey = false;
    const start = this.cursor.at;
    const { handle, prefix } = scanDirective(this.cursor);
    this.queue.add(token(TOKEN.directive, start, this.cursor.at, handle, prefix));
  }

  private openFlow(kind: TokenKind): true {
    this.beginKeyCandidate();
    this.flowLevel++;
    this.queue.openLevel();
    this.mayBeginKey = true;
    return this.addSign(kind, 1);
  }

  private closeFlow(kind: TokenKind): true {
    this.queue.dropCandidate();
    this.queue.closeLevel();
    if (this.flowLevel > 0) this.flowLevel--;
    this.mayBeginKey = false;
    return this.addSign(kind, 1);
  }

  private fetchBlockEntry(): true {
    if (this.flowLevel === 0) {
      if (!this.mayBeginKey) throw misplaced('a list item "- " cannot begin here', this.cursor.at, DASH_HINT);
      this.openBlock(this.cursor.column, TOKEN.blockSequenceStart);
    }
    this.queue.dropCandidate();
    this.mayBeginKey = true;
    return this.addSign(TOKEN.blockEntry, 1);
  }

  private fetchKey(): true {
    if (this.flowLevel === 0) {
      if (!this.mayBeginKey) throw misplaced('a key cannot begin here', this.cursor.at, 'quote the value');
      this.openBlock(this.cursor.column, TOKEN.blockMappingStart);
    }
    this.queue.dropCandidate();
    this.mayBeginKey = this.flowLevel === 0;
    return this.addSign(TOKEN.key, 1);
  }

  private fetchValue(): true {
    const candidate = this.queue.takeCandidate();
    if (candidate !== undefined) {
      this.openBlock(candidate.column, TOKEN.blockMappingStart, candidate);
      this.mayBeginKey = false;
      return this.addSign(TOKEN.value, 1);
    }
    if (this.flowLevel === 0) {
      if (!this.mayBeginKey) throw misplaced('a ": " stands inside a value', this.cursor.at, COLON_HINT);
      this.openBlock(this.cursor.column, TOKEN.blockMappingStart);
    }
    this.mayBeginKey = this.flowLevel === 0;
    return this.addSign(TOKEN.value, 1);
  }

  private fetchName(kind: TokenKind): true {
    this.beginKeyCandidate();
    const start = this.cursor.at;
    const name = scanName(this.cursor);
    this.queue.add(token(kind, start, this.cursor.at, name));
    return true;
  }

  private fetchTag(): true {
    this.beginKeyCandidate();
    const start = this.cursor.at;
    const { handle, suffix } = scanTag(this.cursor, this.flowLevel > 0);
    this.queue.add(token(TOKEN.tag, start, this.cursor.at, handle, suffix));
    return true;
  }

  private fetchQuoted(): true {
    this.beginKeyCandidate();
    const start = this.cursor.at;
    const value = scanQuoted(this.cursor);
    this.queue.add(token(TOKEN.scalar, start, this.cursor.at, value));
    return true;
  }

  private fetchBlockScalar(): true {
    this.queue.dropCandidate();
    this.mayBeginKey = true;
    const start = this.cursor.at;
    const { value, end } = scanBlock(this.cursor, this.indent);
    this.queue.add(token(TOKEN.scalar, start, end, value));
    return true;
  }

  private fetchPlain(code: number): void {
    const { cursor } = this;
    if (!this.mayBeginPlain(code)) throw cannotBegin(cursor, code);
    this.beginKeyCandidate();
    const start = cursor.at;
    const { value, end, crossedLine } = scanPlain(cursor, this.indent + 1, this.flowLevel > 0);
    if (crossedLine) this.mayBeginKey = true;
    this.queue.add(token(TOKEN.scalar, start, end, value, '', true));
  }

  private mayBeginPlain(code: number): boolean {
    if (code === CODE.minus) return !isBlankOrEnd(this.cursor.code(1));
    if (code === CODE.question || code === CODE.colon) return !this.isSign();
    return !isBlankOrEnd(code) && code !== CODE.hash && !NEVER_PLAIN.includes(String.fromCharCode(code));
  }

  private beginKeyCandidate(): void {
    const isRequired = this.flowLevel === 0 && this.indent === this.cursor.column;
    if (this.mayBeginKey) this.queue.addCandidate(isRequired);
    this.mayBeginKey = false;
  }

  /** Begins a block collection at a column deeper than the innermost one. */
  private openBlock(column: number, kind: TokenKind, before?: { readonly number: number; readonly at: number }): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.outerIndents.push(this.indent);
    this.indent = column;
    const at = before?.at ?? this.cursor.at;
    if (before === undefined) this.queue.add(token(kind, at, at));
    else this.queue.insert(before.number, token(kind, at, at));
  }

  /** Ends the block collections that are deeper than a column. */
  private closeBlocks(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.queue.add(token(TOKEN.blockEnd, this.cursor.at, this.cursor.at));
      this.indent = this.outerIndents.pop() ?? -1;
    }
  }
}

const NEVER_PLAIN = ',[]{}&*!|>\'"%@`';
const DASH_HINT = 'put the list on the line below its key, or quote the value if "-" belongs to it';
const COLON_HINT = 'quote the value if ": " belongs to it, or check the indentation';

function misplaced(message: string, start: number, hint: string): YamlSyntaxError {
  return new YamlSyntaxError(message, { start }, hint);
}

function cannotBegin(cursor: Cursor, code: number): YamlSyntaxError {
  if (code === CODE.tab) return tabError(cursor.at);
  const char = String.fromCharCode(code);
  return misplaced(`a value cannot begin with ${char}`, cursor.at, 'quote the value');
}
