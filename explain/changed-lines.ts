import type { InputRoot, Path } from '../compiler/diagnostics/diagnostic.ts';
import { parseJson, parseYaml } from '../compiler/load/yaml/index.ts';
import type { SourceDocument } from '../compiler/model/source-document.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { isMap, type YamlMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { flowYaml } from './other-values.ts';

/** Values at paths; undefined: nothing is there. */
type Edits = readonly { readonly path: Path; readonly value: YamlValue | undefined }[];

/** A line of input that a change touched. */
export interface ChangedLine {
  readonly root: InputRoot;
  readonly file: string;
  readonly line: number;
  /** It stands in the base only. */
  readonly isRemoved: boolean;
  /** What the base has in place of all that the line says: several values where instances share a template. */
  readonly before: Edits;
}

/** What a change did to one file. */
export interface ChangedFile {
  readonly root: InputRoot;
  readonly file: string;
  /** In the order of the head, then those that only the base has. */
  readonly lines: readonly ChangedLine[];
  /** Taking all lines back makes the file mean what it means in the base. */
  readonly isWhole: boolean;
  /** The file with some lines taken back. */
  takeBack(lines: readonly ChangedLine[]): string;
}

/** What a change did to a file; null when it is the same on both sides. A file that is not there is an empty one. */
export function changedFile(root: InputRoot, file: string, base: TreeReader, head: TreeReader): ChangedFile | null {
  const [before, after] = [base.read(file), head.read(file)];
  if (before.kind === 'file' && after.kind === 'file' && Buffer.compare(before.bytes, after.bytes) === 0) return null;
  if (before.kind === 'absent' && after.kind === 'absent') return null;
  const [then, now] = [before, after].map((read) => (read.kind === 'file' ? documentOf(root, file, read.bytes) : null));
  const isReadable = (then ?? before.kind === 'absent') && (now ?? after.kind === 'absent');
  const unknown: ChangedFile = { root, file, lines: [], isWhole: false, takeBack: () => '' };
  if (!isReadable) return unknown;
  const [old, wanted] = [then?.value ?? {}, now?.value ?? {}];
  if (!isMap(old) || !isMap(wanted)) return unknown;
  const lines = linesOf(root, file, differences(old, wanted), { then: then ?? null, now: now ?? null });
  const takeBack = (taken: readonly ChangedLine[]): string =>
    flowYaml(
      takenBack(
        old,
        wanted,
        taken.flatMap((line) => line.before),
      )!,
    );
  return { root, file, lines, isWhole: true, takeBack };
}

function documentOf(root: InputRoot, file: string, bytes: Uint8Array): SourceDocument | undefined {
  if (!/\.(?:ya?ml|json)$/.test(file)) return undefined;
  return (file.endsWith('.json') ? parseJson : parseYaml)(bytes, { root, file }).document;
}

interface Difference {
  readonly path: Path;
  readonly before: YamlValue | undefined;
  /** Where it shows: the first item of a list that differs. */
  readonly at: Path;
  readonly isRemoved: boolean;
}

interface Versions {
  readonly then: SourceDocument | null;
  readonly now: SourceDocument | null;
}

function linesOf(
  root: InputRoot,
  file: string,
  found: readonly Difference[],
  { then, now }: Versions,
): readonly ChangedLine[] {
  const lines = new Map<string, ChangedLine & { before: { path: Path; value: YamlValue | undefined }[] }>();
  for (const { path, before: value, at, isRemoved } of found) {
    const span = isRemoved ? then?.locate(at, 'key') : (now?.origin(at)?.span ?? now?.locate(at));
    const line = span?.line ?? 1;
    const key = `${isRemoved ? 1 : 0} ${line}`;
    const known = lines.get(key) ?? { root, file, line, isRemoved, before: [] };
    known.before.push({ path, value });
    lines.set(key, known);
  }
  return [...lines.values()].sort((a, b) => Number(a.isRemoved) - Number(b.isRemoved) || a.line - b.line);
}

/** Entries that differ: of maps each by itself, of lists of one length too, anything else as a whole. */
function differences(before: YamlValue | undefined, after: YamlValue | undefined, path: Path = []): Difference[] {
  if (isMapOrAbsent(before) && isMapOrAbsent(after) && (path.length === 0 || hasEntries(before) || hasEntries(after))) {
    const [old, wanted] = [before ?? {}, after ?? {}];
    const keys = new Set([...Object.keys(old), ...Object.keys(wanted)]);
    return [...keys].flatMap((key) => differences(own(old, key), own(wanted, key), [...path, key]));
  }
  if (isList(before) && isList(after) && before.length === after.length) {
    return after.flatMap((item, index) => differences(before[index], item, [...path, index]));
  }
  if (before !== undefined && after !== undefined && flowYaml(before) === flowYaml(after)) return [];
  return [{ path, before, ...placeOf(before, after, path) }];
}

function placeOf(before: YamlValue | undefined, after: YamlValue | undefined, path: Path) {
  if (!isList(before) || !isList(after)) return { at: path, isRemoved: after === undefined };
  const longer = after.length > before.length ? after : before;
  const [old, wanted] = [before, after].map((list) => list.map((item) => flowYaml(item)));
  const first = longer.findIndex((_, index) => old![index] !== wanted![index]);
  return { at: [...path, first], isRemoved: first >= after.length };
}

/** A value of the head with other values at some paths in it; a map that the base does not have goes with its last entry. */
function takenBack(base: YamlValue | undefined, head: YamlValue | undefined, edits: Edits): YamlValue | undefined {
  const [first] = edits;
  if (first === undefined) return head;
  if (first.path.length === 0) return first.value;
  const inside = new Map<string, Edits[number][]>();
  for (const { path, value } of edits) {
    const known = inside.get(String(path[0])) ?? [];
    known.push({ path: path.slice(1), value });
    inside.set(String(path[0]), known);
  }
  if (isList(head)) {
    const old = isList(base) ? base : [];
    const items = head.map((item, index) => takenBack(old[index], item, inside.get(String(index)) ?? []));
    return items.filter((item) => item !== undefined);
  }
  const [old, wanted] = [base, head].map((value) => (isMap(value) ? value : {})) as [YamlMap, YamlMap];
  const keys = new Set([...Object.keys(wanted), ...inside.keys()]);
  const entries = [...keys].flatMap((key): (readonly [string, YamlValue])[] => {
    const value = takenBack(own(old, key), own(wanted, key), inside.get(key) ?? []);
    return value === undefined ? [] : [[key, value]];
  });
  return entries.length === 0 && base === undefined ? undefined : Object.fromEntries(entries);
}

function own(map: YamlMap, key: string): YamlValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMapOrAbsent(value: YamlValue | undefined): value is YamlMap | undefined {
  return value === undefined || isMap(value);
}

function hasEntries(value: YamlMap | undefined): boolean {
  return value !== undefined && Object.keys(value).length > 0;
}

function isList(value: YamlValue | undefined): value is readonly YamlValue[] {
  return Array.isArray(value);
}
