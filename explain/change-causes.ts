import type { Path, Root } from '../compiler/diagnostics/diagnostic.ts';
import { parseJson, parseYaml } from '../compiler/load/yaml/index.ts';
import type { SourceDocument } from '../compiler/model/source-document.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { isMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { objectsIn } from './documents.ts';
import { effectOf } from './influences.ts';
import { isWithin, leavesOf, type Leaf } from './leaves.ts';
import { flowYaml } from './other-values.ts';
import { setIn } from './set-in.ts';
import { openWorld, type World, type WorldInput } from './world.ts';

/** A line of input that a change touched; `isRemoved` when it stands in the base only. */
export interface ChangedLine {
  readonly root: Root;
  readonly file: string;
  readonly line: number;
  readonly isRemoved: boolean;
}

/** Looks up the changed lines that made a field of an object another one; the path as `isWithin` reads it. */
export type ChangeCauses = (
  object: { readonly kind: string; readonly name: string },
  path: string,
) => readonly ChangedLine[];

interface Trees {
  readonly soa: TreeReader;
  readonly system: TreeReader;
}

/** One difference between two versions of a file: several paths where a template is used by several instances. */
interface Difference {
  readonly line: ChangedLine;
  readonly paths: readonly { readonly path: Path; readonly before: YamlValue | undefined }[];
  readonly head: SourceDocument;
}

/**
 * Which changed lines made the changed fields of a service in a cluster, found by taking each line back in the head and rendering it
 * again. A field that only several lines together change has none.
 */
export async function changeCauses(base: Trees, head: WorldInput): Promise<ChangeCauses> {
  const world = await openWorld(head);
  if (typeof world === 'string') return () => [];
  const found = new Map<string, { readonly line: ChangedLine; readonly leaves: ReadonlyMap<string, Leaf> }[]>();
  for (const difference of differencesOf(base, world)) {
    for (const [object, leaves] of await touched(world, difference)) {
      const known = found.get(object) ?? [];
      known.push({ line: difference.line, leaves });
      found.set(object, known);
    }
  }
  return ({ kind, name }, path) =>
    (found.get(`${kind} ${name}`) ?? [])
      .filter(({ leaves }) => [...leaves.values()].some((leaf) => isWithin(leaf.path, path)))
      .map(({ line }) => line);
}

/** Fields by object that differ when a difference is taken back. */
async function touched(
  world: World,
  { line, paths, head }: Difference,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Leaf>>> {
  const value = paths.reduce<YamlValue | null>(
    (edited, each) => edited && setIn(edited, each.path, each.before),
    head.value,
  );
  const changes = value === null ? null : await world.changes({ [line.root]: { [line.file]: flowYaml(value) } });
  const fields = new Map<string, ReadonlyMap<string, Leaf>>();
  for (const { before, after } of changes ?? []) {
    const [now, then] = [before, after].map((file) => (file === null ? [] : objectsIn(file))) as [Sides, Sides];
    const back = effectOf([{ before: after, after: before }]);
    const forth = effectOf([{ before, after }]);
    for (const object of [...now, ...then]) {
      const name = `${object.kind} ${object.name}`;
      const ids = [forth, back]
        .flatMap(({ changed, lost }) => [changed, lost])
        .flatMap((each) => [...(each.get(object.id)?.keys() ?? [])]);
      const all = leavesOf(object.document);
      const leaves = ids.flatMap((path) => (all.has(path) ? [[path, all.get(path)!] as const] : []));
      fields.set(name, new Map([...(fields.get(name) ?? []), ...leaves]));
    }
  }
  return fields;
}

type Sides = ReturnType<typeof objectsIn>;

function differencesOf(base: Trees, world: World): readonly Difference[] {
  return [
    ...[...world.readers.keys()].flatMap((file) => differencesIn('soa', base.soa, world.soa, file)),
    ...world.systemFiles.flatMap((file) => differencesIn('system', base.system, world.system, file)),
  ];
}

function differencesIn(root: Root, base: TreeReader, head: TreeReader, file: string): readonly Difference[] {
  const now = documentAt(root, head, file);
  if (now === null) return [];
  const then = documentAt(root, base, file);
  if (then?.text === now.text) return [];
  const found = new Map<
    string,
    { line: ChangedLine; paths: { path: Path; before: YamlValue | undefined }[]; head: SourceDocument }
  >();
  compare(then?.value, now.value, [], (path, before, isRemoved) => {
    const span = isRemoved ? then?.locate(path, 'key') : (now.origin(path)?.span ?? now.locate(path));
    if (span === undefined) return;
    const key = `${String(isRemoved)} ${span.line}:${span.column}`;
    const known = found.get(key) ?? { line: { root, file, line: span.line, isRemoved }, paths: [], head: now };
    known.paths.push({ path, before });
    found.set(key, known);
  });
  return [...found.values()];
}

type Tell = (path: Path, before: YamlValue | undefined, isRemoved: boolean) => void;

function compare(before: YamlValue | undefined, after: YamlValue | undefined, path: Path, tell: Tell): void {
  if (isMap(before) && isMap(after)) {
    const own = (map: typeof before, key: string): YamlValue | undefined =>
      Object.hasOwn(map, key) ? map[key] : undefined;
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(own(before, key), own(after, key), [...path, key], tell);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    after.forEach((item: YamlValue, at) => compare((before as readonly YamlValue[])[at], item, [...path, at], tell));
    return;
  }
  const isSame = before !== undefined && after !== undefined && flowYaml(before) === flowYaml(after);
  if (!isSame && path.length > 0) tell(path, before, after === undefined);
}

function documentAt(root: Root, reader: TreeReader, file: string): SourceDocument | null {
  const read = reader.read(file);
  if (read.kind !== 'file' || !/\.(?:ya?ml|json)$/.test(file)) return null;
  return (file.endsWith('.json') ? parseJson : parseYaml)(read.bytes, { root, file }).document ?? null;
}
