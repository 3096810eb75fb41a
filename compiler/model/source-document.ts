import type { InputRoot, Path, Span } from '../diagnostics/diagnostic.ts';
import type { YamlValue } from './yaml-value.ts';

/** A mapping key that was not a string to Python; the value has its Python text as key. */
export interface NonStringKey {
  /** Path of the entry, the key's text last. */
  readonly path: Path;
  readonly type: 'int' | 'float' | 'bool' | 'null' | 'date';
}

/** Where a value was really written. */
export interface SourceOrigin {
  readonly span: Span;
  /** Path of the template's own entry, when the value came through `<<` or an alias. */
  readonly via?: Path;
  /** Where that `<<` or alias stands, the outermost one first met on the way down. */
  readonly through?: Span;
}

/**
 * One file of input that could be parsed: its value, and where everything in it stands.
 * The value is made at once, places only when somebody asks for one: a run without findings never pays for them.
 */
export interface SourceDocument {
  readonly root: InputRoot;
  /** Relative to the root. */
  readonly file: string;
  readonly text: string;
  readonly value: YamlValue;
  /**
   * Where the key or the value at a path stands, the last one of duplicates; a template's place when it came through `<<`.
   * Undefined when nothing has that path. The `key` of a list item is the item.
   */
  locate(path: Path, part?: 'key' | 'value'): Span | undefined;
  /** As `locate`, falling back to the nearest ancestor that exists, at the last the top of the file. */
  locateNearest(path: Path, part?: 'key' | 'value'): { readonly span: Span; readonly path: Path };
  /** As `locate(path, 'key')`. */
  keySpan(path: Path): Span | undefined;
  /** Where the value at a path was written, and through which template it came. */
  origin(path: Path): SourceOrigin | undefined;
  /** Text of a line, 1-based, without its line break; empty beyond the end. */
  lineText(line: number): string;
  /** Text of the comment on a line from its `#`; undefined without one. A `#` inside a value is not a comment. */
  commentOf(line: number): string | undefined;
  /** Keys that Python would not hold as strings, in every place where their mapping is used. */
  nonStringKeys(): readonly NonStringKey[];
}
