/** Up to this many suspects are asked about one by one; more take fewer questions in groups. */
const MOST_SINGLES = 6;

/** What taking back a group of suspects does to an effect; null when it cannot be told. */
export type Verdict = (effect: string) => boolean | null;

/** What is found about effects and suspects, which are numbered from 0. */
export interface SoleCauses {
  /** By effect, those suspects each of which has it alone. */
  readonly of: ReadonlyMap<string, readonly number[]>;
  /** False: some suspects were not asked about. */
  readonly isComplete: boolean;
}

interface Trial {
  readonly group: ReadonlySet<number>;
  readonly verdict: Verdict;
}

/** The groups about which `soleCauses` asks first: single suspects, or many of them at once. */
export function firstGroups(suspects: number): readonly (readonly number[])[] {
  const numbers = numbersTo(suspects);
  if (suspects <= MOST_SINGLES) return numbers.map((number) => [number]);
  return numbersTo(Math.ceil(Math.log2(suspects))).flatMap((digit) =>
    [1, 0].map((bit) => numbers.filter((number) => ((number >> digit) & 1) === bit)),
  );
}

/**
 * Finds who of many suspects has an effect alone, in few questions: each group holds those whose number has one binary digit, so that the
 * groups that have an effect spell the number of whoever has it. An effect of several suspects, each alone, leaves some in doubt; about at most
 * `mostDoubts` of these one is asked at a time. An effect that suspects have together only has no cause, unless one of them has it with each of
 * several others.
 */
export async function soleCauses(
  suspects: number,
  effects: readonly string[],
  mostDoubts: number,
  ask: (group: readonly number[]) => Promise<Verdict>,
): Promise<SoleCauses> {
  const trials: Trial[] = [];
  const tryGroup = async (group: readonly number[]): Promise<void> =>
    void trials.push({ group: new Set(group), verdict: await ask(group) });
  for (const group of firstGroups(suspects)) await tryGroup(group);
  const possible = new Map(effects.map((effect) => [effect, possibleCauses(suspects, trials, effect)]));
  const proven = new Set(effects.filter((effect) => hasOneCause(possible.get(effect)!, trials, effect)));
  const asked = new Set(trials.flatMap(({ group }) => (group.size === 1 ? [...group] : [])));
  const open = effects.filter((effect) => !proven.has(effect)).flatMap((effect) => possible.get(effect)!);
  const doubts = [...new Set(open)].filter((number) => !asked.has(number)).sort((a, b) => a - b);
  for (const number of doubts.slice(0, mostDoubts)) await tryGroup([number]);
  const singles = trials.filter(({ group }) => group.size === 1);
  const of = effects.map((effect): readonly [string, readonly number[]] => {
    if (proven.has(effect)) return [effect, possible.get(effect)!];
    const alone = singles.filter(({ verdict }) => verdict(effect) === true);
    return [effect, possible.get(effect)!.filter((number) => alone.some(({ group }) => group.has(number)))];
  });
  return { of: new Map(of), isComplete: doubts.length <= mostDoubts };
}

function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number);
}

/** Those in no group without the effect. */
function possibleCauses(suspects: number, trials: readonly Trial[], effect: string): readonly number[] {
  return trials
    .filter(({ verdict }) => verdict(effect) === false)
    .reduce((left, { group }) => left.filter((number) => !group.has(number)), numbersTo(suspects));
}

/** Whether nobody has an effect alone, or one of whom every group has it, and no group without. */
function hasOneCause([cause, ...others]: readonly number[], trials: readonly Trial[], effect: string): boolean {
  if (cause === undefined) return true;
  return others.length === 0 && trials.every(({ group, verdict }) => verdict(effect) === group.has(cause));
}
