import type { InstanceValues } from './values.ts';

/** Another tool that renders the same instances from resolved values. */
export interface Neighbour {
  readonly name: string;
  /** The program that has to be in PATH. */
  readonly program: string;
  /** Beyond this many instances it takes minutes to hours, and is named as not run. */
  readonly mostInstances: number;
  /** Writes what the tool reads into `input`, and gives the command; standard output goes to a file in `out`. */
  prepare(values: readonly InstanceValues[], input: string, out: string): readonly string[];
}
