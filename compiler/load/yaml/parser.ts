import { tooDeep, tooManyNodes, type Budget } from './budget.ts';
import { YamlSyntaxError } from './cursor.ts';
import { EVENT, type Event } from './events.ts';
import { Scanner } from './scanner.ts';
import { DEFAULT_HANDLES, tagName } from './tags.ts';
import { TOKEN, type Token, type TokenKind } from './tokens.ts';

/** Properties that stand before a node. */
interface Properties {
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
  /** The lone `!`: the text alone decides, quoted or not. */
  readonly isLoneBang: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * The structure of the one document in a text; empty when there is none. Throws `YamlSyntaxError`, also when the text has
 * more nodes or levels than the budget allows, so that time and memory are bounded.
 */
export function parseEvents(text: string, budget: Budget): Event[] {
  return new Parser(text, budget).stream();
}

class Parser {
  private readonly scanner: Scanner;
  private readonly budget: Budget;
  private readonly events: Event[] = [];
  private handles: ReadonlyMap<string, string> = DEFAULT_HANDLES;
  private depth = 0;
  private nodes = 0;

  constructor(text: string, budget: Budget) {
    this.scanner = new Scanner(text);
    this.budget = budget;
  }

  stream(): Event[] {
    const first = this.scanner.peek();
    if (first.kind === TOKEN.streamEnd) return this.events;
    if (first.kind === TOKEN.documentEnd) throw unexpected(first, '"..." ends a document, and none begins above it');
    if (first.kind === TOKEN.documentStart || first.kind === TOKEN.directive) this.prologue();
    this.documentContent();
    this.epilogue();
    return this.events;
  }

  /** Directives and `---`. */
  private prologue(): void {
    const handles = new Map(DEFAULT_HANDLES);
    const declared = new Set<string>();
    while (this.isNext(TOKEN.directive)) {
      const directive = this.scanner.take();
      if (declared.has(directive.text)) throw unexpected(directive, 'this % line says again what an earlier one says');
      declared.add(directive.text);
      if (directive.text !== '') handles.set(directive.text, directive.suffix);
    }
    this.handles = handles;
    if (!this.isNext(TOKEN.documentStart)) throw unexpected(this.scanner.peek(), '"---" is missing behind the % lines');
    this.scanner.take();
  }

  private documentContent(): void {
    const { kind, start } = this.scanner.peek();
    if (ENDS_DOCUMENT.has(kind)) this.emptyScalar(start);
    else this.node(true, false);
  }

  /** Nothing may follow the document but `...`. */
  private epilogue(): void {
    while (this.isNext(TOKEN.documentEnd)) this.scanner.take();
    const next = this.scanner.peek();
    if (next.kind === TOKEN.streamEnd) return;
    if (next.kind === TOKEN.documentStart || next.kind === TOKEN.directive) {
      const place = { start: next.start, end: next.end, code: 'yaml-documents' };
      throw new YamlSyntaxError('a second document begins here, and a file holds one', place, 'remove the line "---"');
    }
    throw unexpected(next, 'this does not belong to what stands above', 'check the indentation');
  }

  /** A node; between brackets no block collection, and a list without indentation only as the value of a block key. */
  private node(isBlock: boolean, mayBeIndentless: boolean): void {
    const properties = this.properties();
    const next = this.scanner.peek();
    if (next.kind === TOKEN.scalar) this.scalar(this.scanner.take(), properties);
    else if (next.kind === TOKEN.blockEntry && mayBeIndentless) this.indentlessSequence(next.start, properties);
    else if (next.kind === TOKEN.flowSequenceStart) this.flowSequence(properties);
    else if (next.kind === TOKEN.flowMappingStart) this.flowMapping(properties);
    else if (next.kind === TOKEN.blockSequenceStart && isBlock) this.blockSequence(properties);
    else if (next.kind === TOKEN.blockMappingStart && isBlock) this.blockMapping(properties);
    else if (properties !== NO_PROPERTIES) this.emptyScalar(properties.end, properties);
    else if (next.kind === TOKEN.alias) this.alias(this.scanner.take());
    else throw unexpected(next, 'a value is expected here', nodeHint(next));
  }

  /** At most one anchor and one tag, in any order. */
  private properties(): Properties {
    let anchor: Token | undefined;
    let tag: Token | undefined;
    for (;;) {
      const next = this.scanner.peek();
      if (next.kind === TOKEN.anchor && anchor === undefined) anchor = this.scanner.take();
      else if (next.kind === TOKEN.tag && tag === undefined) tag = this.scanner.take();
      else break;
    }
    if (anchor === undefined && tag === undefined) return NO_PROPERTIES;
    const isLoneBang = tag?.text === '!' && tag.suffix === '';
    return {
      anchor: anchor?.text,
      tag: tag === undefined || isLoneBang ? undefined : this.resolveTag(tag),
      isLoneBang,
      start: Math.min(anchor?.start ?? Infinity, tag?.start ?? Infinity),
      end: Math.max(anchor?.end ?? 0, tag?.end ?? 0),
    };
  }

