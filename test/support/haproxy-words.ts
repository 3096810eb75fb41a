/**
 * The words of a line as HAProxy's configuration language reads them: white space separates, `#` begins a comment, a
 * backslash escapes, double and single quotes group. Throws for what HAProxy refuses.
 */
export function haproxyWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!;
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word += character;
      continue;
    }
    if (character === '\\') {
      const [text, length] = escape(line.slice(index), quote);
      word = (word ?? '') + text;
      index += length - 1;
    } else if (character === '"' || (character === "'" && quote === undefined)) {
      quote = quote === undefined ? character : undefined;
      word ??= '';
    } else if (quote === undefined && character === '#') break;
    else if (quote === undefined && /[ \t\v\f]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === '$' && quote === '"') throw new Error('a variable would be expanded');
    else word = (word ?? '') + character;
  }
  if (quote !== undefined) throw new Error(`an open quote in ${line}`);
  return word === undefined ? words : [...words, word];
}

const ESCAPES: Readonly<Record<string, string>> = {
  ' ': ' ',
  '#': '#',
  '\\': '\\',
  '"': '"',
  "'": "'",
  n: '\n',
  r: '\r',
  t: '\t',
};

function escape(text: string, quote: '"' | undefined): readonly [string, number] {
  const next = text[1] ?? '';
  if (next === '$' && quote === '"') return ['$', 2];
  const hex = /^\\x([0-9a-fA-F]{2})/.exec(text);
  if (hex !== null) return [String.fromCharCode(parseInt(hex[1]!, 16)), 4];
  return Object.hasOwn(ESCAPES, next) ? [ESCAPES[next]!, 2] : ['\\', 1];
}

/** The text that a log format without expressions of its own stands for. Throws when it holds any. */
export function logFormatText(format: string): string {
  if (format === '%[str()]') return '';
  const rest = format.replaceAll('%%', '');
  if (rest.includes('%')) throw new Error(`an expression in ${format}`);
  return format.replaceAll('%%', '%');
}
