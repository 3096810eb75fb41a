import { tooManyBytes, type Budget } from './budget.ts';
import { decodeUtf8, findBadCharacter, type BadCharacter } from './decode.ts';
import { Findings, type FileIdentity } from './findings.ts';

/** A text with nothing found in it yet, or the findings that say why there is none. */
export interface TextOfFile {
  readonly text: string;
  readonly findings: Findings;
  readonly hasByteOrderMark: boolean;
}

/** Decodes a file. A byte order mark at its beginning is left out of the text. */
export function readText(input: Uint8Array | string, budget: Budget, identity: FileIdentity): TextOfFile {
  const size = typeof input === 'string' ? Buffer.byteLength(input, 'utf8') : input.length;
  if (size > budget.bytes) {
    const findings = new Findings(identity, '');
    findings.add({ code: 'yaml-budget', message: tooManyBytes(budget), start: 0, hint: 'split the file' });
    return { text: '', findings, hasByteOrderMark: false };
  }
  if (typeof input === 'string') return withoutMark(input, identity);
  const decoded = decodeUtf8(input);
  if (decoded.kind === 'text') return withoutMark(decoded.text, identity);
  const result = withoutMark(decoded.before, identity);
  const { text, findings } = result;
  const byte = decoded.byte.toString(16).padStart(2, '0');
  const message = `the byte 0x${byte} here is not UTF-8`;
  findings.add({ code: 'not-utf8', message, start: text.length, hint: 'save the file as UTF-8' });
  return result;
}

function withoutMark(text: string, identity: FileIdentity): TextOfFile {
  const hasByteOrderMark = text.startsWith('\ufeff');
  const rest = hasByteOrderMark ? text.slice(1) : text;
  return { text: rest, findings: new Findings(identity, rest), hasByteOrderMark };
}

/** Reports the first character that YAML files may not hold. */
export function refuseBadCharacter({ text, findings }: TextOfFile): void {
  const bad = findBadCharacter(text);
  if (bad === undefined) return;
  const name = `U+${bad.code.toString(16).toUpperCase().padStart(4, '0')}`;
  findings.add({ code: 'yaml-character', start: bad.offset, ...BAD[bad.kind](name) });
}

const BAD: Readonly<Record<BadCharacter['kind'], (name: string) => { message: string; hint: string }>> = {
  control: (name) => ({
    message: `the control character ${name} stands here, which YAML does not allow`,
    hint: 'remove it, or write it as an escape in double quotes',
  }),
  'line-separator': (name) => ({
    message: `the invisible character ${name} ends a line in YAML 1.1 only`,
    hint: 'remove it, or write it as an escape in double quotes',
  }),
  'byte-order-mark': (name) => ({
    message: `the invisible character ${name} stands inside the file`,
    hint: 'remove it: a byte order mark may only begin a file',
  }),
};
