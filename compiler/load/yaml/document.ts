import type { Path, Span } from '../../diagnostics/diagnostic.ts';
import type { NonStringKey, SourceDocument, SourceOrigin } from '../../model/source-document.ts';
import { isMap, type YamlValue } from '../../model/yaml-value.ts';
import type { FileIdentity } from './findings.ts';
import { indexLines, type Lines } from './lines.ts';
import type { TypedKeys } from './mapping-keys.ts';
import { follow, pathOf, type Found, type PlaceRecorder, type Range } from './places.ts';

export interface DocumentParts {
  readonly identity: FileIdentity;
  readonly text: string;
  readonly value: YamlValue;
  readonly typedKeys: TypedKeys;
  /** Whether `#` begins a comment. */
  readonly hasComments: boolean;
  /** Reads the text again for places; called at most once. */
  readonly record: () => PlaceRecorder;
}

/** A document whose places are found when first asked for. */
export function createDocument(parts: DocumentParts): SourceDocument {
  return new LazyDocument(parts);
}

class LazyDocument implements SourceDocument {
  readonly root;
  readonly file;
  readonly text;
  readonly value;
  private readonly parts: DocumentParts;
  private recorder: PlaceRecorder | undefined;
  private lineIndex: Lines | undefined;

  constructor(parts: DocumentParts) {
    this.parts = parts;
    this.root = parts.identity.root;
    this.file = parts.identity.file;
    this.text = parts.text;
    this.value = parts.value;
  }

  locate(path: Path, part: 'key' | 'value' = 'value'): Span | undefined {
    const found = this.follow(path);
    return found?.steps === path.length ? this.spanOf(found, part) : undefined;
  }

  locateNearest(path: Path, part: 'key' | 'value' = 'value'): { span: Span; path: Path } {
    const found = this.follow(path);
    if (found === undefined) return { span: this.lines.span(0, 0), path: [] };
    const isWhole = found.steps === path.length;
    return { span: this.spanOf(found, isWhole ? part : 'key'), path: path.slice(0, found.steps) };
  }

  keySpan(path: Path): Span | undefined {
    return this.locate(path, 'key');
  }

  origin(path: Path): SourceOrigin | undefined {
    const found = this.follow(path);
    if (found?.steps !== path.length) return undefined;
    const span = this.spanOf(found, 'value');
    if (found.through === undefined) return { span };
    return { span, via: pathOf(found.place), through: this.span(found.through) };
  }

  lineText(line: number): string {
    return this.lines.text(line);
  }

  commentOf(line: number): string | undefined {
    if (!this.parts.hasComments) return undefined;
    const start = this.lines.start(line);
    const text = this.lines.text(line);
    for (let at = text.indexOf('#'); at !== -1; at = text.indexOf('#', at + 1)) {
      if (!this.isInScalar(start + at)) return text.slice(at);
    }
    return undefined;
  }

  nonStringKeys(): readonly NonStringKey[] {
    const keys: NonStringKey[] = [];
    if (this.parts.typedKeys.size > 0) collectTypedKeys(this.value, [], this.parts.typedKeys, keys);
    return keys;
  }

  private get lines(): Lines {
    this.lineIndex ??= indexLines(this.text);
    return this.lineIndex;
  }

  private get places(): PlaceRecorder {
    this.recorder ??= this.parts.record();
    return this.recorder;
  }

  private follow(path: Path): Found | undefined {
    return this.places.root && follow(this.places.root, path);
  }

  private spanOf(found: Found, part: 'key' | 'value'): Span {
    const { place } = found;
    return this.span(part === 'key' ? (place.key ?? place) : place);
  }

  private span(range: Range): Span {
    return this.lines.span(range.start, range.end);
  }

  private isInScalar(offset: number): boolean {
    const { scalars } = this.places;
    let low = 0;
    let high = scalars.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (scalars[middle]!.start <= offset) low = middle + 1;
      else high = middle;
    }
    const scalar = scalars[low - 1];
    return scalar !== undefined && offset < scalar.end && !this.isBlockHeader(scalar.start, offset);
  }

  /** Whether an offset in a block scalar stands on the line of its sign, before its text. */
  private isBlockHeader(start: number, offset: number): boolean {
    const isBlock = this.text[start] === '|' || this.text[start] === '>';
    return isBlock && this.lines.place(start).line === this.lines.place(offset).line;
  }
}

function collectTypedKeys(value: YamlValue, path: Path, typed: TypedKeys, found: NonStringKey[]): void {
  if (Array.isArray(value)) {
    (value as readonly YamlValue[]).forEach((item, index) => collectTypedKeys(item, [...path, index], typed, found));
  } else if (isMap(value)) {
    const keys = typed.get(value)?.byText;
    for (const [text, entry] of Object.entries(value)) {
      const type = keys?.get(text)?.type;
      if (type !== undefined && type !== 'str') found.push({ path: [...path, text], type });
      collectTypedKeys(entry, [...path, text], typed, found);
    }
  }
}
