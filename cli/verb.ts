import type { Io } from './io.ts';
import type { Seal } from './synth-seal.ts';

/** One flag of a verb. */
export interface OptionSpec {
  readonly short?: string;
  /** Other long names that mean the same. */
  readonly aliases?: readonly string[];
  /** Placeholder of the value in help (`DIR`); without it the flag is a boolean. */
  readonly value?: string;
  /** The flag may be given more than once. */
  readonly multiple?: boolean;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** The flag of every verb that chooses the form of what it prints; its choices, text and json without `formats`. */
export function outputOption(...formats: readonly string[]): OptionSpec {
  const choices = formats.length === 0 ? ['text', 'json'] : formats;
  return { short: 'o', aliases: ['format'], value: choices.join('|'), choices, help: 'form of the report' };
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Values by long name: booleans, one text, or all texts of a repeatable flag. Absent flags have no entry. */
export type OptionValues = Readonly<Record<string, boolean | string | readonly string[]>>;

/** What a verb gets: its parsed flags and words, and the world through `io`. */
export interface Call {
  readonly values: OptionValues;
  readonly words: readonly string[];
  readonly io: Io;
  /** What the last run of the same call left, if that was looked at. */
  readonly seal?: Seal | null;
}

/** One command of the program. Each lives in a module of its own that is imported only when it is called. */
export interface Verb {
  readonly name: string;
  /** Shown after the program's name, such as `synth [options]`. */
  readonly usage: string;
  /** What it reads, writes and exits with; shown by `--help`. */
  readonly description: string;
  readonly options: OptionSpecs;
  /** How many words it takes besides flags. */
  readonly words?: { readonly min: number; readonly max: number };
  /** Exit status of a usage error; 2 unless the verb's own statuses say otherwise. */
  readonly usageExit?: number;
  /** Returns the exit status. A user's mistake is a printed diagnostic and a status, never an exception. */
  run(call: Call): Promise<number>;
}

/** A mistake in how the program was called: printed as one line with the verb's usage, without a stack. */
export class UsageError extends Error {}

/** The text of a flag that takes one value. */
export function textOf(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** All texts of a repeatable flag, in order; empty when it was not given. */
export function textsOf(values: OptionValues, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** Whether a boolean flag was given. */
export function isOn(values: OptionValues, name: string): boolean {
  return values[name] === true;
}
