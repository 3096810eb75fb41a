import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { pathToFileURL } from 'node:url';

type Params = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A mistake that a language server shows; lines and characters count from 0. */
export interface ShownMistake {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** An editor, as far as a language server sees one. */
export interface LanguageClient {
  /** Opens a file with the given text, and returns what the server finds wrong with it. */
  open(file: string, text: string): Promise<readonly ShownMistake[]>;
  /** Asks about a place, counted from 0: `hover`, `completion`. */
  ask(what: string, file: string, line: number, character: number): Promise<unknown>;
  /** Ends the server. */
  close(): Promise<void>;
}

/** Starts a language server in a folder with settings, as an editor does. */
export async function startLanguageServer(program: string, folder: string, settings: Params): Promise<LanguageClient> {
  const server = spawn(process.execPath, [program, '--stdio'], { cwd: folder, stdio: 'pipe' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const answers = new Map<number, (result: unknown) => void>();
  const shown = new Map<string, (mistakes: readonly ShownMistake[]) => void>();
  let last = 0;
  const send = (message: Message): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const request = (method: string, params: Params): Promise<unknown> => {
    const id = ++last;
    send({ id, method, params });
    return new Promise((resolve) => answers.set(id, resolve));
  };
  readMessages(server, ({ id, method, params, result, error }) => {
    if (method === undefined) answers.get(id as number)?.(error ?? result);
    else if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: readonly ShownMistake[] };
      shown.get(uri)?.(diagnostics);
    } else if (id !== undefined)
      send({ id, result: method === 'workspace/configuration' ? asked(params!, settings) : null });
  });
  const uri = pathToFileURL(folder).href;
  const workspace = { configuration: true, workspaceFolders: true };
  const textDocument = { hover: {}, completion: {}, publishDiagnostics: {} };
  await request('initialize', {
    processId: process.pid,
    rootUri: uri,
    workspaceFolders: [{ uri, name: 'project' }],
    capabilities: { workspace, textDocument },
  });
  send({ method: 'initialized', params: {} });
  send({ method: 'workspace/didChangeConfiguration', params: { settings } });
  return {
    open: (file, text) => {
      const document = { uri: `${uri}/${file}`, languageId: 'yaml', version: 1, text };
      const mistakes = new Promise<readonly ShownMistake[]>((resolve) => shown.set(document.uri, resolve));
      send({ method: 'textDocument/didOpen', params: { textDocument: document } });
      return mistakes;
    },
    ask: (what, file, line, character) =>
      request(`textDocument/${what}`, { textDocument: { uri: `${uri}/${file}` }, position: { line, character } }),
    close: async () => {
      await request('shutdown', {});
      send({ method: 'exit' });
      await ended;
    },
  };
}

/** The sections of the settings that a server asks for. */
function asked(params: Params, settings: Params): readonly unknown[] {
  return (params['items'] as readonly { readonly section?: string }[]).map(
    ({ section }) => settings[section ?? ''] ?? {},
  );
}

function readMessages(server: ChildProcessWithoutNullStreams, receive: (message: Message) => void): void {
  let buffer = Buffer.alloc(0);
  server.stdout.on('data', (more: Buffer) => {
    buffer = Buffer.concat([buffer, more]);
    for (;;) {
      const head = buffer.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, Math.max(head, 0)).toString())?.[1]);
      if (head < 0 || buffer.length < head + 4 + length) return;
      const body = buffer.subarray(head + 4, head + 4 + length).toString();
      buffer = buffer.subarray(head + 4 + length);
      receive(JSON.parse(body) as Message);
    }
  });
}
