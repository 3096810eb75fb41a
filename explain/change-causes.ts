import type { CompileInput } from '../compiler/compile.ts';
import type { ChangedLine } from './changed-lines.ts';
import { needsNoTrial, relevantLines, type ChangedInstance, type ChangedService } from './changed-service.ts';
import { editedReader } from './edited-reader.ts';
import type { Step } from './leaves.ts';
import { differingFields, fieldsIn, type ObjectField } from './object-fields.ts';
import { failedOf, renderInMemory } from './render-in-memory.ts';
import { isDigest } from './rules.ts';
import { deployGroupsIn, merged, mergedSides, sidesOf, verdictOf, type Sides } from './sides.ts';
import { firstGroups, soleCauses, type Verdict } from './sole-causes.ts';

/** How the head is rendered. */
export type HeadInput = Pick<CompileInput, 'soa' | 'system' | 'constructs' | 'filePer'>;

/**
 * Looks up the changed lines that made a field of an object another one, or anything in it; items of lists are called `[name]`. Null:
 * nothing is changed there.
 */
export type CausesOfFields = (
  object: { readonly kind: string; readonly name: string },
  path: readonly string[],
) => readonly ChangedLine[] | null;

/** What is known of the lines behind a change. */
export interface CausesOfChange {
  readonly causes: CausesOfFields;
  /** False: there may be more of them. */
  readonly isComplete: boolean;
  /** Renderings of one instance that finding them took. */
  readonly renderings: number;
}

/** Lines that may have changed the same field alone, of which more than these are not looked at one by one. */
const MOST_DOUBTS = 16;

/**
 * Which changed lines made the changed fields of a service: those that, taken back in the head, change the field. A field that only
 * several lines together change has none. Costs at most `mostRenderings`; where that is too little to begin with, nothing is known.
 */
export async function causesOfChange(
  changed: ChangedService,
  head: HeadInput,
  mostRenderings: number,
): Promise<CausesOfChange> {
  const lines = relevantLines(changed);
  if (needsNoTrial(changed, lines)) return { causes: () => lines, isComplete: true, renderings: 0 };
  const found = new Map<string, Set<ChangedLine>>();
  let [isComplete, renderings] = [true, 0];
  for (const part of partsOf(changed)) {
    const result = await causesOfPart(part, head, mostRenderings - renderings);
    renderings += result.renderings;
    isComplete &&= result.isComplete;
    for (const [field, causes] of result.causes) addCauses(found, field, causes);
  }
  const causes: CausesOfFields = ({ kind, name }, path) => {
    const known = found.get([`${kind} ${name}`, ...path].join('\0'));
    return known === undefined ? null : lines.filter((line) => known.has(line));
  };
  return { causes, isComplete, renderings };
}

/** Instances on which the same lines may bear. */
interface Part {
  readonly changed: ChangedService;
  readonly lines: readonly ChangedLine[];
  readonly sides: Sides;
}

function partsOf(changed: ChangedService): readonly Part[] {
  const numbers = new Map(relevantLines(changed).map((line, number) => [line, number]));
  const parts = new Map<string, { lines: readonly ChangedLine[]; members: [ChangedInstance, Sides][] }>();
  for (const instance of changed.instances) {
    const sides = sidesOf(instance);
    const lines = relevantLines({ ...changed, instances: [instance] }, deployGroupsIn(sides));
    const key = lines.map((line) => numbers.get(line)).join(' ');
    const known = parts.get(key) ?? { lines, members: [] };
    known.members.push([instance, sides]);
    parts.set(key, known);
  }
  return [...parts.values()].map(({ lines, members }) => ({
    changed: { ...changed, instances: members.map(([instance]) => instance) },
    ...{ lines, sides: mergedSides(members.map(([, sides]) => sides)) },
  }));
}

interface CausesOfPart extends Pick<CausesOfChange, 'isComplete' | 'renderings'> {
  readonly causes: readonly (readonly [ObjectField, readonly ChangedLine[]])[];
}

async function causesOfPart(part: Part, head: HeadInput, mostRenderings: number): Promise<CausesOfPart> {
  const { changed, lines, sides } = part;
  const all = differingFields(sides.base, sides.head);
  const fieldOf = (effect: string): ObjectField => (sides.head.get(effect) ?? sides.base.get(effect))!;
  if (needsNoTrial(changed, lines)) {
    return { causes: all.map((effect) => [fieldOf(effect), lines]), isComplete: true, renderings: 0 };
  }
  const most = Math.floor(mostRenderings / changed.instances.length) - firstGroups(lines.length).length;
  if (most < 0) return { causes: [], isComplete: false, renderings: 0 };
  const effects = all.filter((effect) => !isDigest(effect));
  let renderings = 0;
  const ask = (group: readonly number[]): Promise<Verdict> => {
    renderings += changed.instances.length;
    return takingBack(part, head, new Set(group.map((number) => lines[number]!)));
  };
  const { of, isComplete } = await soleCauses(lines.length, effects, Math.min(most, MOST_DOUBTS), ask);
  const causes = effects.map((effect) => [fieldOf(effect), of.get(effect)!.map((number) => lines[number]!)] as const);
  return { causes, isComplete, renderings };
}

/** Notes causes for a field, and for everything that it is in. */
function addCauses(found: Map<string, Set<ChangedLine>>, field: ObjectField, causes: readonly ChangedLine[]): void {
  const place = [field.object, ...field.path.map(stepText)];
  for (let depth = 1; depth <= place.length; depth++) {
    const key = place.slice(0, depth).join('\0');
    const known = found.get(key) ?? new Set();
    for (const line of causes) known.add(line);
    found.set(key, known);
  }
}

function stepText(step: Step): string {
  return typeof step === 'string' ? step : `[${step.name ?? step.index}]`;
}

/** Renders the head with some lines taken back, and tells which fields are other ones then. */
async function takingBack(
  { changed: { cluster, service, instances, files }, sides }: Part,
  head: HeadInput,
  lines: ReadonlySet<ChangedLine>,
): Promise<Verdict> {
  const texts: Record<ChangedLine['root'], Record<string, string>> = { soa: {}, system: {}, project: {} };
  for (const each of files) {
    const taken = each.lines.filter((line) => lines.has(line));
    if (taken.length > 0) texts[each.root][each.file] = each.takeBack(taken);
  }
  const names = instances.map(({ name }) => name);
  const result = await renderInMemory({
    ...{ cluster, constructs: head.constructs, filePer: head.filePer, services: [service], instances: names },
    ...{ soa: editedReader(head.soa, texts.soa), system: editedReader(head.system, texts.system) },
  });
  if (result.isBlocked || failedOf(result).size > 0) return () => null;
  const made = result.files.map((file) => {
    const same = sides.files.get(file.path);
    return same?.content === file.content ? same : { fields: fieldsIn([file]) };
  });
  return verdictOf(sides, merged(made.map(({ fields }) => fields)));
}
