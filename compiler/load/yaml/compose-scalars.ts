import type { Path } from '../../diagnostics/diagnostic.ts';
import { isInteger, pythonText, type YamlValue } from '../../model/yaml-value.ts';
import type { Event } from './events.ts';
import type { Findings } from './findings.ts';
import { typedKey, type Key } from './mapping-keys.ts';
import { implicitTag, plainValue, taggedValue, type ScalarTag } from './scalars.ts';
import { isScalarTag, tagProblem } from './tags.ts';

/** Types that the value alone does not tell: a date is text, `<<` and `=` mean something as keys only. */
export type Special = 'timestamp' | 'merge' | 'value' | 'none';

/** What an anchor names. */
export interface Anchor {
  readonly start: number;
  /** False while its own collection is being read. */
  readonly isComplete: boolean;
  readonly isCollection: boolean;
  readonly value: YamlValue;
  readonly special: Special;
}

/** A key as a mapping holds it: a string stands for itself; undefined when it was refused. */
export type AnyKey = string | Key | typeof MERGE | undefined;
export const MERGE = Symbol('<<');

/** Scalars, aliases and keys of one document; what PyYAML refuses becomes a finding and a null. */
export class ScalarComposer {
  /** Where the composer is, for findings: the first `depth` steps. */
  protected readonly path: (string | number)[] = [];
  protected depth = 0;
  protected readonly findings: Findings;
  private readonly anchors = new Map<string, Anchor>();
  private special: Special = 'none';

  constructor(findings: Findings) {
    this.findings = findings;
  }

  /** A scalar where a value stands. */
  protected scalarValue(event: Event): YamlValue {
    const value = this.scalar(event);
    return this.special === 'none' ? value : this.specialValue(event, value, this.special);
  }

  /** What an alias stands for where a value stands. */
  protected aliasValue(event: Event): YamlValue {
    const anchor = this.anchorOf(event);
    return anchor === undefined ? null : this.specialValue(event, anchor.value, anchor.special);
  }

  protected scalarKey(event: Event): AnyKey {
    const value = this.scalar(event);
    return this.toKey(event, value, this.special);
  }

  protected aliasKey(event: Event): AnyKey {
    const anchor = this.anchorOf(event);
    if (anchor?.isCollection === true) this.refuseComplexKey(event);
    return anchor === undefined || anchor.isCollection ? undefined : this.toKey(event, anchor.value, anchor.special);
  }

  private toKey(event: Event, value: YamlValue, special: Special): AnyKey {
    if (special === 'merge') return MERGE;
    if (special === 'timestamp') this.warnOfDate(event);
    if (value === '__proto__') return this.refuseProto(event);
    if (typeof value === 'string') return special === 'timestamp' ? typedKey(value, 'date', value) : value;
    return typedKey(pythonText(value), keyType(value), value);
  }

  private specialValue(event: Event, value: YamlValue, special: Special): YamlValue {
    if (special === 'timestamp') this.warnOfDate(event);
    if (special !== 'merge' && special !== 'value') return value;
    const sign = special === 'merge' ? '<<' : '=';
    this.refuse(event, 'yaml-bad-scalar', `${sign} alone cannot be a value`, `quote it: "${sign}"`);
    return null;
  }

  /** Sets `special` as well. */
  private scalar(event: Event): YamlValue {
    this.special = 'none';
    const value = this.typed(event);
    if (event.anchor !== undefined) {
      this.setAnchor(event, { isComplete: true, isCollection: false, value, special: this.special });
    }
    return value;
  }

  private typed(event: Event): YamlValue {
    if (event.isPlain) return this.implicit(event);
    if (event.tag === undefined) return event.text;
    if (isScalarTag(event.tag)) return this.constructed(event, event.tag);
    this.refuseTag(event, event.tag, 'scalar');
    return null;
  }

  private implicit(event: Event): YamlValue {
    const value = plainValue(event.text);
    return value === undefined ? this.constructed(event, implicitTag(event.text)) : value;
  }

  private constructed(event: Event, tag: ScalarTag): YamlValue {
    if (tag === 'merge' || tag === 'value' || tag === 'timestamp') this.special = tag;
    if (tag === 'merge' || tag === 'value') return event.text;
    const value = taggedValue(tag, event.text);
    if (value !== undefined) return value;
    this.special = 'none';
    this.refuse(event, 'yaml-bad-scalar', `this ${SCALAR_PROBLEM[tag]}`, 'quote it to keep the text');
    return null;
  }

  protected checkCollectionTag(event: Event, kind: 'seq' | 'map'): void {
    if (event.tag !== undefined && event.tag !== kind) this.refuseTag(event, event.tag, kind);
  }

  private anchorOf(event: Event): Anchor | undefined {
    const anchor = this.anchors.get(event.text);
    if (anchor === undefined) {
      const message = 'this alias names nothing: no value above is marked with its name';
      this.refuse(event, 'yaml-unknown-alias', message, 'mark the value, or quote this one if * belongs to it');
      return undefined;
    }
    if (anchor.isComplete) return anchor;
    this.refuse(event, 'yaml-recursive-alias', 'this alias stands inside the value that it names');
    return undefined;
  }

  /** Does nothing for a node without an anchor. */
  protected setAnchor(event: Event, anchor: Omit<Anchor, 'start'>): void {
    const name = event.anchor;
    if (name === undefined) return;
    const earlier = this.anchors.get(name);
    if (earlier !== undefined && earlier.start !== event.properties) {
      this.findings.add({
        code: 'yaml-duplicate-anchor',
        message: 'this anchor is set twice, which PaaSTA cannot read',
        start: event.properties,
        path: this.here(),
        hint: 'give it another name, or quote the value if & belongs to it',
        earlier: { start: earlier.start, message: 'first one' },
      });
    }
    this.anchors.set(name, { ...anchor, start: event.properties });
  }

  protected here(): Path {
    return this.path.slice(0, this.depth);
  }

  protected refuse(event: Event, code: string, message: string, hint?: string): void {
    const place = { start: event.start, end: event.end, path: this.here() };
    this.findings.add({ code, message, ...place, ...(hint === undefined ? {} : { hint }) });
  }

  private refuseTag(event: Event, name: string, kind: 'scalar' | 'seq' | 'map'): void {
    const { message, hint } = tagProblem(name, kind);
    const place = { start: event.properties, path: this.here() };
    this.findings.add({ code: 'yaml-tag', message, hint, ...place });
  }

  protected refuseComplexKey(event: Event): void {
    this.refuse(event, 'yaml-complex-key', 'a list or a mapping cannot be a key', 'quote the key if it is text');
  }

  private refuseProto(event: Event): undefined {
    this.refuse(event, 'unsafe-key', '"__proto__" cannot be a key', 'rename it');
  }

  private warnOfDate(event: Event): void {
    this.findings.add({
      severity: 'warning',
      code: 'yaml-date',
      message: 'this is a date to YAML and becomes text in the form of Python',
      start: event.start,
      end: event.end,
      path: this.here(),
      hint: 'quote it to keep the text as written',
    });
  }
}

const SCALAR_PROBLEM: Readonly<Record<Exclude<ScalarTag, 'merge' | 'value'>, string>> = {
  str: 'is not a string',
  null: 'is not null',
  int: 'is not a number that PaaSTA can read',
  float: 'is not a number that PaaSTA can read',
  bool: 'is not a boolean',
  timestamp: 'is not a date that exists',
};

function keyType(value: YamlValue): 'int' | 'float' | 'bool' | 'null' {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  return isInteger(value) ? 'int' : 'float';
}
