import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson, parseYaml } from '../compiler/load/yaml/index.ts';

const FILE = { root: 'soa', file: 'web/kubernetes-prod.yaml' } as const;

/** Code, place, message and hint of the one error of a text. */
function errorOf(text: string | Uint8Array): string {
  const { document, diagnostics } = parseYaml(text, FILE);
  assert.is(document, undefined);
  assert.is(diagnostics.length, 1);
  const [{ severity, code, line, column, message, hint }] = diagnostics as [(typeof diagnostics)[number]];
  assert.is(severity, 'error');
  return `${line}:${column} ${code}: ${message} (${hint ?? ''})`;
}

const SYNTAX: readonly (readonly [name: string, text: string, expected: string])[] = [
  ['tab indentation', 'a:\n\tb: 1\n', '2:1 yaml-syntax: a tab is used as indentation (indent with spaces)'],
  ['a tab before a key', 'a: 1\n\tb: 2\n', '2:1 yaml-syntax: a tab is used as indentation (indent with spaces)'],
  ['a tab in a block scalar', 'a: |\n\tb\n', '2:1 yaml-syntax: a tab is used as indentation (indent with spaces)'],
  ['an unclosed double quote', 'a: 1\nb: "x\nc: 2\n', '2:4 yaml-syntax: the quote " is never closed (close it with ")'],
  ['an unclosed single quote', "b: 'x\nc: 2\n", "1:4 yaml-syntax: the quote ' is never closed (close it with ')"],
  [
    'a colon in a plain value',
    'a: b: c\n',
    '1:5 yaml-syntax: a ": " stands inside a value (quote the value if ": " belongs to it, or check the indentation)',
  ],
  [
    'an unclosed bracket',
    'a: 1\nb: [1, 2\nc: 3\n',
    '3:2 yaml-syntax: a comma or ] is expected here (a comma stands between two values)',
  ],
  ['a bracket open to the end', 'a: [1,\n  2\n', '1:4 yaml-syntax: the bracket is never closed with ] (write ])'],
  ['an unclosed brace', 'a: {b: 1\n', '1:4 yaml-syntax: the bracket is never closed with } (write })'],
  [
    'a line without a colon',
    'a: 1\nb\nc: 2\n',
    '2:1 yaml-syntax: a key is expected here, and no ":" follows on its line (write ": " behind a key; text that goes on over several lines must be indented deeper than its key)',
  ],
  [
    'a key too deep',
    'a: 1\n  b: 2\n',
    '2:4 yaml-syntax: a ": " stands inside a value (quote the value if ": " belongs to it, or check the indentation)',
  ],
  [
    'a key too shallow',
    'a:\n    b: 1\n  c: 2\n',
    '3:3 yaml-syntax: a key is expected here (check the indentation of this line)',
  ],
  [
    'a list item among keys',
    'a: 1\n- b\n',
    '2:1 yaml-syntax: a key is expected here (check the indentation of this line)',
  ],
  [
    'a list behind its key',
    'a: - b\n',
    '1:4 yaml-syntax: a list item "- " cannot begin here (put the list on the line below its key, or quote the value if "-" belongs to it)',
  ],
  ['a reserved sign', 'a: @b\n', '1:4 yaml-syntax: a value cannot begin with @ (quote the value)'],
  ['a template placeholder', 'a: %b\n', '1:4 yaml-syntax: a value cannot begin with % (quote the value)'],
  ['text behind a quote', 'a: "b" c\n', '1:8 yaml-syntax: a key is expected here (check the indentation of this line)'],
  [
    'a bad escape',
    'a: "\\d"\n',
    '1:5 yaml-syntax: \\d is no escape sequence (write \\\\ for a backslash, or use single quotes)',
  ],
  [
    'a short escape',
    'a: "\\u12"\n',
    '1:5 yaml-syntax: \\u needs 4 hexadecimal digits (write \\\\ for a backslash, or use single quotes)',
  ],
  [
    'half a character',
    'a: "\\ud83d\\ude00"\n',
    '1:5 yaml-syntax: \\ud83d is no character (write \\U and eight digits, or the character itself)',
  ],
  [
    'text behind a block sign',
    'a: | b\n',
    '1:6 yaml-syntax: text stands behind | on the same line (begin the text on the next line, or quote it if | belongs to it)',
  ],
  [
    'a name that is none',
    'a: *b.c\n',
    '1:4 yaml-syntax: * needs a name (a name has letters, digits, _ and - only; quote the value if * belongs to it)',
  ],
  [
    'an asterisk alone',
    'a: *\n',
    '1:4 yaml-syntax: * needs a name (a name has letters, digits, _ and - only; quote the value if * belongs to it)',
  ],
  [
    'two commas',
    'a: [1,,2]\n',
    '1:7 yaml-syntax: a value is expected here (remove the comma, or write the missing value)',
  ],
  [
    'a second document',
    'a: 1\n---\nb: 2\n',
    '2:1 yaml-documents: a second document begins here, and a file holds one (remove the line "---")',
  ],
  [
    'an unknown directive',
    '%FOO\n---\na: 1\n',
    '1:1 yaml-syntax: % begins no directive that PaaSTA can read (remove the line, or quote the value if % belongs to it)',
  ],
  [
    'an undeclared handle',
    'a: !e!x 1\n',
    '1:4 yaml-syntax: no %TAG line declares the handle of this tag (remove the tag, or quote the value if ! belongs to it)',
  ],
  [
    'an unknown tag',
    'a: !Ref x\n',
    '1:4 yaml-tag: this tag is unknown (remove the tag, or quote the value if ! belongs to it)',
  ],
  [
    'a control character',
    'a: "\u0007"\n',
    '1:5 yaml-character: the control character U+0007 stands here, which YAML does not allow (remove it, or write it as an escape in double quotes)',
  ],
  [
    'a NUL',
    'a: 1\nb\0: 2\n',
    '2:2 yaml-character: the control character U+0000 stands here, which YAML does not allow (remove it, or write it as an escape in double quotes)',
  ],
  [
    'a line separator',
    'a: x\u2028b: 1\n',
    '1:5 yaml-character: the invisible character U+2028 ends a line in YAML 1.1 only (remove it, or write it as an escape in double quotes)',
  ],
  [
    'a byte order mark inside',
    'a: 1\n\ufeffb: 2\n',
    '2:1 yaml-character: the invisible character U+FEFF stands inside the file (remove it: a byte order mark may only begin a file)',
  ],
];

