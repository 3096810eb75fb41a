import { isMap, type YamlMap } from '../../compiler/model/yaml-value.ts';
import type { SourceDocument } from '../../compiler/model/source-document.ts';
import { parseYaml } from '../../compiler/load/yaml/index.ts';
import { isSameJson } from '../deployments-text.ts';
import { DeliveryProblem } from '../problem.ts';
import { endOf, withoutEnd } from './line-end.ts';
import { parseTemporaryBound, temporaryBoundLine } from './scale-comment.ts';

/** New bounds of one instance, and when they end (UTC, `2026-01-05T00:00:00Z`). */
export interface ScaleChange {
  readonly instance: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly until: string;
}

/**
 * The text of an instance file with temporary bounds: each on a line of its own with a comment that says until when and what
 * comes then. Everything else stays as it was, comments included. A bound that is temporary already keeps what stood there
 * first. Throws DeliveryProblem where the text cannot be changed safely.
 */
export function scaledText(text: string, file: string, change: ScaleChange): string {
  const { instance, min, max, until } = change;
  let result = text;
  if (min !== null) result = withBound(result, file, instance, { key: 'min_instances', value: min, until });
  if (max !== null) result = withBound(result, file, instance, { key: 'max_instances', value: max, until });
  requireOnlyBounds(text, result, file, change);
  return result;
}

interface Bound {
  readonly key: 'min_instances' | 'max_instances';
  readonly value: number;
  readonly until: string;
}

function withBound(text: string, file: string, instance: string, bound: Bound): string {
  const document = parsed(text, file);
  const lines = text.split('\n');
  const own = ownLine(document, instance, bound.key);
  if (own !== null) {
    const line = lines[own - 1]!;
    lines[own - 1] = replacedLine(withoutEnd(line), file, own, bound) + endOf(line);
  } else {
    const { line, indent } = placeForKey(document, file, instance);
    const added = temporaryBoundLine({ ...bound, indent, before: null, note: null });
    lines.splice(line - 1, 0, added + endOf(lines[line - 1]!));
  }
  return lines.join('\n');
}

/** Line on which the instance itself sets a key; null when it does not, or only through a template. */
function ownLine(document: SourceDocument, instance: string, key: string): number | null {
  const origin = document.origin([instance, key]);
  if (origin === undefined || origin.via !== undefined || origin.through !== undefined) return null;
  return origin.span.line;
}

function replacedLine(line: string, file: string, number: number, bound: Bound): string {
  const temporary = parseTemporaryBound(line);
  if (temporary !== null) return temporaryBoundLine({ ...temporary, value: bound.value, until: bound.until });
  const match = /^(\s*)(min_instances|max_instances):\s*(\d+)\s*(?:#\s*(.*?))?\s*$/.exec(line);
  if (match?.[2] !== bound.key) {
    throw new DeliveryProblem(
      `${file}:${number}: ${bound.key} does not stand on a line of its own`,
      'write "key: number" on a line of its own',
    );
  }
  const note = match[4] === undefined || match[4] === '' ? null : match[4];
  return temporaryBoundLine({ ...bound, indent: match[1]!, before: Number(match[3]), note });
}

/** Where the first key of an instance stands: a new key goes above it. */
function placeForKey(
  document: SourceDocument,
  file: string,
  instance: string,
): { readonly line: number; readonly indent: string } {
  const value = document.locate([instance], 'value');
  const key = document.locate([instance], 'key');
  const text = value === undefined ? '' : document.lineText(value.line);
  const start = text.slice(0, (value?.column ?? 1) - 1);
  const isBlock =
    value !== undefined &&
    key !== undefined &&
    value.line > key.line &&
    /^ +$/.test(start) &&
    !/^[{[&*!]/.test(text.trim());
  if (isBlock) return { line: value.line, indent: start };
  throw new DeliveryProblem(
    `${file}: instance "${instance}" is not written as an indented block`,
    'write one key a line below the name',
  );
}

/** Nothing but the bounds of the one instance may differ, whatever the text looks like. */
function requireOnlyBounds(before: string, after: string, file: string, { instance, min, max }: ScaleChange): void {
  const wanted = { ...(parsed(before, file).value as YamlMap) };
  const bounds = { ...(min === null ? {} : { min_instances: min }), ...(max === null ? {} : { max_instances: max }) };
  wanted[instance] = { ...(wanted[instance] as YamlMap), ...bounds };
  if (isSameJson(plain(parsed(after, file).value), plain(wanted))) return;
  throw new DeliveryProblem(
    `${file}: the bounds of "${instance}" cannot be changed without changing more`,
    'change the file by hand',
  );
}

function parsed(text: string, file: string): SourceDocument {
  const { document } = parseYaml(Buffer.from(text), { root: 'soa', file });
  if (document === undefined || !isMap(document.value))
    throw new DeliveryProblem(`${file} cannot be read`, 'validate says why');
  return document;
}

/** YAML values as JSON, integers beyond JSON's as text. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)),
  );
}
