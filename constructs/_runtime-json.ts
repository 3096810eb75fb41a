import { compareText } from '../compiler/diagnostics/diagnostic.ts';

/** What only the running program knows, written as ERB that it, or its container's command, evaluates. */
export type RuntimeValue =
  | { readonly kind: 'pod-ip' }
  | { readonly kind: 'pod-name' }
  /** A number that is the same for a node each time, and differs between nodes. */
  | { readonly kind: 'node-seed' }
  /** Contents of a file under `/nail/etc`, without white space around them. */
  | { readonly kind: 'node-file'; readonly path: string };

/** Text with pieces that are filled in at run time; every other piece is data, whatever it contains. */
export class RuntimeText {
  readonly pieces: readonly (string | RuntimeValue)[];
  constructor(...pieces: readonly (string | RuntimeValue)[]) {
    this.pieces = pieces;
  }
}

/** JSON whose texts and keys may hold run-time values. A map with such keys is a list of entries. */
export type RuntimeJson =
  | null
  | boolean
  | number
  | string
  | RuntimeText
  | RuntimeEntries
  | readonly RuntimeJson[]
  | { readonly [key: string]: RuntimeJson };

/** A map as entries, for keys that hold run-time values. */
export class RuntimeEntries {
  readonly entries: readonly (readonly [string | RuntimeText, RuntimeJson])[];
  constructor(entries: readonly (readonly [string | RuntimeText, RuntimeJson])[]) {
    this.entries = entries;
  }
}

/**
 * The value as JSON: two spaces, keys sorted by their text as written, a final newline.
 *
 * It is read by Ruby's YAML parser after ERB, so every `<` that is not ours is `\u003c` (text that was split over several
 * values can join to no tag either), and whatever YAML would fold or refuse inside quotes is escaped too.
 */
export function runtimeJson(value: RuntimeJson): string {
  return `${write(value, '\n')}\n`;
}

/** A run-time value as ERB. Single quotes only, so that the text around it stays JSON. */
export function erb(value: RuntimeValue): string {
  switch (value.kind) {
    case 'pod-ip':
      return "<%= ENV.fetch('PAASTA_POD_IP') %>";
    case 'pod-name':
      return "<%= ENV.fetch('POD_NAME') %>";
    case 'node-seed':
      return "<%= ENV.fetch('PAASTA_HOST').sum %>";
    case 'node-file':
      return `<%= File.read('${safePath(value.path)}').strip %>`;
  }
}

function write(value: RuntimeJson, pad: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return decimal(value);
  if (typeof value === 'string' || value instanceof RuntimeText) return quote(value);
  if (value instanceof RuntimeEntries) return writeEntries(value.entries, pad);
  if (isList(value)) return writeList(value, pad);
  return writeEntries(Object.entries(value), pad);
}

function writeList(items: readonly RuntimeJson[], pad: string): string {
  if (items.length === 0) return '[]';
  const inner = `${pad}  `;
  return `[${items.map((item) => inner + write(item, inner)).join(',')}${pad}]`;
}

function writeEntries(entries: readonly (readonly [string | RuntimeText, RuntimeJson])[], pad: string): string {
  if (entries.length === 0) return '{}';
  const inner = `${pad}  `;
  const written = entries.map(([key, item]) => [quote(key), write(item, inner)] as const);
  written.sort(([a], [b]) => compareText(a, b));
  return `{${written.map(([key, item]) => `${inner}${key}: ${item}`).join(',')}${pad}}`;
}

function quote(text: string | RuntimeText): string {
  if (typeof text === 'string') return `"${escape(text)}"`;
  return `"${text.pieces.map((piece) => (typeof piece === 'string' ? escape(piece) : erb(piece))).join('')}"`;
}

/** Without an exponent: Ruby's YAML parser takes `1e-7` for text. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

/** What JSON escapes anyway, `<`, and every character that libyaml does not read as itself between double quotes. */
const SPECIAL = /[<"\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/gu;
const SHORT: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(text: string): string {
  return text.replace(SPECIAL, (found) => SHORT[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The path stands between single quotes in Ruby code. The loader has checked it; here it must not be anything else. */
function safePath(path: string): string {
  if (!/^\/nail\/etc\/[A-Za-z0-9._-]+$/.test(path)) throw new Error(`not a file in /nail/etc: ${JSON.stringify(path)}`);
  return path;
}

function isList(value: RuntimeJson): value is readonly RuntimeJson[] {
  return Array.isArray(value);
}
