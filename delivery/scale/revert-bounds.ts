import { parseYaml } from '../../compiler/load/yaml/index.ts';
import type { SourceDocument } from '../../compiler/model/source-document.ts';
import { isMap, type YamlMap } from '../../compiler/model/yaml-value.ts';
import { endOf, withoutEnd } from './line-end.ts';
import { isOver, linesAfter, parseTemporaryBound } from './scale-comment.ts';

/** Bounds of an instance that are over and stay all the same: without them its least would be above its greatest. */
export interface KeptBounds {
  readonly instance: string;
  /** The lines that stay. */
  readonly lines: readonly string[];
  /** What would stand there without them. */
  readonly min: number;
  readonly max: number;
}

export interface Reverted {
  readonly text: string;
  /** The lines that changed. */
  readonly reverted: readonly string[];
  readonly kept: readonly KeptBounds[];
}

/**
 * The text of an instance file without temporary bounds that are over. An instance for which that would be impossible, as when only one
 * of its two bounds is over, keeps them. `general` has the bounds of instances that set none.
 */
export function revertedText(text: string, now: Date, general: YamlMap = {}): Reverted {
  const all = takeBack(text, now, () => false);
  const impossible = impossibleBounds(documentOf(all.text), general);
  const document = documentOf(text);
  if (impossible.length === 0 || document === undefined) return { text: all.text, reverted: all.reverted, kept: [] };
  const instanceAt = instancesByLine(document);
  const isImpossible = (line: number): boolean => impossible.some(({ instance }) => instance === instanceAt(line));
  const possible = takeBack(text, now, isImpossible);
  const kept = impossible.map((each) => ({
    ...each,
    lines: possible.left.filter(({ line }) => instanceAt(line) === each.instance).map((left) => left.text),
  }));
  return { text: possible.text, reverted: possible.reverted, kept: kept.filter(({ lines }) => lines.length > 0) };
}

function takeBack(text: string, now: Date, stays: (line: number) => boolean) {
  const reverted: string[] = [];
  const left: { readonly line: number; readonly text: string }[] = [];
  const lines = text.split('\n').flatMap((line, index) => {
    const bound = parseTemporaryBound(withoutEnd(line));
    if (bound === null || !isOver(bound, now)) return [line];
    if (stays(index + 1)) {
      left.push({ line: index + 1, text: line.trim() });
      return [line];
    }
    reverted.push(line.trim());
    return linesAfter(bound).map((after) => after + endOf(line));
  });
  return { text: lines.join('\n'), reverted, left };
}

/** PaaSTA: without a least number it is 1, and without a greatest there are no bounds. */
function impossibleBounds(
  document: SourceDocument | undefined,
  general: YamlMap,
): readonly Omit<KeptBounds, 'lines'>[] {
  const instances = isMap(document?.value) ? Object.entries(document.value) : [];
  return instances.flatMap(([instance, own]) => {
    const config: YamlMap = { ...general, ...(isMap(own) ? own : {}) };
    const [min, max] = [config['min_instances'] ?? 1, config['max_instances']];
    return typeof min === 'number' && typeof max === 'number' && min > max ? [{ instance, min, max }] : [];
  });
}

/** Which instance a line belongs to: the last one whose name stands at or above it. */
function instancesByLine(document: SourceDocument): (line: number) => string | undefined {
  const starts = Object.keys(document.value as YamlMap)
    .map((instance) => ({ instance, line: document.keySpan([instance])?.line ?? 0 }))
    .sort((a, b) => a.line - b.line);
  return (line) => starts.findLast((start) => start.line <= line)?.instance;
}

function documentOf(text: string): SourceDocument | undefined {
  return parseYaml(Buffer.from(text), { root: 'soa', file: '' }).document;
}
