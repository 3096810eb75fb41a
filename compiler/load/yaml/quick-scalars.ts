import type { YamlValue } from '../../model/yaml-value.ts';
import { DEFAULT_BUDGET } from './budget.ts';
import { CODE, Cursor, isFlowIndicator, isWordCode } from './cursor.ts';
import type { MutableMap } from './mapping-keys.ts';
import { plainValue } from './scalars.ts';
import { scanBlock } from './scan-block.ts';
import { scanQuoted } from './scan-quoted.ts';

/** Thrown where a text needs the whole reader, and caught before anybody sees it. */
export const UNUSUAL = new Error('this text needs the whole reader');

/** What an anchor names, with the size of it. */
interface Anchor {
  readonly value: YamlValue;
  readonly nodes: number;
  readonly depth: number;
}

/** Longest key, in characters, that surely is one. */
const LONGEST_KEY = 1000;

/** 1 for characters that may begin an unquoted scalar whatever follows. */
const STARTS = new Uint8Array(128).fill(1, 0x21, 0x7f);
for (const char of '-?:,[]{}#&*!|>\'"%@`') STARTS[char.charCodeAt(0)] = 0;
/** 1 for characters at which an unquoted scalar may end. */
const BLOCK_STOPS = new Uint8Array(128);
for (const char of '\n :') BLOCK_STOPS[char.charCodeAt(0)] = 1;
const FLOW_STOPS = new Uint8Array(128);
for (const char of '\n :,[]{}') FLOW_STOPS[char.charCodeAt(0)] = 1;

/** What stands on one line: scalars, aliases and what is in brackets. The text is ASCII without tabs and ends with a line break. */
export class QuickScalars {
  protected readonly bytes: Uint8Array;
  protected readonly text: string;
  protected at = 0;
  /** Offset where the line of the innermost block collection's last entry begins. */
  protected lineStart = 0;
  /** Values made so far, those behind aliases counted again, and how deep they are nested. */
  protected nodes = 0;
  protected depth = 0;
  protected deepest = 0;
  /** End of the text of the block scalar read last. */
  protected blockEnd = 0;
  protected readonly anchors = new Map<string, Anchor>();

  constructor(bytes: Uint8Array, text: string) {
    this.bytes = bytes;
    this.text = text;
  }

  /** A value that begins on this line behind the sign before it; `column` is that of its block collection. */
  protected inline(code: number, column: number): YamlValue {
    if (code === CODE.pipe || code === CODE.greater) return this.blockScalar(column);
    return this.value(code, BLOCK_STOPS);
  }

  /** A key with the colon behind it; `<<` is the merge key. */
  protected key(stops: Uint8Array = BLOCK_STOPS): string {
    const start = this.at;
    const code = this.bytes[start]!;
    const isQuoted = code === CODE.singleQuote || code === CODE.doubleQuote;
    const key = isQuoted ? this.quoted(code) : this.plain(code, stops);
    const colon = this.at;
    if (this.bytes[colon] !== CODE.colon || !this.isBlank(colon + 1) || colon - start > LONGEST_KEY) throw UNUSUAL;
    if (isQuoted ? key === '<<' || this.text.slice(start, colon).includes('\n') : !isTextKey(key)) throw UNUSUAL;
    this.at = colon + 1;
    this.nodes++;
    return key;
  }

  protected value(code: number, stops: Uint8Array): YamlValue {
    switch (code) {
      case CODE.leftBracket:
        return this.flowSequence();
      case CODE.leftBrace:
        return this.flowMapping();
      case CODE.star:
        return this.alias();
      case CODE.singleQuote:
      case CODE.doubleQuote:
        this.nodes++;
        return this.quoted(code);
      default:
        this.nodes++;
        return resolved(this.plain(code, stops));
    }
  }

  private flowSequence(): YamlValue {
    const items: YamlValue[] = [];
    this.enter();
    this.at++;
    let code = this.skipFlowSpace();
    while (code !== CODE.rightBracket) {
      items.push(this.value(code, FLOW_STOPS));
      code = this.nextInFlow(CODE.rightBracket);
    }
    this.at++;
    this.depth--;
    return items;
  }

  private flowMapping(): YamlValue {
    const map: MutableMap = {};
    this.enter();
    this.at++;
    let code = this.skipFlowSpace();
    while (code !== CODE.rightBrace) {
      const key = this.key(FLOW_STOPS);
      const value = this.value(this.skipFlowSpace(), FLOW_STOPS);
      if (key === '<<' || map[key] !== undefined) throw UNUSUAL;
      map[key] = value;
      code = this.nextInFlow(CODE.rightBrace);
    }
    this.at++;
    this.depth--;
    return map;
  }

