import { parseYaml } from '../compiler/load/yaml/index.ts';
import { changedTexts, removedText, type InputLine } from './input-lines.ts';
import { objectsIn, type OutputObject } from './documents.ts';
import { placeText, type Leaf } from './leaves.ts';
import { flowYaml } from './other-values.ts';
import { setIn, valueAt } from './set-in.ts';
import type { Edit, FileChange, World } from './world.ts';

/** Fields by object, then path, with the value that they had. */
export type Fields = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** What one edit does to the objects that were there before. */
export interface Effect {
  /** Fields that have another value. */
  readonly changed: Fields;
  /** Fields that are no longer there while their object stays. */
  readonly lost: Fields;
  /** Objects that are no longer there. */
  readonly gone: ReadonlySet<string>;
}

/** What a line of input does. */
export interface Influence {
  readonly line: InputLine;
  /** Of another value in its place. */
  readonly changed: Effect;
  /** Of leaving it out. */
  readonly removed: Effect;
}

const NOTHING: Effect = { changed: new Map(), lost: new Map(), gone: new Set() };

/** What each line does, found by trying: those that do nothing are left out. Costs up to four renderings a line. */
export async function influencesOf(world: World, lines: readonly InputLine[]): Promise<readonly Influence[]> {
  const found: Influence[] = [];
  for (const line of lines) {
    const changed = await firstEffect(
      world,
      changedTexts(line).map(({ text, value }) => editOf(line, text, followers(world, line, value))),
    );
    const removed = await firstEffect(world, [editOf(line, removedText(line))]);
    if (isSome(changed) || isSome(removed)) found.push({ line, changed, removed });
  }
  return found;
}

function editOf({ root, file }: InputLine, text: string | null, others: Edit = {}): Edit {
  if (text === null || root === 'project') return {};
  return { ...others, [root]: { ...others[root], [file]: text } };
}

/** Files that follow a line: what is deployed to a group stays deployed to it under its new name, and a team can be told as before. */
function followers(world: World, { file, path, scalar }: InputLine, value: string): Edit {
  const key = path.at(-1);
  if (key === 'team') return renamedTeam(world, String(scalar), value);
  if (key !== 'deploy_group') return {};
  const deployments = `${file.split('/')[0]!}/deployments.json`;
  const read = world.soa.read(deployments);
  if (read.kind !== 'file') return {};
  const text = new TextDecoder().decode(read.bytes);
  return { soa: { [deployments]: text.replaceAll(JSON.stringify(scalar), value) } };
}

/** The data of a team under its new name too; `value` is that name in YAML. */
function renamedTeam({ system, teamData }: World, team: string, value: string): Edit {
  const read = teamData === null ? null : system.read(teamData);
  if (teamData === null || read?.kind !== 'file') return {};
  const { document } = parseYaml(read.bytes, { root: 'system', file: teamData });
  const data = valueAt(document?.value, ['team_data', team]);
  const edited = data === undefined ? null : setIn(document!.value, ['team_data', JSON.parse(value) as string], data);
  return edited === null ? {} : { system: { [teamData]: flowYaml(edited) } };
}

/** The effect of the first of several edits that has one; an edit that holds something back tells nothing. */
export async function firstEffect(world: World, edits: readonly Edit[]): Promise<Effect> {
  for (const edit of edits) {
    const changes = await world.changes(edit);
    const effect = changes === null ? NOTHING : effectOf(changes);
    if (isSome(effect)) return effect;
  }
  return NOTHING;
}

/** Whether an effect is one at all. */
export function isSome({ changed, lost, gone }: Effect): boolean {
  return changed.size > 0 || lost.size > 0 || gone.size > 0;
}

/** Changed files as effect on their objects. */
export function effectOf(changes: readonly FileChange[]): Effect {
  const [changed, lost]: [FieldMap, FieldMap] = [new Map(), new Map()];
  const gone = new Set<string>();
  for (const { before, after } of changes) {
    const [old, now] = [before, after].map((file) => (file === null ? [] : objectsIn(file))) as [Objects, Objects];
    old.forEach((object, place) => {
      const same = now.find(({ id }) => id === object.id) ?? renamedObject(old, now, place);
      if (same === undefined) gone.add(object.id);
      else compareObjects(object, same, { changed, lost });
    });
  }
  return { changed, lost, gone };
}

type Objects = readonly OutputObject[];

/** What stands in the place of an object that has another name now, where as many of them are there as before. */
function renamedObject(old: Objects, now: Objects, place: number): OutputObject | undefined {
  const other = now[place];
  const isOther = old.length !== now.length || old[place]!.kind !== other?.kind;
  return isOther || old.some(({ id }) => id === other.id) ? undefined : other;
}

type FieldMap = Map<string, ReadonlyMap<string, unknown>>;

function compareObjects(before: OutputObject, after: OutputObject, found: { changed: FieldMap; lost: FieldMap }): void {
  const [changed, lost] = [new Map<string, unknown>(), new Map<string, unknown>()];
  const byPlace = new Map([...after.leaves].map(([path, leaf]) => [placeText(leaf.path), { path, leaf }]));
  for (const [path, leaf] of before.leaves) {
    const same = after.leaves.get(path) ?? renamed(leaf, byPlace, before);
    if (same === undefined) lost.set(path, leaf.value);
    else if (JSON.stringify(same.value) !== JSON.stringify(leaf.value)) changed.set(path, leaf.value);
  }
  if (changed.size > 0) found.changed.set(before.id, changed);
  if (lost.size > 0) found.lost.set(before.id, lost);
}

/** The field at the same place of an item that has another name now. */
function renamed(
  leaf: Leaf,
  byPlace: ReadonlyMap<string, { readonly path: string; readonly leaf: Leaf }>,
  before: OutputObject,
): Leaf | undefined {
  const other = byPlace.get(placeText(leaf.path));
  return other === undefined || before.leaves.has(other.path) ? undefined : other.leaf;
}
