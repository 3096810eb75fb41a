import type { YamlValue } from '../../model/yaml-value.ts';
import { DEFAULT_BUDGET, type Budget } from './budget.ts';
import { YamlSyntaxError } from './cursor.ts';
import { createDocument } from './document.ts';
import { Findings, type FileIdentity } from './findings.ts';
import { readJson } from './json-parser.ts';
import { NO_TYPED_KEYS } from './mapping-keys.ts';
import type { ParseOptions, ParseResult } from './parse-result.ts';
import { PlaceRecorder } from './places.ts';
import { readJsonQuickly } from './quick-json.ts';
import { readText } from './read-text.ts';

/**
 * Reads one JSON file as Python's `json` module does. Never throws; time and memory are bounded by the budget. No message
 * holds a value of the file, since secrets are JSON.
 */
export function parseJson(input: Uint8Array | string, options: ParseOptions): ParseResult {
  const budget: Budget = { ...DEFAULT_BUDGET, ...options.budget };
  const identity: FileIdentity = { root: options.root, file: options.file };
  const { text, findings, hasByteOrderMark } = readText(input, budget, identity);
  const { diagnostics } = findings;
  if (hasByteOrderMark) findings.add(BYTE_ORDER_MARK);
  const isDefault = options.budget === undefined;
  const value = findings.hasErrors ? undefined : valueOf(text, budget, findings, isDefault);
  if (value === undefined || findings.hasErrors) return { document: undefined, diagnostics };
  const record = () => recordPlaces(text, budget, identity);
  const parts = { identity, text, value, typedKeys: NO_TYPED_KEYS, hasComments: false, record };
  return { document: createDocument(parts), diagnostics };
}

const BYTE_ORDER_MARK = {
  code: 'json-syntax',
  message: 'the file begins with a byte order mark, which PaaSTA cannot read in JSON',
  start: 0,
  hint: 'save the file as UTF-8 without it',
};

/** Undefined when a finding says why there is none. */
function valueOf(text: string, budget: Budget, findings: Findings, isDefault: boolean): YamlValue | undefined {
  const quick = isDefault ? readJsonQuickly(text) : undefined;
  if (quick !== undefined) return quick;
  try {
    return readJson(text, budget, findings);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    findings.addSyntaxError(error);
    return undefined;
  }
}

/** Reads a text again that could be read before. */
function recordPlaces(text: string, budget: Budget, identity: FileIdentity): PlaceRecorder {
  const recorder = new PlaceRecorder();
  readJson(text, budget, new Findings(identity, text), recorder);
  return recorder;
}
