import type { ChangedInstance } from './changed-service.ts';
import { fieldsIn, type ObjectField, type ObjectFields } from './object-fields.ts';
import type { Verdict } from './sole-causes.ts';

const DEPLOY_GROUP_LABEL = 'paasta.yelp.com/deploy_group';

/** Fields of instances before and after a change. */
export interface Sides {
  readonly base: ObjectFields;
  readonly head: ObjectFields;
  /** Files of the head by path, with their fields. */
  readonly files: ReadonlyMap<string, { readonly content: string; readonly fields: ObjectFields }>;
}

/** Reads the files of an instance on both sides. */
export function sidesOf({ before, after }: ChangedInstance): Sides {
  const files = after.map((file) => [file.path, { content: file.content, fields: fieldsIn([file]) }] as const);
  return { base: fieldsIn(before), head: merged(files.map(([, { fields }]) => fields)), files: new Map(files) };
}

/** Several instances as one. */
export function mergedSides(all: readonly Sides[]): Sides {
  return {
    base: merged(all.map(({ base }) => base)),
    head: merged(all.map(({ head }) => head)),
    files: new Map(all.flatMap(({ files }) => [...files])),
  };
}

/** Fields of several files or instances. */
export function merged(all: readonly ObjectFields[]): ObjectFields {
  return new Map(all.flatMap((fields) => [...fields]));
}

/** Deploy groups of workloads on both sides. */
export function deployGroupsIn({ base, head }: Sides): ReadonlySet<string> {
  const labels = [...base.values(), ...head.values()].filter(({ path }) => path.at(-1) === DEPLOY_GROUP_LABEL);
  return new Set(labels.map(({ value }) => JSON.parse(value) as string));
}

/** Which fields are other ones than in the head; one of an object that is made in the base and in the head, and not now, tells nothing. */
export function verdictOf({ base, head }: Sides, now: ObjectFields): Verdict {
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
