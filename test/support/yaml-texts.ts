import fc from 'fast-check';

/** A document before it is written down; aliases count the anchors written so far. */
type Node =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'block'; readonly header: string; readonly lines: readonly string[] }
  | { readonly kind: 'alias'; readonly index: number }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly isFlow: boolean; readonly isAnchored: boolean }
  | {
      readonly kind: 'mapping';
      readonly entries: readonly (readonly [string, Node])[];
      readonly merges: readonly number[];
      readonly isFlow: boolean;
      readonly isAnchored: boolean;
    };

const PLAIN = [
  ...['a', 'b c', 'yes', 'Off', 'y', 'n', '~', 'null', 'nULL', '1', '-3', '012', '08', '0o7', '0x1F', '0b11', '1_000'],
  ...['1:30', '08:30', '1.0', '.5', '-.5', '1e3', '1.0e+3', '1.0e-5', '.inf', '.nan', '100000000000000000000'],
  ...['2024-01-02', '2001-12-14t21:59:43.10-05:00', 'x#y', 'http://a/b:c', '-x', 'é😀', '=x', '<', '10.0.0.0/8'],
];
const QUOTED = ['""', "''", '"a b"', "'it''s'", '"t\\tq\\x41\\u00e9"', '"\\U0001F600"', '"a # b"', "': '", '"yes"'];
const TAGGED = ['!!str 5', '!!str', '!!int "0b11"', '!!float 3', '!!bool "no"', '!!null x', '! 7', '! "7"'];
const KEYS = [
  'a',
  'b',
  'c',
  'd e',
  'k_1',
  'k-2',
  'é',
  '"q k"',
  "'s'",
  'yes',
  '~',
  '7',
  '1.5',
  '2024-01-02',
  '!!str t',
  '10',
  '',
];

const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PLAIN) },
  { weight: 2, arbitrary: fc.constantFrom(...QUOTED) },
  { weight: 1, arbitrary: fc.constantFrom(...TAGGED, '') },
);
const block = fc.record({
  kind: fc.constant('block' as const),
  header: fc.constantFrom('|', '>', '|-', '>-', '|+', '>+', '|2', '>1-', '| # c'),
  lines: fc.array(fc.constantFrom('t', 'u v', '  w', '', '# x', '   ', '\tq', ' z'), { minLength: 1, maxLength: 5 }),
});

const { top } = fc.letrec<{ node: Node; mapping: Node; list: Node; top: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('scalar' as const), text: scalar }) },
    { weight: 1, arbitrary: block },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('alias' as const), index: fc.nat(9) }) },
    { weight: 3, arbitrary: tie('mapping') },
    { weight: 2, arbitrary: tie('list') },
  ),
  mapping: fc.record({
    kind: fc.constant('mapping' as const),
    entries: fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('node')), { maxLength: 4 }),
    merges: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(fc.nat(9), { minLength: 1, maxLength: 3 })),
    isFlow: fc.boolean(),
    isAnchored: fc.boolean(),
  }),
  list: fc.record({
    kind: fc.constant('list' as const),
    items: fc.array(tie('node'), { maxLength: 3 }),
    isFlow: fc.boolean(),
    isAnchored: fc.boolean(),
  }),
  top: tie('mapping').map((mapping) => ({ ...mapping, isFlow: false }) as Node),
}));

/** Writes a document down; every anchor is unique, and an alias names one that stands above. */
class Writer {
  /** Names of the anchors that are complete, and of those that name mappings. */
  private readonly done: string[] = [];
  private readonly mappings: string[] = [];
  private count = 0;

  value(value: Node, indent: number): string {
    const pad = ' '.repeat(indent);
    switch (value.kind) {
      case 'scalar':
        return ` ${value.text}\n`;
      case 'alias':
        return ` ${this.alias(value.index)}\n`;
      case 'block':
        return ` ${value.header}\n${value.lines.map((line) => (line === '' ? '' : `${pad}  ${line}`)).join('\n')}\n`;
      case 'list':
      case 'mapping':
        return this.collection(value, indent);
    }
  }

