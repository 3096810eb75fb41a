import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from './verb.ts';

/** Names by TCP port of a file like /etc/services; undefined without a path. The first name of a port counts. */
export function readEtcServices(path: string | undefined, cwd: string): ReadonlyMap<number, string> | undefined {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    throw new UsageError(`--etc-services: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseEtcServices(text);
}

/** Reads lines such as `web.main 20001/tcp # comment`. */
export function parseEtcServices(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const match = /^([^\s#]+)\s+(\d{1,5})\/tcp(?:\s|$)/.exec(line);
    const port = Number(match?.[2]);
    if (match !== null && !names.has(port)) names.set(port, match[1]!);
  }
  return names;
}