  /** Moves over a comma to what follows, or to the bracket that ends the collection. */
  private nextInFlow(bracket: number): number {
    const sign = this.skipFlowSpace();
    if (sign === bracket) return sign;
    if (sign !== CODE.comma) throw UNUSUAL;
    this.at++;
    return this.skipFlowSpace();
  }

  /** Moves over spaces and line breaks between brackets; the character there. */
  private skipFlowSpace(): number {
    let code = this.skipSpaces();
    while (code === CODE.lf) {
      this.at++;
      if (this.at === this.bytes.length || this.mayBeMarker()) throw UNUSUAL;
      code = this.skipSpaces();
    }
    return code;
  }

  /** Whether the beginning of a line at the cursor may mean something wherever it stands. */
  protected mayBeMarker(): boolean {
    const code = this.bytes[this.at];
    if (code === CODE.minus) return this.bytes[this.at + 1] === CODE.minus;
    return code === CODE.dot || code === CODE.percent;
  }

  /** Moves over spaces; the character there. */
  protected skipSpaces(): number {
    const { bytes } = this;
    let { at } = this;
    while (bytes[at] === CODE.space) at++;
    this.at = at;
    return bytes[at]!;
  }

  protected isBlank(at: number): boolean {
    const code = this.bytes[at];
    return code === CODE.space || code === CODE.lf;
  }

  /** An unquoted scalar of one line; the cursor is left at what ends it. */
  private plain(first: number, stops: Uint8Array): string {
    const { bytes } = this;
    const start = this.at;
    if (STARTS[first] === 0 && (first !== CODE.minus || this.isBlank(start + 1))) throw UNUSUAL;
    let at = start;
    let end: number;
    for (;;) {
      while (stops[bytes[at]!] === 0) at++;
      end = at;
      while (bytes[at] === CODE.space) at++;
      const code = bytes[at]!;
      if (code === CODE.colon) {
        if (this.isBlank(at + 1)) break;
        if (stops === FLOW_STOPS && (isFlowIndicator(bytes[at + 1]!) || bytes[at + 1] === CODE.question)) throw UNUSUAL;
        at++;
      } else if (stops[code] === 1 || (code === CODE.hash && at > end)) break;
    }
    this.at = at;
    return this.text.slice(start, end);
  }

  private quoted(quote: number): string {
    const { bytes } = this;
    const start = this.at + 1;
    let at = start;
    for (let code = bytes[at]!; code !== quote; code = bytes[++at]!) {
      if (code === CODE.lf || (code === CODE.backslash && quote === CODE.doubleQuote)) return this.quotedInPieces();
    }
    if (quote === CODE.singleQuote && bytes[at + 1] === CODE.singleQuote) return this.quotedInPieces();
    this.at = at + 1;
    return this.text.slice(start, at);
  }

  private quotedInPieces(): string {
    const cursor = this.cursorHere();
    const value = scanQuoted(cursor);
    this.at = cursor.at;
    return value;
  }

  /** Leaves the cursor at the line break before the next line. */
  protected blockScalar(column: number): string {
    const cursor = this.cursorHere();
    const { value, end } = scanBlock(cursor, column);
    this.blockEnd = end;
    this.at = cursor.lineStart - 1;
    this.nodes++;
    return value;
  }

  private cursorHere(): Cursor {
    const cursor = new Cursor(this.text);
    cursor.at = this.at;
    cursor.lineStart = this.lineStart;
    return cursor;
  }

  private alias(): YamlValue {
    const anchor = this.anchors.get(this.name());
    if (anchor === undefined) throw UNUSUAL;
    this.nodes += anchor.nodes;
    this.reach(this.depth + anchor.depth);
    return anchor.value;
  }

  /** The name behind the sign at the cursor. */
  protected name(): string {
    const start = this.at + 1;
    let at = start;
    while (isWordCode(this.bytes[at]!)) at++;
    const code = this.bytes[at]!;
    const isEnded = this.isBlank(at) || code === CODE.comma || code === CODE.rightBracket || code === CODE.rightBrace;
    if (at === start || !isEnded) throw UNUSUAL;
    this.at = at;
    return this.text.slice(start, at);
  }

  /** Begins a collection. */
  protected enter(): void {
    this.nodes++;
    this.reach(++this.depth);
  }

  private reach(depth: number): void {
    if (depth > this.deepest) this.deepest = depth;
    if (depth > DEFAULT_BUDGET.depth || this.nodes > DEFAULT_BUDGET.nodes) throw UNUSUAL;
  }
}

/** Whether unquoted text is a string as a key, or `<<`. */
function isTextKey(text: string): boolean {
  return text === '<<' || plainValue(text) === text;
}

function resolved(text: string): YamlValue {
  const value = plainValue(text);
  if (value === undefined) throw UNUSUAL;
  return value;
}
