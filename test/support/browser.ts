/** Headless Chromium, spoken to over pipes with its DevTools protocol: no port, no driver, no package. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--hide-scrollbars', '--remote-debugging-pipe'],
];

/** Codes of keys by name, as the protocol wants them. */
const KEYS: Readonly<Record<string, { readonly code: number; readonly text?: string }>> = {
  Tab: { code: 9 },
  Enter: { code: 13, text: '\r' },
  ArrowDown: { code: 40 },
  ArrowUp: { code: 38 },
};

export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** One page in a browser of its own. */
export interface Page {
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
  press(key: 'Tab' | 'Enter' | 'ArrowDown' | 'ArrowUp'): Promise<void>;
  /** Light or dark, and the width of the window in pixels. */
  show(scheme: 'light' | 'dark', width?: number, height?: number): Promise<void>;
  /** A PNG of the window. */
  screenshot(): Promise<Buffer>;
  /** Addresses that the page asked for, its own first. */
  readonly requests: readonly string[];
  /** Errors in the page and refusals by its policy. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, never>>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Processes of the browser may write into its profile for a moment after it has ended. */
async function removed(profile: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(profile, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === 50) throw error;
      await pause(100);
    }
  }
}

/** Opens a file on disk. */
export async function openPage(chromium: string, file: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'paasta-gitops-browser-'));
  const child = spawn(chromium, [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: profile },
  });
  const close = async (): Promise<void> => {
    await ended(child);
    await removed(profile);
  };
  try {
    return await attach(child, file, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function attach(child: ChildProcess, file: string, close: () => Promise<void>): Promise<Page> {
  const [requests, errors]: [string[], string[]] = [[], []];
  let finishLoading: () => void;
  const loaded = new Promise<void>((resolve) => (finishLoading = resolve));
  const browser = new Connection(child, ({ method, params }) => {
    const given = params as Record<string, Record<string, string>> | undefined;
    if (method === 'Network.requestWillBeSent') requests.push(given!['request']!['url']!);
    if (method === 'Runtime.exceptionThrown') errors.push(JSON.stringify(params));
    if (method === 'Log.entryAdded') errors.push(given!['entry']!['text']!);
    if (method === 'Page.loadEventFired') finishLoading();
  });
  const { targetId } = await browser.ask<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.ask<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  const ask = <T>(method: string, params: object = {}): Promise<T> => browser.ask<T>(method, params, sessionId);
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await ask(`${domain}.enable`);
  await ask('Page.navigate', { url: pathToFileURL(file).href });
  await loaded;
  return {
    ...{ requests, errors, close },
    async evaluate<T>(expression: string) {
      const answer = await ask<{ result: { value: T }; exceptionDetails?: object }>('Runtime.evaluate', {
        ...{ expression, returnByValue: true, awaitPromise: true },
      });
      if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails).slice(0, 500));
      return answer.result.value;
    },
    async press(key) {
      const { code, text } = KEYS[key]!;
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(text !== undefined && { text }) };
      await ask('Input.dispatchKeyEvent', { type: text === undefined ? 'rawKeyDown' : 'keyDown', ...event });
      await ask('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    async show(scheme, width = 1000, height = 900) {
      await ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    },
    async screenshot() {
      const { data } = await ask<{ data: string }>('Page.captureScreenshot', { format: 'png' });
      return Buffer.from(data, 'base64');
    },
  };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Questions and answers over the pipes 3 and 4, each message ended by a zero byte. */
class Connection {
  readonly #out: Writable;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(child: ChildProcess, onEvent: (event: Message) => void) {
    this.#out = child.stdio[3] as Writable;
    let text = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (text + chunk).split('\0');
      text = parts.pop()!;
      for (const part of parts) this.#receive(JSON.parse(part) as Message, onEvent);
    });
    child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser ended'));
    });
  }

  ask<T>(method: string, params: object, sessionId?: string): Promise<T> {
    const id = ++this.#last;
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
    });
  }

  #receive(message: Message, onEvent: (event: Message) => void): void {
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (waiting === undefined) {
      onEvent(message);
      return;
    }
    this.#waiting.delete(message.id!);
    if (message.error === undefined) waiting.resolve(message.result);
    else waiting.reject(new Error(message.error.message));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
