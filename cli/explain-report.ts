import type { ToldCause } from '../explain/cause-text.ts';
import { safeText } from './safe-text.ts';

/** A key of an instance, told. */
export interface ToldKey {
  readonly service: string;
  readonly instance: string;
  readonly cluster: string;
  readonly key: string;
  /** Null when nothing sets it. */
  readonly value: string | null;
  /** Strongest first. */
  readonly layers: readonly {
    readonly outcome: 'set' | 'merged' | 'lost';
    readonly file: string;
    readonly line?: number;
    readonly column?: number;
    readonly text: string;
    /** Where the instance names the template. */
    readonly through?: { readonly line: number; readonly column: number };
  }[];
  readonly defaults: readonly string[];
}

/** A field of an object, told. */
export interface ToldField {
  readonly path: string;
  readonly value: unknown;
  readonly causes: readonly ToldCause[];
  readonly isDigest: boolean;
  readonly rules: readonly string[];
}

const WORDS = { value: 'from', key: 'key', same: 'same', there: 'needs' } as const;

type Row = readonly [word: string, place: string, text: string];

/** A key's layers for people: what sets it, what is merged into it, what loses. */
export function keyReport({ service, instance, cluster, key, value, layers, defaults }: ToldKey): string {
  const head = `${key} of ${service}.${instance} in ${cluster}: ${value ?? 'not set'}`;
  const rows = layers.map((layer): Row => {
    const { through } = layer;
    const template = through === undefined ? '' : `  (template, named at ${through.line}:${through.column})`;
    return [layer.outcome, placeText(layer), `${layer.text}${template}`];
  });
  return lines([head], [...rows, ...defaults.map((source): Row => ['default', source, ''])]);
}

/** An object's fields for people, each with what made it. */
export function objectReport(told: {
  object: string;
  because: readonly ToldCause[];
  fields: readonly ToldField[];
}): string {
  const parts = told.fields.map((field) =>
    lines(
      [`${field.path} = ${JSON.stringify(field.value)}`],
      [...fieldRows(field), ['rule', field.rules.join(', '), '']],
    ),
  );
  return [
    lines(
      [told.object],
      told.because.map((cause) => causeRow(cause, 'needs')),
    ),
    ...parts,
  ].join('\n');
}

function fieldRows({ causes, isDigest }: ToldField): readonly Row[] {
  if (isDigest) return [['from', 'a digest of the whole workload', '']];
  return causes.map((cause) => causeRow(cause, WORDS[cause.bearing]));
}

function causeRow(cause: ToldCause, word: string): Row {
  return [word, placeText(cause), cause.text];
}

function placeText({ file, line, column }: { file: string; line?: number; column?: number }): string {
  return line === undefined ? file : `${file}:${line}:${column!}`;
}

function lines(head: readonly string[], rows: readonly Row[]): string {
  const width = Math.max(0, ...rows.filter(([, , text]) => text !== '').map(([, place]) => place.length));
  const texts = rows.map(
    ([word, place, text]) => `  ${word.padEnd(8)}${text === '' ? place : `${place.padEnd(width)}  ${text}`}`,
  );
  return [...head, ...texts].map((line) => `${safeText(line)}\n`).join('');
}
