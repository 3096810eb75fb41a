import { DEFAULT_BUDGET, measure, type Budget } from './budget.ts';
import { compose } from './compose.ts';
import { YamlSyntaxError } from './cursor.ts';
import { createDocument } from './document.ts';
import type { Event } from './events.ts';
import { Findings, type FileIdentity } from './findings.ts';
import { NO_TYPED_KEYS } from './mapping-keys.ts';
import { parseEvents } from './parser.ts';
import { PlaceRecorder } from './places.ts';
import type { ParseOptions, ParseResult } from './parse-result.ts';
import { recordQuickly } from './quick-places.ts';
import { readQuickly, type QuicklyRead } from './quick-reader.ts';
import { readText, refuseBadCharacter } from './read-text.ts';

/**
 * Reads one YAML file as PyYAML's safe loader does (YAML 1.1, libyaml). Never throws; time and memory are bounded by the
 * budget. An empty file has the value null.
 */
export function parseYaml(input: Uint8Array | string, options: ParseOptions): ParseResult {
  const quick = typeof input === 'string' || options.budget !== undefined ? undefined : readQuickly(input);
  return quick === undefined ? parseWholly(input, options) : quickResult(quick, options);
}

function quickResult({ text, value }: QuicklyRead, { root, file }: ParseOptions): ParseResult {
  const identity: FileIdentity = { root, file };
  const record = () => recordQuickly(text);
  const parts = { identity, text, value, typedKeys: NO_TYPED_KEYS, hasComments: true, record };
  return { document: createDocument(parts), diagnostics: NO_DIAGNOSTICS };
}

const NO_DIAGNOSTICS: ParseResult['diagnostics'] = [];

function parseWholly(input: Uint8Array | string, options: ParseOptions): ParseResult {
  const budget: Budget = { ...DEFAULT_BUDGET, ...options.budget };
  const identity: FileIdentity = { root: options.root, file: options.file };
  const source = readText(input, budget, identity);
  const { text, findings } = source;
  if (!findings.hasErrors) refuseBadCharacter(source);
  const events = findings.hasErrors ? undefined : readEvents(text, budget, findings);
  if (events === undefined) return { document: undefined, diagnostics: findings.diagnostics };
  const composed = compose(events, findings);
  const { diagnostics } = findings;
  if (findings.hasErrors) return { document: undefined, diagnostics };
  const record = () => recordPlaces(text, budget, identity);
  return { document: createDocument({ identity, text, ...composed, hasComments: true, record }), diagnostics };
}

/** Undefined when a finding says why the text has no structure. */
function readEvents(text: string, budget: Budget, findings: Findings): readonly Event[] | undefined {
  try {
    const events = parseEvents(text, budget);
    const excess = text.includes('*') ? measure(events, budget) : undefined;
    if (excess === undefined) return events;
    findings.add({ code: 'yaml-budget', message: excess.message, start: excess.offset });
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    findings.addSyntaxError(error);
  }
  return undefined;
}

/** Reads a text again that could be read before. */
function recordPlaces(text: string, budget: Budget, identity: FileIdentity): PlaceRecorder {
  const recorder = new PlaceRecorder();
  compose(parseEvents(text, budget), new Findings(identity, text), recorder);
  return recorder;
}
