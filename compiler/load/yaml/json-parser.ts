import type { YamlValue } from '../../model/yaml-value.ts';
import { tooDeep, tooManyNodes, type Budget } from './budget.ts';
import { floatValue, integerValue, MAX_DIGITS } from './numbers.ts';
import { YamlSyntaxError } from './cursor.ts';
import type { Findings } from './findings.ts';
import type { PlaceRecorder } from './places.ts';

/**
 * Reads JSON as Python's `json` module does: integers of any size, floats that stay floats, `NaN` and `Infinity`, the last
 * of duplicate keys. Throws `YamlSyntaxError` where Python fails or the budget ends; a recorder learns where all stands.
 */
export function readJson(text: string, budget: Budget, findings: Findings, recorder?: PlaceRecorder): YamlValue {
  return new JsonReader(text, budget, findings, recorder).document();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const WORD = /-?[A-Za-z]+/y;
/** A backslash, or a control character that no string may hold. */
const NEEDS_READING = /[\\\x00-\x1f]/;
const WORDS: ReadonlyMap<string, YamlValue> = new Map<string, YamlValue>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', floatValue(NaN)],
  ['Infinity', floatValue(Infinity)],
  ['-Infinity', floatValue(-Infinity)],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class JsonReader {
  private readonly text: string;
  private readonly budget: Budget;
  private readonly findings: Findings;
  private readonly recorder: PlaceRecorder | undefined;
  private readonly path: (string | number)[] = [];
  private at = 0;
  private nodes = 0;

  constructor(text: string, budget: Budget, findings: Findings, recorder: PlaceRecorder | undefined) {
    this.text = text;
    this.budget = budget;
    this.findings = findings;
    this.recorder = recorder;
  }

  document(): YamlValue {
    this.skipSpace();
    if (this.at === this.text.length) throw this.error('the file is empty', 0, 'write at least {}');
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) throw this.error('nothing may follow the value of the file');
    return value;
  }

  private value(): YamlValue {
    if (++this.nodes > this.budget.nodes) throw this.excess(tooManyNodes(this.budget));
    const start = this.at;
    const first = this.text[start];
    if (first === '{') return this.object(start);
    if (first === '[') return this.array(start);
    const value = first === '"' ? this.string() : this.literal(start);
    this.recorder?.scalar({ start, end: this.at });
    return value;
  }

  private object(start: number): YamlValue {
    const map: Record<string, YamlValue> = {};
    const depth = this.open('map', start);
    for (let more = !this.takes('}'); more; more = this.continues(start, '}')) {
      const keyStart = this.at;
      if (this.text[keyStart] !== '"') throw this.error('a key in double quotes is expected here');
      const key = this.string();
      this.path[depth] = key;
      this.recorder?.setKey(key, { start: keyStart, end: this.at });
      this.checkKey(map, key, keyStart);
      this.skipSpace();
      if (!this.takes(':')) throw this.error('a ":" is expected behind the key');
      this.skipSpace();
      map[key] = this.value();
    }
    this.close(depth);
    return map;
  }

  private array(start: number): YamlValue {
    const items: YamlValue[] = [];
    const depth = this.open('seq', start);
    for (let more = !this.takes(']'); more; more = this.continues(start, ']')) {
      this.path[depth] = items.length;
      items.push(this.value());
    }
    this.close(depth);
    return items;
  }

  private open(kind: 'seq' | 'map', start: number): number {
    this.at++;
    this.recorder?.open(kind, { start, end: start });
    if (this.path.length >= this.budget.depth) throw this.excess(tooDeep(this.budget));
    this.skipSpace();
    return this.path.push('') - 1;
  }

  private close(depth: number): void {
    this.path.length = depth;
    this.recorder?.close(this.at);
  }

  /** Takes a comma, or the bracket that ends the collection. */
  private continues(opened: number, bracket: string): boolean {
    this.skipSpace();
    if (this.takes(bracket)) return false;
    if (this.at >= this.text.length) throw this.error(`the bracket is never closed with ${bracket}`, opened);
    const comma = this.at;
    if (!this.takes(',')) throw this.error(`a comma or ${bracket} is expected here`, this.at, undefined, opened);
    this.skipSpace();
    if (this.text[this.at] === bracket) throw this.error(`no comma may stand before ${bracket}`, comma, 'remove it');
    return true;
  }

  private takes(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  private checkKey(map: Readonly<Record<string, YamlValue>>, key: string, start: number): void {
    const isUnsafe = key === '__proto__';
    if (!isUnsafe && !Object.hasOwn(map, key)) return;
    const place = { start, end: this.at, path: [...this.path] };
    if (isUnsafe) {
      this.findings.add({ code: 'unsafe-key', message: '"__proto__" cannot be a key', hint: 'rename it', ...place });
    } else {
      const message = 'this key is set twice in one object: the last value counts';
      this.findings.add({
        severity: 'policy',
        code: 'duplicate-key',
        message,
        hint: 'remove one of the two',
        ...place,
      });
    }
  }

  private string(): string {
    const start = this.at + 1;
    const end = this.text.indexOf('"', start);
    const whole = end === -1 ? '' : this.text.slice(start, end);
    if (end === -1 || NEEDS_READING.test(whole)) return this.stringInPieces();
    this.at = end + 1;
    return whole;
  }

  /** A string with escapes or mistakes; what stands between them is taken in pieces. */
  private stringInPieces(): string {
    const opened = this.at++;
    let value = '';
    let from = this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) {
        value += this.text.slice(from, this.at++);
        return value;
      }
      if (code === 0x5c) {
        value += this.text.slice(from, this.at) + this.escape();
        from = this.at;
      } else if (code >= 0x20) this.at++;
      else if (this.at >= this.text.length) throw this.error('the quote " is never closed', opened, 'close it with "');
      else throw this.error('a string may not hold a line break or another control character', this.at, 'write \\n');
    }
  }

  private escape(): string {
    const start = this.at++;
    const name = this.text[this.at++] ?? '';
    const simple = ESCAPES.get(name);
    if (simple !== undefined) return simple;
    const digits = this.text.slice(this.at, this.at + 4);
    if (name !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) {
      throw this.error('this is no escape sequence', start, 'write \\\\ for a backslash');
    }
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private literal(start: number): YamlValue {
    const word = this.match(WORD);
    const value = word === undefined ? undefined : WORDS.get(word[0]);
    if (value !== undefined) return value;
    this.at = start;
    const number = word === undefined ? this.match(NUMBER) : undefined;
    if (number === undefined) throw this.error('a value is expected here', start, 'text stands in double quotes');
    const [digits, fraction, exponent] = number;
    if (fraction !== undefined || exponent !== undefined) return floatValue(Number(digits));
    if (digits.length > MAX_DIGITS) throw this.error('the number is too long for PaaSTA to read', start);
    return digits.length < 16 ? Number(digits) + 0 : integerValue(BigInt(digits));
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text) ?? undefined;
    if (match !== undefined) this.at = pattern.lastIndex;
    return match;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private error(message: string, start = this.at, hint?: string, opened?: number): YamlSyntaxError {
    return new YamlSyntaxError(message, { start, code: 'json-syntax', ...(opened !== undefined && { opened }) }, hint);
  }

  private excess(message: string): YamlSyntaxError {
    return new YamlSyntaxError(message, { start: this.at, code: 'yaml-budget' });
  }
}