  private collection(value: Extract<Node, { kind: 'list' | 'mapping' }>, indent: number): string {
    const size = value.kind === 'list' ? value.items.length : value.entries.length;
    const name = value.isAnchored ? `n${this.count++}` : undefined;
    const anchor = name === undefined ? '' : ` &${name}`;
    const body = value.isFlow || size === 0 ? ` ${this.flow(value)}\n` : `\n${this.blockBody(value, indent)}`;
    if (name !== undefined) this.done.push(name);
    if (name !== undefined && value.kind === 'mapping') this.mappings.push(name);
    return anchor + body;
  }

  private blockBody(value: Extract<Node, { kind: 'list' | 'mapping' }>, indent: number): string {
    const pad = ' '.repeat(indent);
    if (value.kind === 'list') return value.items.map((item) => `${pad}-${this.value(item, indent + 2)}`).join('');
    const entries = value.entries.map(([key, item]) => `${pad}${key}:${this.value(item, indent + 2)}`);
    const merge = this.merge(value.merges);
    if (merge !== '') entries.splice(value.merges[0]! % (entries.length + 1), 0, `${pad}${merge}\n`);
    return entries.join('');
  }

  private flow(value: Node): string {
    if (value.kind === 'scalar') return /[,[\]{}#]|^-|: /.test(value.text) ? "'x'" : value.text;
    if (value.kind === 'block') return '"block"';
    if (value.kind === 'alias') return `${this.alias(value.index)} `;
    if (value.kind === 'list') return `[${value.items.map((item) => this.flow(item) || '~').join(', ')}]`;
    const entries = value.entries.map(([key, item]) => `${key === '' ? 'e' : key}: ${this.flow(item)}`);
    const merge = this.merge(value.merges);
    return `{${(merge === '' ? entries : [merge, ...entries]).join(',\n ')}}`;
  }

  private alias(index: number): string {
    return this.done.length === 0 ? '~' : `*${this.done[index % this.done.length]!}`;
  }

  private merge(indexes: readonly number[]): string {
    if (this.mappings.length === 0 || indexes.length === 0) return '';
    const names = indexes.map((index) => `*${this.mappings[index % this.mappings.length]!}`);
    return names.length === 1 ? `<<: ${names[0]!}` : `<<: [${names.join(', ')}]`;
  }
}

/** Documents with block and flow collections, anchors, merges and scalars of every kind; most are valid YAML. */
export const yamlDocument: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', '---\n', '# c\n\n', '%YAML 1.1\n---\n'), top, fc.constantFrom('\n', '\r\n', '\r'))
  .map(([head, document, lineBreak]) => {
    const body = new Writer().value(document, 0).replace(/^ ?(?:&n0)?\n?/, '');
    return (head + body).replaceAll('\n', lineBreak);
  });

/** As `yamlDocument`, damaged in a few places. */
export const damagedDocument: fc.Arbitrary<string> = fc
  .tuple(
    yamlDocument,
    fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...' \t\n-:?,[]{}#&*!|>\'"%@`\\=<a1')), { maxLength: 3 }),
  )
  .map(([text, damages]) =>
    damages
      .reduce((damaged, [position, cut, inserted]) => {
        const at = position % (damaged.length + 1);
        return damaged.slice(0, at) + inserted + damaged.slice(at + cut);
      }, text)
      .toWellFormed(),
  );

/** Characters that mean something, in any order. */
export const indicatorSoup: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...'ab:-?,[]{}#&*!|>\'"% \n\n  \t01\\~<=.', ': ', '- ', '\n  ', '"', '<<: ', '*a ', '&a '), {
    maxLength: 14,
  })
  .map((parts) => parts.join(''));

function lettersOf(letters: string, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength });
}

/** Scalars that look like numbers, dates, booleans and null. */
export const typedScalar: fc.Arbitrary<string> = fc.oneof(
  lettersOf('0123456789', 20),
  lettersOf('01_', 8),
  lettersOf('0123456789.eE+-_', 12),
  lettersOf('0123456789:._', 10),
  lettersOf('0x1aFb_-+', 10),
  lettersOf('0123456789-: TZ.+', 24),
  lettersOf('yesnoYESNOtrufalTRUFALl~', 5),
  lettersOf('.infINaNAn+-', 5),
  fc.double().map(String),
  fc.double().map((value) => value.toExponential(3).replace('e', '.0e')),
  fc
    .tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
    .map(
      ([year, month, day]) =>
        `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
    ),
);
