import type { Verb } from './verb.ts';
import { VERB_GROUPS, type VerbTable } from './verbs.ts';

const VERBS: VerbTable = Object.fromEntries(Object.values(VERB_GROUPS).flatMap((verbs) => Object.entries(verbs)));

export const VERB_NAMES: readonly string[] = Object.keys(VERBS);

/** The verb of a name; undefined when there is none. */
export async function loadVerb(name: string): Promise<Verb | undefined> {
  return Object.hasOwn(VERBS, name) ? (await VERBS[name]!.load()).verb : undefined;
}
