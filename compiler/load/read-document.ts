import type { Diagnostic, Root } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../model/source-document.ts';
import type { TreeReader, UnreadableReason } from '../model/tree-reader.ts';
import { parseJson } from './yaml/json.ts';
import { parseYaml } from './yaml/parse-yaml.ts';

export interface ReadDocument {
  /** Undefined when the file is absent, or when an error among the diagnostics makes it unusable. */
  readonly document?: SourceDocument;
  readonly absent: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

const HINTS: Readonly<Record<UnreadableReason, string>> = {
  denied: 'let the user that runs this read the file',
  'not-a-file': 'put a regular file here, or remove the entry',
  'outside-tree': 'symlinks are followed inside the tree only: copy the file, or link to one in the tree',
  'symlink-loop': 'remove one of the links',
  'too-large': 'split the file',
  failed: 'try again; the disk may be at fault',
};

/**
 * Reads and parses one file. A file that exists but cannot be read is one error; PaaSTA takes an unreadable file for an absent
 * one, which would silently drop its instances.
 */
export function readDocument(
  reader: TreeReader,
  path: string,
  { root, format }: { readonly root: Root; readonly format: 'yaml' | 'json' },
): ReadDocument {
  const result = reader.read(path);
  if (result.kind === 'absent') return { absent: true, diagnostics: [] };
  if (result.kind === 'unreadable') {
    const message = `the file cannot be read: ${result.detail}`;
    const hint = HINTS[result.reason];
    const code = result.reason === 'outside-tree' ? 'unsafe-symlink' : 'unreadable-file';
    return { absent: false, diagnostics: [{ severity: 'error', code, message, root, file: path, path: [], hint }] };
  }
  const parse = format === 'json' ? parseJson : parseYaml;
  const { document, diagnostics } = parse(result.bytes, { root, file: path });
  return { ...(document && { document }), absent: false, diagnostics };
}