  private resolveTag(tag: Token): string {
    const prefix = this.handles.get(tag.text);
    if (prefix !== undefined) return tagName(prefix, tag.suffix);
    const hint = 'remove the tag, or quote the value if ! belongs to it';
    throw unexpected(tag, 'no %TAG line declares the handle of this tag', hint);
  }

  private scalar(taken: Token, properties: Properties): void {
    const isPlain = properties.isLoneBang || (taken.isPlain && properties.tag === undefined);
    this.add(EVENT.scalar, taken.start, taken.end, properties, taken.text, isPlain);
  }

  private emptyScalar(at: number, properties = NO_PROPERTIES): void {
    this.add(EVENT.scalar, at, at, properties, '', properties.tag === undefined && !properties.isLoneBang);
  }

  private alias(taken: Token): void {
    this.add(EVENT.alias, taken.start, taken.end, NO_PROPERTIES, taken.text, false);
  }

  private blockSequence(properties: Properties): void {
    const opened = this.open(EVENT.sequence, this.scanner.take().start, properties);
    let end = opened;
    while (this.isNext(TOKEN.blockEntry)) end = this.blockItem(ENDS_BLOCK_ITEM);
    if (!this.isNext(TOKEN.blockEnd)) throw this.outOfPlace('a list item "- "', opened);
    this.scanner.take();
    this.close(end);
  }

  /** A list that stands as deep as the key it belongs to. */
  private indentlessSequence(start: number, properties: Properties): void {
    let end = this.open(EVENT.sequence, start, properties);
    while (this.isNext(TOKEN.blockEntry)) end = this.blockItem(ENDS_INDENTLESS_ITEM);
    this.close(end);
  }

  private blockItem(ends: ReadonlySet<TokenKind>): number {
    const sign = this.scanner.take();
    if (ends.has(this.scanner.peek().kind)) this.emptyScalar(sign.end);
    else this.node(true, false);
    return this.lastEnd();
  }

  private blockMapping(properties: Properties): void {
    const opened = this.open(EVENT.mapping, this.scanner.take().start, properties);
    while (this.isNext(TOKEN.key)) {
      this.blockPart(this.scanner.take().end);
      if (this.isNext(TOKEN.value)) this.blockPart(this.scanner.take().end);
      else this.emptyScalar(this.lastEnd());
    }
    if (!this.isNext(TOKEN.blockEnd)) throw this.outOfPlace('a key', opened);
    this.scanner.take();
    this.close(this.lastEnd());
  }

  /** The key or the value of a block mapping, which may be empty. */
  private blockPart(signEnd: number): void {
    if (ENDS_BLOCK_PART.has(this.scanner.peek().kind)) this.emptyScalar(signEnd);
    else this.node(true, true);
  }

  private flowSequence(properties: Properties): void {
    const opened = this.open(EVENT.sequence, this.scanner.take().start, properties);
    for (let isFirst = true; !this.isNext(TOKEN.flowSequenceEnd); isFirst = false) {
      if (!isFirst) this.takeComma(opened, ']');
      if (this.isNext(TOKEN.key)) this.flowPair();
      else if (!this.isNext(TOKEN.flowSequenceEnd)) this.node(false, false);
    }
    this.close(this.scanner.take().end);
  }

  /** A mapping of one entry without braces, in a flow list. */
  private flowPair(): void {
    const sign = this.scanner.take();
    const key = this.scanner.peek();
    if (ENDS_PAIR_KEY.has(key.kind))
      throw unexpected(sign, 'a key is missing here', 'write the key, or quote the value');
    this.open(EVENT.mapping, key.start, NO_PROPERTIES);
    this.node(false, false);
    if (this.isNext(TOKEN.value)) this.flowPart(this.scanner.take().end, ENDS_PAIR_VALUE);
    else this.emptyScalar(this.lastEnd());
    this.close(this.lastEnd());
  }

  private flowMapping(properties: Properties): void {
    const opened = this.open(EVENT.mapping, this.scanner.take().start, properties);
    for (let isFirst = true; !this.isNext(TOKEN.flowMappingEnd); isFirst = false) {
      if (!isFirst) this.takeComma(opened, '}');
      if (this.isNext(TOKEN.key)) {
        this.flowPart(this.scanner.take().end, ENDS_FLOW_KEY);
        if (this.isNext(TOKEN.value)) this.flowPart(this.scanner.take().end, ENDS_FLOW_VALUE);
        else this.emptyScalar(this.lastEnd());
      } else if (!this.isNext(TOKEN.flowMappingEnd)) {
        this.node(false, false);
        this.emptyScalar(this.lastEnd());
      }
    }
    this.close(this.scanner.take().end);
  }

