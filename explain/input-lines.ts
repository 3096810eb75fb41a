import type { InputRoot, Path, Span } from '../compiler/diagnostics/diagnostic.ts';
import type { SourceDocument } from '../compiler/model/source-document.ts';
import { isMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { otherValues } from './other-values.ts';

/** One entry of a mapping or item of a list in a file of input. */
export interface InputLine {
  readonly document: SourceDocument;
  readonly root: InputRoot;
  readonly file: string;
  /** Where the entry itself stands, in a template when it is one's. */
  readonly path: Path;
  /** Of the value; of the key where the value is a map or a list. */
  readonly span: Span;
  /** Null for an item of a list. */
  readonly keySpan: Span | null;
  /** Undefined for a map or a list. */
  readonly scalar: YamlValue | undefined;
}

/** Every entry and item of a document, once each: what comes through a template stands where the template has it. */
export function inputLines(document: SourceDocument): readonly InputLine[] {
  const lines = new Map<string, InputLine>();
  const visit = (value: YamlValue, path: Path): void => {
    for (const [step, child] of childrenOf(value)) {
      const at = [...path, step];
      const line = lineAt(document, at, child);
      if (line !== null) lines.set(`${line.span.line}:${line.span.column}`, line);
      visit(child, at);
    }
  };
  visit(document.value, []);
  return [...lines.values()];
}

/** Another value of a line, as YAML, and the text of its file with it. */
export interface Changed {
  readonly value: string;
  readonly text: string;
}

/** The file with other values in a line, the likeliest to be legal first; none for a map or a list. */
export function changedTexts({ document, scalar, span }: InputLine): readonly Changed[] {
  if (scalar === undefined) return [];
  return otherValues(scalar).map((value) => ({ value, text: replaceSpan(document.text, span, value) }));
}

/** The file with another key in the place of a line's, so that nothing reads it; null when it has none. */
export function removedText({ document, keySpan, path }: InputLine): string | null {
  return keySpan === null ? null : replaceSpan(document.text, keySpan, JSON.stringify(`${String(path.at(-1))}_x`));
}

/** A text with something else in a span of it, as one scalar in the place of another. */
export function replaceSpan(text: string, span: Span, replacement: string): string {
  const [start, end] = [offsetOf(text, span.line, span.column), offsetOf(text, span.endLine, span.endColumn)];
  const before = start === end ? ' ' : '';
  const after = /^[|>]/.test(text.slice(start, end)) ? '\n' : '';
  return `${text.slice(0, start)}${before}${replacement}${after}${text.slice(end)}`;
}

function childrenOf(value: YamlValue): readonly (readonly [string | number, YamlValue])[] {
  if (Array.isArray(value)) return (value as readonly YamlValue[]).map((item, index) => [index, item]);
  return isMap(value) ? Object.entries(value) : [];
}

function lineAt(document: SourceDocument, at: Path, value: YamlValue): InputLine | null {
  const origin = document.origin(at);
  const keySpan = (typeof at.at(-1) === 'string' ? document.keySpan(at) : undefined) ?? null;
  const isScalar = !Array.isArray(value) && !isMap(value);
  const span = isScalar ? origin?.span : keySpan;
  if (origin === undefined || span == null) return null;
  const { root, file } = document;
  return { ...{ document, root, file, span, keySpan }, path: origin.via ?? at, scalar: isScalar ? value : undefined };
}

function offsetOf(text: string, line: number, column: number): number {
  let offset = 0;
  for (let at = 1; at < line; at++) offset = lineEnd(text, offset);
  for (let at = 1; at < column; at++) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

function lineEnd(text: string, offset: number): number {
  const found = /\r\n|\r|\n/g;
  found.lastIndex = offset;
  return found.exec(text) === null ? text.length : found.lastIndex;
}
