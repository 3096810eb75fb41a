import { isMap, type YamlMap, type YamlValue } from '../../model/yaml-value.ts';
import { MERGE, ScalarComposer, type AnyKey } from './compose-scalars.ts';
import { EVENT, type Event } from './events.ts';
import type { Findings } from './findings.ts';
import { keyOf, putEntry, type Key, type MutableMap, type TypedKeys } from './mapping-keys.ts';
import { MERGE_STEP, type PlaceRecorder } from './places.ts';

export interface Composed {
  readonly value: YamlValue;
  readonly typedKeys: TypedKeys;
}

/**
 * Makes the value of one document from its events, as PyYAML's safe loader does; what PyYAML refuses becomes a finding
 * and a null. A recorder learns where everything stands. Nesting is bounded by the parser.
 */
export function compose(events: readonly Event[], findings: Findings, recorder?: PlaceRecorder): Composed {
  const composer = new Composer(events, findings, recorder);
  return { value: composer.node(), typedKeys: composer.typedKeys };
}

class Composer extends ScalarComposer {
  readonly typedKeys: TypedKeys = new Map();
  private readonly events: readonly Event[];
  private readonly recorder: PlaceRecorder | undefined;
  private index = 0;

  constructor(events: readonly Event[], findings: Findings, recorder: PlaceRecorder | undefined) {
    super(findings);
    this.events = events;
    this.recorder = recorder;
  }

  /** An empty list of events makes null. */
  node(): YamlValue {
    const event = this.events[this.index++];
    switch (event?.kind) {
      case EVENT.scalar:
        this.recorder?.scalar(event, event.anchor);
        return this.scalarValue(event);
      case EVENT.mapping:
        return this.mapping(event);
      case EVENT.sequence:
        return this.sequence(event);
      case EVENT.alias:
        this.recorder?.alias(event, event.text);
        return this.aliasValue(event);
      default:
        return null;
    }
  }

  private sequence(event: Event): YamlValue {
    const items: YamlValue[] = [];
    this.open(event, 'seq');
    const depth = this.depth++;
    while (this.events[this.index]!.kind !== EVENT.pop) {
      this.path[depth] = items.length;
      items.push(this.node());
    }
    this.depth = depth;
    this.close(event, items);
    return items;
  }

  private mapping(event: Event): YamlValue {
    const own: MutableMap = {};
    let sources: readonly YamlMap[] | undefined;
    this.open(event, 'map');
    const { depth } = this;
    const first = this.index;
    for (let keyEvent = this.events[first]!; keyEvent.kind !== EVENT.pop; keyEvent = this.events[this.index]!) {
      this.depth = depth;
      const key = this.key(keyEvent);
      const text = typeof key === 'string' ? key : key === MERGE ? MERGE_STEP : (key?.text ?? '');
      this.recorder?.setKey(text, keyEvent, key === MERGE);
      this.path[depth] = text;
      this.depth = depth + 1;
      if (key === MERGE) {
        if (sources !== undefined) this.refuseSecondMerge(keyEvent, first);
        sources = this.mergeSources(keyEvent);
        continue;
      }
      const value = this.node();
      if (typeof key === 'string' && (own[key] === undefined || !Object.hasOwn(own, key))) own[key] = value;
      else if (key !== undefined) this.put(own, key, value, keyEvent, first);
    }
    const map = sources === undefined ? own : this.merged(sources, own);
    this.depth = depth;
    this.close(event, map);
    return map;
  }

  private open(event: Event, kind: 'seq' | 'map'): void {
    this.recorder?.open(kind, event, event.anchor);
    this.checkCollectionTag(event, kind);
    this.setAnchor(event, { isComplete: false, isCollection: true, value: null, special: 'none' });
  }

  private close(event: Event, value: YamlValue): void {
    const { end } = this.events[this.index++]!;
    this.recorder?.close(end);
    this.setAnchor(event, { isComplete: true, isCollection: true, value, special: 'none' });
  }