  private flowPart(signEnd: number, ends: ReadonlySet<TokenKind>): void {
    if (ends.has(this.scanner.peek().kind)) this.emptyScalar(signEnd);
    else this.node(false, false);
  }

  private takeComma(opened: number, bracket: string): void {
    const next = this.scanner.peek();
    if (next.kind === TOKEN.flowEntry) this.scanner.take();
    else if (next.kind === TOKEN.streamEnd || next.kind === TOKEN.documentStart || next.kind === TOKEN.documentEnd) {
      throw new YamlSyntaxError(`the bracket is never closed with ${bracket}`, { start: opened }, `write ${bracket}`);
    } else {
      const place = { start: next.start, end: next.end, opened };
      throw new YamlSyntaxError(`a comma or ${bracket} is expected here`, place, 'a comma stands between two values');
    }
  }

  private isNext(kind: TokenKind): boolean {
    return this.scanner.peek().kind === kind;
  }

  private outOfPlace(expected: string, opened: number): YamlSyntaxError {
    const next = this.scanner.peek();
    const place = { start: next.start, end: next.end, opened };
    return new YamlSyntaxError(`${expected} is expected here`, place, 'check the indentation of this line');
  }

  private open(kind: 1 | 2, start: number, properties: Properties): number {
    this.add(kind, start, start, properties, '', false);
    if (++this.depth > this.budget.depth) {
      throw new YamlSyntaxError(tooDeep(this.budget), { start, code: 'yaml-budget' });
    }
    return start;
  }

  private close(end: number): void {
    this.depth--;
    this.events.push(event(EVENT.pop, end, end, NO_PROPERTIES, '', false));
  }

  private lastEnd(): number {
    return this.events.at(-1)!.end;
  }

  private add(
    kind: Event['kind'],
    start: number,
    end: number,
    properties: Properties,
    text: string,
    isPlain: boolean,
  ): void {
    if (++this.nodes > this.budget.nodes) {
      throw new YamlSyntaxError(tooManyNodes(this.budget), { start, code: 'yaml-budget' });
    }
    this.events.push(event(kind, start, end, properties, text, isPlain));
  }
}

const NO_PROPERTIES: Properties = { anchor: undefined, tag: undefined, isLoneBang: false, start: -1, end: -1 };

const ENDS_DOCUMENT: ReadonlySet<TokenKind> = new Set([
  TOKEN.directive,
  TOKEN.documentStart,
  TOKEN.documentEnd,
  TOKEN.streamEnd,
]);
const ENDS_BLOCK_ITEM: ReadonlySet<TokenKind> = new Set([TOKEN.blockEntry, TOKEN.blockEnd]);
const ENDS_INDENTLESS_ITEM: ReadonlySet<TokenKind> = new Set([
  TOKEN.blockEntry,
  TOKEN.key,
  TOKEN.value,
  TOKEN.blockEnd,
]);
const ENDS_BLOCK_PART: ReadonlySet<TokenKind> = new Set([TOKEN.key, TOKEN.value, TOKEN.blockEnd]);
const ENDS_PAIR_KEY: ReadonlySet<TokenKind> = new Set([TOKEN.value, TOKEN.flowEntry, TOKEN.flowSequenceEnd]);
const ENDS_PAIR_VALUE: ReadonlySet<TokenKind> = new Set([TOKEN.flowEntry, TOKEN.flowSequenceEnd]);
const ENDS_FLOW_KEY: ReadonlySet<TokenKind> = new Set([TOKEN.value, TOKEN.flowEntry, TOKEN.flowMappingEnd]);
const ENDS_FLOW_VALUE: ReadonlySet<TokenKind> = new Set([TOKEN.flowEntry, TOKEN.flowMappingEnd]);

function event(
  kind: Event['kind'],
  start: number,
  end: number,
  properties: Properties,
  text: string,
  isPlain: boolean,
): Event {
  const { anchor, tag } = properties;
  return {
    kind,
    start,
    end,
    text,
    isPlain,
    anchor,
    tag,
    properties: properties.start === -1 ? start : properties.start,
  };
}

function unexpected(found: Token, message: string, hint?: string): YamlSyntaxError {
  return new YamlSyntaxError(message, { start: found.start, end: found.end }, hint);
}

function nodeHint(found: Token): string {
  if (found.kind === TOKEN.flowEntry) return 'remove the comma, or write the missing value';
  if (found.kind === TOKEN.blockEntry) return 'quote the value if "-" belongs to it';
  return 'check the indentation and the brackets above';
}
