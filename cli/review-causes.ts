import type { CompileInput } from '../compiler/compile.ts';
import { changeCauses, type ChangeCauses, type ChangedLine } from '../explain/change-causes.ts';
import type { FieldCauses } from '../review/compare-trees.ts';
import { changedOwners, type OutputFiles } from '../review/output-files.ts';
import type { InputTrees } from './input-revision.ts';

/** More services than this, counted in every cluster, are not asked about: each costs some renderings. */
const MOST_SERVICES = 200;

/** One side of a review. */
export interface ReviewSide {
  readonly trees: InputTrees;
  readonly files: OutputFiles;
}

/** Finds the changed lines of input behind every changed field; none where a change touches very many services. */
export async function reviewCauses(
  base: ReviewSide,
  head: ReviewSide,
  constructs: CompileInput['constructs'],
): Promise<FieldCauses> {
  const owners = new Map<string, { readonly cluster: string; readonly service: string }>();
  for (const { cluster, service, before, after } of changedOwners(base.files, head.files)) {
    if (service === null || before.length === 0 || after.length === 0) continue;
    owners.set(`${cluster} ${service}`, { cluster, service });
  }
  const found = new Map<string, ChangeCauses>();
  if (owners.size <= MOST_SERVICES) {
    const { soa, system } = head.trees;
    for (const [key, owner] of owners)
      found.set(key, await changeCauses(base.trees, { soa, system, constructs, ...owner }));
  }
  return ({ cluster, service }, object, path) => {
    const lines = (steps: readonly string[]) => found.get(`${cluster} ${service}`)?.(object, pathText(steps)) ?? [];
    const own = lines(path);
    return [
      ...new Set((own.length > 0 || !path.at(-1)?.startsWith('[') ? own : lines(path.slice(0, -1))).map(lineText)),
    ];
  };
}

function pathText(path: readonly string[]): string {
  return path
    .filter((step) => step !== '(order)')
    .map((step) => (step.startsWith('[') ? step : `.${step}`))
    .join('');
}

function lineText({ file, line, isRemoved }: ChangedLine): string {
  return `${file}:${line}${isRemoved ? ' removed' : ''}`;
}
