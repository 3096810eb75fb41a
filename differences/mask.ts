import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import { createNameTest, SECRET_REFERENCES } from './secret-names.ts';

/** Fields of Kubernetes that match and hold a name, never a value. */
const REFERENCE = /^(?:secret|token)(?:Name|Key|Namespace|Ref|KeyRef|StoreRef|Path)$/i;
const USERINFO = /(:\/\/)([^\s/'"@]+(?:@[^\s/'"@]+)*)@/g;
/** A name and the sign behind it: `NAME=`, `name: `, `"name": `. */
const ASSIGNMENT = /(?<![\w.-])([\w.-]*private[ \t]key[\w.-]*|[\w.-]+)\\?["']?[ \t]*[:=][ \t]*/gi;
/** A flag with a value behind it, also in the next line of a shell. */
const FLAG = /(?<![\w.-])(--?\w[\w.-]*)\\?["']?(?:[ \t]|\\\n)+(?=[^\s-])(?!\\\n)/g;
const HIDDEN = String.raw`<hidden #\d+>`;
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'`;
/** In quotes within a text within quotes. */
const ESCAPED = String.raw`\\["'].*?\\["']`;
/** In quotes, up to what ends it behind `=`, up to the end of the line behind `:`. */
const ASSIGNED = new RegExp(
  String.raw`${HIDDEN}|${QUOTED}|(?<==[ \t]*)(?:${ESCAPED}|[^\s"',;&)}\]]+)|(?<=:[ \t]*)[^\s"'{[|>][^\n,}\]]*`,
  'y',
);
const FLAGGED = new RegExp(String.raw`${HIDDEN}|${QUOTED}|${ESCAPED}|[^\s"']+`, 'y');
const HIDDEN_TEXT = new RegExp(`^${HIDDEN}$`);
/** A hidden value shorter than this is a word like others: it is not looked for in sentences. */
const SHORTEST_SOUGHT = 6;

/** Hides values that nobody should read in a report; equal values get equal numbers, so that a change shows and the value does not. */
export interface Mask {
  /** A copy of an object with `<hidden #n>` in place of secret values. */
  object(object: JsonMap): JsonMap;
  /** A copy of a file's value, where lists, maps and numbers under secret names are hidden too; maps at its top belong to instances. */
  input(value: unknown): unknown;
  /** A sentence without credentials in URLs, without what is assigned to secret names, and without values hidden before. */
  text(text: string): string;
}

/**
 * A mask for one run. Hidden are: all data of a Secret; values under names that match `password|token|secret|private.?key|credential` or
 * one of `patterns`, in ConfigMaps, environments, annotations, custom objects, flags and texts within texts; user and password of every URL.
 */
export function createMask(patterns: readonly string[] = []): Mask {
  const isSecretName = createNameTest(patterns);
  const numbers = new Map<string, number>();

  function hide(value: unknown): string {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (HIDDEN_TEXT.test(text)) return text;
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    return `<hidden #${number}>`;
  }

  function scrub(text: string): string {
    const plain = text.replace(USERINFO, (whole, slashes: string, user: string) =>
      user === 'git' ? whole : `${slashes}${hide(user)}@`,
    );
    return scrubBehind(scrubBehind(plain, ASSIGNMENT, ASSIGNED), FLAG, FLAGGED);
  }

  /** Hides the values that stand behind secret names. */
  function scrubBehind(text: string, names: RegExp, values: RegExp): string {
    let [shown, from] = ['', 0];
    for (const { 0: head, 1: name, index } of text.matchAll(names)) {
      if (index < from || !isSecretName(name!)) continue;
      const start = index + head.length;
      const value = matchAt(text, start, values);
      shown += `${text.slice(from, start)}${hideQuoted(value)}`;
      from = start + value.length;
    }
    return shown + text.slice(from);
  }

  function hideQuoted(value: string): string {
    const quote = /^["']/.exec(value)?.[0] ?? '';
    const inner = quote === '' ? value : value.slice(1, -1);
    return inner === '' ? value : `${quote}${hide(inner)}${quote}`;
  }

  function mapped(map: JsonMap, isHidden: (key: string, value: unknown) => boolean): JsonMap {
    const copy: JsonMap = {};
    for (const [key, value] of Object.entries(map)) {
      const shown = isHidden(key, value) ? hide(value) : masked(value);
      Object.defineProperty(copy, key, { value: shown, enumerable: true, writable: true, configurable: true });
    }
    return copy;
  }

  function masked(value: unknown): unknown {
    if (typeof value === 'string') return scrub(value);
    if (Array.isArray(value)) return list(value, masked);
    if (!isJsonMap(value)) return value;
    const { name } = value;
    if (typeof name === 'string' && isSecretName(name) && value['value'] != null) {
      return mapped(value, (key) => key === 'value');
    }
    return mapped(value, (key, inner) => {
      return typeof inner === 'string' && inner !== '' && isSecretName(key) && !REFERENCE.test(key);
    });
  }

  /** A flag with a secret name hides the item after it. */
  function list(items: readonly unknown[], shown: (item: unknown) => unknown): unknown[] {
    const isFlag = (item: unknown): boolean =>
      typeof item === 'string' && /^--?[\w.-]+$/.test(item) && isSecretName(item);
    return items.map((item, at) =>
      typeof item !== 'object' && at > 0 && isFlag(items[at - 1]) ? hide(item) : shown(item),
    );
  }

  function object(given: JsonMap): JsonMap {
    const data = given['kind'] === 'Secret' ? ['data', 'stringData'] : [];
    const copy = mapped(given, (key) => data.includes(key) && !isJsonMap(given[key]));
    for (const key of data) if (isJsonMap(given[key])) copy[key] = mapped(given[key], () => true);
    return copy;
  }

  function input(value: unknown, depth = 0): unknown {
    if (Array.isArray(value)) return list(value, (item) => input(item, depth + 1));
    if (!isJsonMap(value)) return masked(value);
    const { name } = value;
    const isNamed = typeof name === 'string' && isSecretName(name);
    const isHidden = (key: string, inner: unknown): boolean => {
      if (inner === null || inner === '' || (depth === 0 && isJsonMap(inner))) return false;
      return (isNamed && key === 'value') || (isSecretName(key) && !SECRET_REFERENCES.has(key));
    };
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, isHidden(key, inner) ? hide(inner) : input(inner, depth + 1)]),
    );
  }

  function text(given: string): string {
    let shown = scrub(given);
    for (const [value, number] of numbers) {
      if (value.length >= SHORTEST_SOUGHT) shown = shown.replaceAll(value, `<hidden #${number}>`);
    }
    return shown;
  }

  return { object, input: (value) => input(value), text };
}

/** What a sticky expression matches at a place of a text; empty when it does not. */
function matchAt(text: string, start: number, pattern: RegExp): string {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? '';
}
