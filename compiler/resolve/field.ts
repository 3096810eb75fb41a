import type { Path, RelatedPlace, Severity } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../model/origin.ts';
import { isMap, type YamlValue } from '../model/yaml-value.ts';
import type { Journal, Place } from './journal.ts';
import { ownValue } from './merge.ts';

/** Something keys are read from: the merged instance, one document, the system configuration. */
export interface Source {
  readonly journal: Journal;
  /** Where the value at a path stands, or the nearest thing around it that exists. */
  placeOf(path: Path): Place;
  /** What set the value at a path that has one. */
  originOf(path: Path): Origin;
}

/** A value of the input and the way to it, so that whatever is wrong with it can be reported at its place. */
export class Field {
  readonly source: Source;
  /** Undefined when nothing sets it. */
  readonly value: YamlValue | undefined;
  private readonly step: string | number | null;
  private readonly parent: Field | null;

  /** Without a step the field is all that the source holds; without a parent it stands at the top. */
  constructor(
    source: Source,
    value: YamlValue | undefined,
    step: string | number | null = null,
    parent: Field | null = null,
  ) {
    this.source = source;
    this.value = value;
    this.step = step;
    this.parent = parent;
  }

  get isSet(): boolean {
    return this.value !== undefined;
  }

  /** Made only for those who ask: most fields are read and forgotten. */
  get path(): Path {
    const above = this.parent === null ? [] : this.parent.path;
    return this.step === null ? above : [...above, this.step];
  }

  /** The field under a key of a map or at an index of a list; an unset field when there is none. */
  at(step: string | number): Field {
    return new Field(this.source, childOf(this.value, step), step, this);
  }

  /** The path as a reader would say it: `secret_volumes[0].default_mode`. */
  get name(): string {
    return this.path.reduce<string>((text, step) => {
      if (typeof step === 'number') return `${text}[${step}]`;
      return text === '' ? step : `${text}.${step}`;
    }, '');
  }

  error(code: string, message: string, hint?: string, related?: () => readonly RelatedPlace[]): void {
    this.#report('error', code, message, hint, related);
  }

  warn(code: string, message: string, hint?: string): void {
    this.#report('warning', code, message, hint);
  }

  /** A warning that is stricter than PaaSTA. */
  policy(code: string, message: string, hint?: string): void {
    const place = () => this.source.placeOf(this.path);
    this.source.journal.report({ severity: 'warning', policy: true, code, message, hint, place });
  }

  info(code: string, message: string, hint?: string): void {
    this.#report('info', code, message, hint);
  }

  /** Counts the field as read for the member being made; `unset` says what counts when nothing sets it. */
  note(unset: string | (() => string)): void {
    const { journal } = this.source;
    if (!journal.isTracing) return;
    journal.note(() => {
      if (this.isSet) return this.source.originOf(this.path);
      return { kind: 'default', key: this.name, source: typeof unset === 'string' ? unset : unset() };
    });
  }

  #report(
    severity: Severity,
    code: string,
    message: string,
    hint?: string,
    related?: () => readonly RelatedPlace[],
  ): void {
    const place = () => this.source.placeOf(this.path);
    this.source.journal.report({ severity, code, message, hint, place, ...(related === undefined ? {} : { related }) });
  }
}

/** The value under a key of a map or at an index of a list; undefined when there is none. */
export function childOf(value: YamlValue | undefined, step: string | number): YamlValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? (value as readonly YamlValue[])[step] : undefined;
  return typeof step === 'string' && isMap(value) ? ownValue(value, step) : undefined;
}
