import type { Diagnostic, InputRoot } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../model/source-document.ts';
import type { ReadResult, TreeReader, UnreadableReason } from '../model/tree-reader.ts';
import { parseJson, parseYaml } from './yaml/index.ts';

export interface ReadDocumentOptions {
  readonly root: InputRoot;
  readonly format: 'yaml' | 'json';
}

/** The parsed file; neither absent nor a document when the diagnostics say why it cannot be used. */
export interface DocumentRead {
  readonly document?: SourceDocument;
  readonly absent: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads and parses one file. A file that exists and cannot be read is an error, where PaaSTA takes a denied file for an
 * absent one and silently renders without it.
 */
export function readDocument(reader: TreeReader, path: string, options: ReadDocumentOptions): DocumentRead {
  const read = reader.read(path);
  if (read.kind === 'absent') return { absent: true, diagnostics: [] };
  if (read.kind === 'unreadable') return { absent: false, diagnostics: [unreadable(read, path, options.root)] };
  const parse = options.format === 'yaml' ? parseYaml : parseJson;
  const { document, diagnostics } = parse(read.bytes, { root: options.root, file: path });
  return document === undefined ? { absent: false, diagnostics } : { document, absent: false, diagnostics };
}

function unreadable(read: Extract<ReadResult, { kind: 'unreadable' }>, file: string, root: InputRoot): Diagnostic {
  const { message, hint } = REASONS[read.reason];
  const detail = read.detail === '' ? '' : ` (${read.detail})`;
  const code = read.reason === 'outside-tree' ? 'unsafe-symlink' : 'unreadable-file';
  return { severity: 'error', code, message: message + detail, hint, root, file, path: [] };
}

const REASONS: Readonly<Record<UnreadableReason, { readonly message: string; readonly hint: string }>> = {
  denied: { message: 'the file may not be read', hint: 'give this user read permission' },
  'not-a-file': { message: 'this is not a regular file', hint: 'put a file here, or remove it' },
  'outside-tree': {
    message: 'the path leads out of the tree',
    hint: 'symlinks are followed inside the tree only: copy the file into it',
  },
  'symlink-loop': { message: 'the symlink leads back to itself', hint: 'point it at a file' },
  'broken-symlink': { message: 'the symlink leads nowhere', hint: 'bring back what it leads to, or remove it' },
  'too-large': { message: 'the file is too large', hint: 'split the file' },
  failed: { message: 'the file cannot be read', hint: 'check the file system' },
};
