import { isMap, type YamlMap, type YamlValue } from '../../model/yaml-value.ts';
import { DEFAULT_BUDGET } from './budget.ts';
import { CODE, YamlSyntaxError } from './cursor.ts';
import { asBuffer } from './decode.ts';
import type { MutableMap } from './mapping-keys.ts';
import { QuickScalars, UNUSUAL } from './quick-scalars.ts';

/** Anything but line feeds and printable ASCII. */
const UNUSUAL_CHARACTER = /[^\n -~]/;

/** A file that was read in one pass. */
export interface QuicklyRead {
  readonly text: string;
  readonly value: YamlValue;
}

/**
 * Reads the YAML that nearly all files are written in, in one pass and without noting where anything stands: mappings and
 * lists in blocks and brackets, scalars of one line, block scalars, anchors and merges. Undefined for every other text, valid
 * or not, and for one about which there is something to say: the whole reader gives the same value for all that this one takes.
 */
export function readQuickly(bytes: Uint8Array): QuicklyRead | undefined {
  const { length } = bytes;
  if (length > DEFAULT_BUDGET.bytes || bytes[length - 1] !== CODE.lf) return undefined;
  const text = asBuffer(bytes).toString('latin1');
  if (UNUSUAL_CHARACTER.test(text)) return undefined;
  try {
    return { text, value: new QuickReader(bytes, text).document() };
  } catch (error) {
    if (error === UNUSUAL || error instanceof YamlSyntaxError) return undefined;
    throw error;
  }
}

/** Column where nothing follows any more. */
const END = -1;

/** Blocks of lines, and what is on them. */
export class QuickReader extends QuickScalars {
  /** Column of the first character of the line at the cursor, once the value before it has ended. */
  private column = END;

  document(): YamlValue {
    if (this.text.startsWith('---\n')) this.at = 4;
    this.nextLine();
    if (this.column === END) throw UNUSUAL;
    const value = this.block();
    if (this.column !== END || this.nodes > DEFAULT_BUDGET.nodes) throw UNUSUAL;
    return value;
  }

  /** A collection that begins at the cursor, on a line of its own. */
  private block(): YamlValue {
    return this.isAtDash() ? this.sequence(this.column) : this.mapping(this.column);
  }

  protected mapping(column: number): YamlValue {
    const own: MutableMap = {};
    let sources: readonly YamlMap[] | undefined;
    this.enter();
    do {
      const key = this.key();
      const value = this.entry(column, true);
      if (key === '<<') {
        if (sources !== undefined) throw UNUSUAL;
        sources = mergeSources(value);
      } else {
        // What every object has counts as a key that is set twice.
        if (own[key] !== undefined) throw UNUSUAL;
        own[key] = value;
      }
    } while (this.column === column);
    if (this.column > column) throw UNUSUAL;
    this.depth--;
    return sources === undefined ? own : merged(sources, own);
  }

  protected sequence(column: number): YamlValue {
    const items: YamlValue[] = [];
    this.enter();
    do {
      this.at++;
      items.push(this.entry(column, false));
    } while (this.column === column && this.isAtDash());
    if (this.column > column) throw UNUSUAL;
    this.depth--;
    return items;
  }

  /** What stands behind a dash or the colon of a key, in a collection that begins at a column; leaves the cursor at the next line. */
  protected entry(column: number, isInMapping: boolean): YamlValue {
    const code = this.skipSpaces();
    if (code === CODE.ampersand) return this.anchored(column, isInMapping);
    if (code === CODE.lf || code === CODE.hash) return this.below(column, isInMapping);
    const start = this.at;
    if (!isInMapping && this.isAtDash()) return this.sequence(start - this.lineStart);
    const value = this.inline(code, column);
    if (!isInMapping && this.bytes[this.at] === CODE.colon) {
      this.at = start;
      return this.mapping(start - this.lineStart);
    }
    this.endLine();
    return value;
  }

  /** What stands on the lines below: a collection that is deeper, or a list as deep as the key it belongs to. */
  private below(column: number, isInMapping: boolean): YamlValue {
    this.endLine();
    if (this.column > column) return this.block();
    if (isInMapping && this.column === column && this.isAtDash()) return this.sequence(column);
    return this.empty();
  }

  /** A value that is not there. */
  protected empty(): null {
    this.nodes++;
    return null;
  }

  private anchored(column: number, isInMapping: boolean): YamlValue {
    const name = this.name();
    const { nodes, depth, deepest } = this;
    this.deepest = depth;
    const code = this.skipSpaces();
    const isBelow = code === CODE.lf || code === CODE.hash;
    if (code === CODE.star) throw UNUSUAL;
    const value = isBelow ? this.below(column, isInMapping) : this.inline(code, column);
    if (!isBelow) this.endLine();
    if (this.anchors.has(name)) throw UNUSUAL;
    this.anchors.set(name, { value, nodes: this.nodes - nodes, depth: this.deepest - depth });
    if (deepest > this.deepest) this.deepest = deepest;
    return value;
  }

  /** Moves over the rest of a line, on which no more than a comment may stand, and to the next line with anything else. */
  private endLine(): void {
    if (this.skipSpaces() === CODE.hash && this.bytes[this.at - 1] === CODE.space) this.skipComment();
    if (this.bytes[this.at] !== CODE.lf) throw UNUSUAL;
    this.at++;
    this.nextLine();
  }

  /** Moves from the beginning of a line to the next character that is no space and in no comment. */
  private nextLine(): void {
    const { length } = this.bytes;
    this.column = END;
    for (; this.at < length; this.at++) {
      const start = this.at;
      let code = this.skipSpaces();
      if (code === CODE.hash) code = this.skipComment();
      if (code === CODE.lf) continue;
      if (this.at === start && this.mayBeMarker()) throw UNUSUAL;
      this.lineStart = start;
      this.column = this.at - start;
      return;
    }
  }

  private skipComment(): number {
    this.at = this.text.indexOf('\n', this.at);
    return CODE.lf;
  }

  private isAtDash(): boolean {
    return this.bytes[this.at] === CODE.minus && this.isBlank(this.at + 1);
  }
}

/** The mappings behind `<<`, the strongest first. */
function mergeSources(value: YamlValue): readonly YamlMap[] {
  const sources: readonly YamlValue[] = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
  if (!sources.every(isMap)) throw UNUSUAL;
  return sources;
}

/** PyYAML's order: entries of the last source first, then those of earlier ones, then the mapping's own. */
function merged(sources: readonly YamlMap[], own: YamlMap): YamlMap {
  const result: MutableMap = { ...sources.at(-1) };
  for (let index = sources.length - 2; index >= 0; index--) Object.assign(result, sources[index]);
  return Object.assign(result, own);
}
