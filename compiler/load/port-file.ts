import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { TreeReader } from '../model/tree-reader.ts';

/** What Python's `int` takes from text, white space around it aside. */
const PYTHON_INTEGER = /^[-+]?\d+(?:_\d+)*$/;

/**
 * The file `port` of a service: one integer as text, null when it is none. PaaSTA ignores any other content without a word
 * (`read_port`), and so does everything that reads the value; the finding only tells.
 */
export function loadPort(
  reader: TreeReader,
  file: string,
): { readonly port: number | null; readonly diagnostics: readonly Diagnostic[] } {
  const result = reader.read(file);
  if (result.kind === 'absent') return { port: null, diagnostics: [] };
  if (result.kind === 'unreadable')
    return { port: null, diagnostics: [badPort(file, `cannot be read: ${result.detail}`)] };
  const text = new TextDecoder().decode(result.bytes).trim();
  const port = PYTHON_INTEGER.test(text) ? Number(text.replaceAll('_', '')) : NaN;
  if (Number.isSafeInteger(port)) return { port, diagnostics: [] };
  return {
    port: null,
    diagnostics: [badPort(file, `holds ${JSON.stringify(text.slice(0, 40))}; expected an integer`)],
  };
}

function badPort(file: string, what: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'bad-port-file',
    message: `the legacy port file ${what}, so the service has no port`,
    root: 'soa',
    file,
    path: [],
  };
}
