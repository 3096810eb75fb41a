import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { medianOf } from '../measure.ts';
import { difference, digests, filesBelow, objectsOf } from './objects.ts';
import { findProgram, runCommand, type CommandUsage } from './run-command.ts';
import { NEIGHBOURS } from './tools.ts';
import { valuesOf, type InstanceValues } from './values.ts';

/** What a neighbour used for the same objects, or why it was not run. */
export interface NeighbourResult {
  readonly name: string;
  readonly usage: CommandUsage | null;
  readonly note: string;
}

/** Resolved values of every instance below a rendered tree. */
export function valuesBelow(tree: string): readonly InstanceValues[] {
  const values: InstanceValues[] = [];
  for (const path of filesBelow(join(tree, 'clusters'))) {
    const objects = objectsOf(path);
    if (objects.some(({ kind }) => kind === 'Deployment')) values.push(valuesOf(objects));
  }
  const key = (i: InstanceValues): string => `${i.cluster} ${i.namespace} ${i.name}`;
  return values.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * Runs every neighbour on what we rendered to `tree`, `runs` times each (slow ones once) with a fresh output. Its figures (the run with the median
 * CPU) count only when each object equals ours.
 */
export function runNeighbours(tree: string, scratch: string, runs: number): readonly NeighbourResult[] {
  const values = valuesBelow(tree);
  const ours = digests(join(tree, 'clusters'));
  return NEIGHBOURS.map(({ name, program, mostInstances, prepare }) => {
    const absent = (note: string): NeighbourResult => ({ name, usage: null, note });
    if (findProgram(program) === undefined) return absent(`absent: ${program} is not installed`);
    if (values.length > mostInstances)
      return absent(`not run on ${values.length} instances: it takes minutes to hours`);
    const [input, out] = [join(scratch, 'input'), join(scratch, 'output')];
    rmSync(input, { recursive: true, force: true });
    mkdirSync(input);
    const command = prepare(values, input, out);
    const usages = Array.from({ length: mostInstances === Infinity ? runs : 1 }, () => {
      if (existsSync(out)) rmSync(out, { recursive: true });
      mkdirSync(out);
      return runCommand(command, input, join(out, 'stdout.yaml'));
    });
    const differs = difference(ours, digests(out));
    rmSync(out, { recursive: true });
    if (differs !== undefined) return absent(`other objects: ${differs}`);
    return { name, usage: medianOf(usages), note: '' };
  });
}