  private key(event: Event): AnyKey {
    if (event.kind === EVENT.scalar) {
      this.index++;
      return this.scalarKey(event);
    }
    if (event.kind === EVENT.alias) {
      this.index++;
      return this.aliasKey(event);
    }
    this.refuseComplexKey(event);
    this.node();
    return undefined;
  }

  /** An entry whose key is no string, or is there already. */
  private put(own: MutableMap, key: string | Key, value: YamlValue, keyEvent: Event, first: number): void {
    const typed = typeof key === 'string' ? keyAsString(key) : key;
    const outcome = putEntry(own, this.typedKeys, typed, value);
    if (outcome === 'new' || this.findings.isFull) return;
    const earlier = this.firstPlaceOf(typed.text, first, keyEvent);
    const place = { start: keyEvent.start, end: keyEvent.end, path: this.here() };
    if (outcome === 'replaced') {
      this.findings.add({
        severity: 'policy',
        code: 'duplicate-key',
        message: 'this key is set twice in one mapping: the last value counts',
        hint: 'remove one of the two',
        ...place,
        ...(earlier === undefined ? {} : { earlier: { start: earlier, message: 'first one' } }),
      });
    } else {
      const message = 'this key has the text of another one in its mapping, and one of them is no string';
      this.findings.add({ code: 'yaml-key-collision', message, hint: 'remove one of the two', ...place });
    }
  }

  /** Offset of the key with a text, before another key, in the mapping whose first key is event `first`. */
  private firstPlaceOf(text: string, first: number, before: Event): number | undefined {
    for (let index = first; this.events[index] !== before; index = this.afterNode(this.afterNode(index))) {
      const event = this.events[index]!;
      if (event.kind === EVENT.scalar && event.text === text) return event.start;
    }
    return undefined;
  }

  /** Index of the event behind a node. */
  private afterNode(start: number): number {
    let depth = 0;
    let index = start;
    do {
      const { kind } = this.events[index++]!;
      if (kind === EVENT.mapping || kind === EVENT.sequence) depth++;
      else if (kind === EVENT.pop) depth--;
    } while (depth > 0);
    return index;
  }

  /** The mappings behind `<<`, the strongest first. */
  private mergeSources(keyEvent: Event): readonly YamlMap[] {
    const hadErrors = this.findings.hasErrors;
    const value = this.node();
    const sources: readonly YamlValue[] = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
    const maps = sources.filter(isMap);
    if (maps.length < sources.length && (hadErrors || !this.findings.hasErrors)) {
      const hint = 'write <<: *name, or <<: [*one, *two] with the strongest first';
      this.refuse(keyEvent, 'yaml-bad-merge', '<< needs a mapping or a list of mappings', hint);
    }
    return maps;
  }

  private refuseSecondMerge(keyEvent: Event, first: number): void {
    const earlier = this.firstPlaceOf('<<', first, keyEvent);
    this.findings.add({
      code: 'yaml-two-merges',
      message: 'two << in one mapping: YAML readers disagree on which one wins',
      start: keyEvent.start,
      end: keyEvent.end,
      path: this.here(),
      hint: 'write one list with the strongest first: <<: [*one, *two]',
      ...(earlier === undefined ? {} : { earlier: { start: earlier, message: 'first <<' } }),
    });
  }

  /** PyYAML's order: entries of the last source first, then those of earlier ones, then the mapping's own. */
  private merged(sources: readonly YamlMap[], own: YamlMap): YamlMap {
    const result: MutableMap = {};
    for (const source of [...sources.toReversed(), own]) {
      for (const [text, value] of Object.entries(source)) {
        if (this.typedKeys.size === 0) result[text] = value;
        else putEntry(result, this.typedKeys, keyOf(source, this.typedKeys, text), value);
      }
    }
    return result;
  }
}

function keyAsString(text: string): Key {
  return { text, type: 'str', identity: '' };
}
