import type { CompileInput } from '../compiler/compile.ts';
import type { ChangedLine } from './changed-lines.ts';
import { needsNoTrial, relevantLines, type ChangedService } from './changed-service.ts';
import { editedReader } from './edited-reader.ts';
import type { Step } from './leaves.ts';
import { differingFields, fieldsIn, type ObjectField, type ObjectFields } from './object-fields.ts';
import { failedOf, renderInMemory } from './render-in-memory.ts';
import { isDigest } from './rules.ts';
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

const DEPLOY_GROUP_LABEL = 'paasta.yelp.com/deploy_group';
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
  const candidates = relevantLines(changed);
  if (needsNoTrial(changed, candidates)) return { causes: () => candidates, isComplete: true, renderings: 0 };
  const sides = sidesOf(changed);
  const lines = relevantLines(changed, deployGroupsIn(sides));
  const most = Math.floor(mostRenderings / changed.instances.length) - firstGroups(lines.length).length;
  if (most < 0) return { causes: () => null, isComplete: false, renderings: 0 };
  const effects = differingFields(sides.base, sides.head).filter((effect) => !isDigest(effect));
  let renderings = 0;
  const ask = (group: readonly number[]): Promise<Verdict> => {
    renderings += changed.instances.length;
    return takingBack(changed, head, sides, new Set(group.map((number) => lines[number]!)));
  };
  const { of, isComplete } = await soleCauses(lines.length, effects, Math.min(most, MOST_DOUBTS), ask);
  const places = effects.map(
    (effect) => [(sides.head.get(effect) ?? sides.base.get(effect))!, of.get(effect)!] as const,
  );
  const known = numbersByPlace(places);
  const causes: CausesOfFields = ({ kind, name }, path) => {
    const numbers = known.get([`${kind} ${name}`, ...path].join('\0'));
    return numbers === undefined ? null : lines.filter((_, number) => numbers.has(number));
  };
  return { causes, isComplete, renderings };
}

/** Numbers by field, and by everything that a field is in. */
function numbersByPlace(
  fields: readonly (readonly [ObjectField, readonly number[]])[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, Set<number>>();
  for (const [{ object, path }, numbers] of fields) {
    const place = [object, ...path.map(stepText)];
    for (let depth = 1; depth <= place.length; depth++) {
      const key = place.slice(0, depth).join('\0');
      const known = found.get(key) ?? new Set();
      for (const number of numbers) known.add(number);
      found.set(key, known);
    }
  }
  return found;
}

function stepText(step: Step): string {
  return typeof step === 'string' ? step : `[${step.name ?? step.index}]`;
}

interface Sides {
  readonly base: ObjectFields;
  readonly head: ObjectFields;
  /** Files of the head by path, with their fields. */
  readonly files: ReadonlyMap<string, { readonly content: string; readonly fields: ObjectFields }>;
}

function sidesOf({ instances }: ChangedService): Sides {
  const files = new Map(
    instances.flatMap(({ after }) =>
      after.map((file) => [file.path, { content: file.content, fields: fieldsIn([file]) }] as const),
    ),
  );
  return { base: fieldsIn(instances.flatMap(({ before }) => before)), head: merged(files.values()), files };
}

function merged(files: Iterable<{ readonly fields: ObjectFields }>): ObjectFields {
  return new Map([...files].flatMap(({ fields }) => [...fields]));
}

/** Deploy groups of workloads on both sides. */
function deployGroupsIn({ base, head }: Sides): ReadonlySet<string> {
  const labels = [...base.values(), ...head.values()].filter(({ path }) => path.at(-1) === DEPLOY_GROUP_LABEL);
  return new Set(labels.map(({ value }) => JSON.parse(value) as string));
}

/** Renders the head with some lines taken back, and tells which fields are other ones then. */
async function takingBack(
  { cluster, service, instances, files }: ChangedService,
  head: HeadInput,
  sides: Sides,
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
  return verdictOf(sides, merged(made));
}

/** A field of an object that is made in the base and in the head, and not now, tells nothing. */
function verdictOf({ base, head }: Sides, now: ObjectFields): Verdict {
  const objectsOf = (fields: ObjectFields): ReadonlySet<string> =>
    new Set([...fields.values()].map(({ object }: ObjectField) => object));
  const [before, after, present] = [base, head, now].map(objectsOf) as [Objects, Objects, Objects];
  return (effect) => {
    const { object } = (head.get(effect) ?? base.get(effect))!;
    if (before.has(object) && after.has(object) && !present.has(object)) return null;
    return now.get(effect)?.value !== head.get(effect)?.value;
  };
}

type Objects = ReadonlySet<string>;