for (const [name, text, expected] of SYNTAX) {
  test(`says what is wrong with ${name}`, () => {
    assert.is(errorOf(text), expected);
  });
}

test('an error inside brackets names where they were opened', () => {
  const { diagnostics } = parseYaml('a: 1\nb: [1, 2\nc: 3\n', FILE);
  assert.equal(diagnostics[0]?.related, [{ ...FILE, line: 2, column: 4, message: 'it began here' }]);
});

test('no message repeats text of the file, which may be a secret', () => {
  for (const value of [
    '*S3cr3t',
    '&S3cr3t [*S3cr3t]',
    '&S3cr3t x\nb: &S3cr3t y',
    '!S3cr3t',
    '!S3cr3t!x',
    '!!S3cr3t',
    '!<S3cr3t> x',
    '!!int S3cr3t',
    '{S3cr3t, S3cr3t}',
    '{2, "2"}',
    '1999-22-22',
    '1999-12-12',
  ]) {
    const { diagnostics } = parseYaml(`PASSWORD: ${value}\n`, FILE);
    assert.is(diagnostics.length, 1, value);
    const { message, hint, related = [] } = diagnostics[0]!;
    const words = [message, hint ?? '', ...related.map((place) => place.message)].join(' ');
    assert.not.match(words, /S3cr3t|"2"|1999/, value);
  }
  const { diagnostics } = parseJson('{"PASSWORD": {"S3cr3t": 1, "S3cr3t": 2}}', FILE);
  assert.is(diagnostics.length, 1);
  assert.not.match(diagnostics[0]!.message, /S3cr3t/);
});

test('several values that cannot be are reported together', () => {
  const { diagnostics } = parseYaml('a: =\nb: !x 1\nc: *d\n', FILE);
  assert.equal(
    diagnostics.map(({ code, line }) => `${code} ${line}`),
    ['yaml-bad-scalar 1', 'yaml-tag 2', 'yaml-unknown-alias 3'],
  );
});

test('a key of more than 1024 characters needs a question mark, as in PyYAML', () => {
  const key = 'k'.repeat(1024);
  assert.equal(parseYaml(`${key}: 1`, FILE).diagnostics, []);
  assert.is(parseYaml(`${key}k: 1`, FILE).diagnostics[0]?.code, 'yaml-syntax');
  assert.equal(parseYaml(`? ${key}k\n: 1`, FILE).document?.value, { [`${key}k`]: 1 });
  assert.equal(parseYaml(`${'😀'.repeat(1024)}: 1`, FILE).diagnostics, []);
});

const NOT_UTF8: readonly (readonly [name: string, bytes: readonly number[], place: string])[] = [
  ['Latin-1', [0x61, 0x3a, 0x20, 0xe9, 0x0a], '1:4 not-utf8: the byte 0xe9 here is not UTF-8'],
  ['a stray continuation byte', [0x61, 0x0a, 0xc3, 0xa9, 0x80, 0x0a], '2:2 not-utf8: the byte 0x80 here is not UTF-8'],
  ['an overlong form', [0xc0, 0x80], '1:1 not-utf8: the byte 0xc0 here is not UTF-8'],
  ['an encoded surrogate', [0x61, 0xed, 0xa0, 0x80], '1:2 not-utf8: the byte 0xed here is not UTF-8'],
  ['a character cut off at the end', [0x61, 0xf0, 0x9f, 0x98], '1:2 not-utf8: the byte 0xf0 here is not UTF-8'],
  ['UTF-16', [0xff, 0xfe, 0x61, 0x00], '1:1 not-utf8: the byte 0xff here is not UTF-8'],
  ['bad bytes behind a real U+FFFD', [0xef, 0xbf, 0xbd, 0xff], '1:2 not-utf8: the byte 0xff here is not UTF-8'],
];

for (const [name, bytes, expected] of NOT_UTF8) {
  test(`finds the first byte of ${name}`, () => {
    assert.is(errorOf(Uint8Array.from(bytes)), `${expected} (save the file as UTF-8)`);
  });
}

test('every character that YAML allows is accepted', () => {
  const allowed = '\t~\u00a0\ud7ff\ue000\ufffd\u{10000}\u{10ffff}';
  assert.equal(parseYaml(`"${allowed}"`, FILE).document?.value, allowed);
  for (const refused of ['\x7f', '\x80', '\x9f', '\ufffe', '\uffff', '\ud800', '\udc00']) {
    assert.is(parseYaml(`"${refused}"`, FILE).diagnostics[0]?.code, 'yaml-character');
  }
});

test.run();
