import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type { DeploymentsDocument } from './deployments-document.ts';

/** How deployments.json is written: PaaSTA's one line, or sorted and indented for reviews. */
export const STYLES = ['pretty', 'paasta'] as const;
export type Style = (typeof STYLES)[number];

/**
 * The text of deployments.json. `paasta`: the bytes that PaaSTA writes (one line, no newline at the end, keys in order of
 * insertion). `pretty`: keys sorted, two spaces, a newline at the end.
 */
export function deploymentsText(document: DeploymentsDocument, style: Style): string {
  return style === 'pretty' ? `${JSON.stringify(sorted(document), null, 2)}\n` : pythonJson(document);
}

/** Whether two parsed JSON values are equal; the order of keys means nothing. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** One line as Python's `json.dumps` writes it: `", "` and `": "`, everything beyond ASCII escaped. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([key, item]) => `${ascii(JSON.stringify(key))}: ${pythonJson(item)}`).join(', ')}}`;
  }
  return ascii(JSON.stringify(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

function ascii(json: string): string {
  return json.replace(/[\x7f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
