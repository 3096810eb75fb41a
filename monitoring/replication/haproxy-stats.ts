import { get } from 'node:http';
import type { MeshStatistics } from '../../compiler/model/monitoring.ts';

const ATTEMPTS = 3;
/** For one attempt. */
const TIMEOUT_MS = 1000;
const MOST_BYTES = 64 * 1024 * 1024;

/** The statistics' text; throws an Error that says what went wrong, after three attempts. */
export async function fetchStats(url: string, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchOnce(url, signal);
    } catch (error) {
      if (attempt === ATTEMPTS || signal.aborted) throw error;
    }
  }
}

/** The address of one host's statistics on a proxy, or on all when the scope is empty. */
export function statsUrl(host: string, scope: string, { port, urlFormat }: MeshStatistics): string {
  const values: Readonly<Record<string, string>> = { host, port: String(port), scope };
  return urlFormat.replace(/\{(host|port|scope)(?::[sd])?\}/g, (_, name: string) => values[name]!);
}

/**
 * Servers that take traffic, by proxy: status `UP`, also with a failed check or two (`UP 1/3`); HAProxy's own rows `FRONTEND` and
 * `BACKEND` are none. Null when the text is no table of statistics.
 */
export function backendsUp(csv: string): ReadonlyMap<string, number> | null {
  const [head = '', ...rows] = csv.split('\n');
  const columns = splitRow(head.replace(/^# ?/, ''));
  const [proxy, server, status] = ['pxname', 'svname', 'status'].map((name) => columns.indexOf(name)) as [
    ...[number, number, number],
  ];
  if (proxy < 0 || server < 0 || status < 0) return null;
  const up = new Map<string, number>();
  for (const row of rows) {
    const cells = splitRow(row);
    const name = cells[proxy] ?? '';
    if (name === '' || ['FRONTEND', 'BACKEND'].includes(cells[server] ?? '')) continue;
    if (cells[status]?.startsWith('UP') === true) up.set(name, (up.get(name) ?? 0) + 1);
  }
  return up;
}

/** Cells may be in double quotes, in which two stand for one. */
function splitRow(row: string): readonly string[] {
  if (!row.includes('"')) return row.split(',');
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

function fetchOnce(url: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent: false, signal }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) sent.destroy(new Error('the answer is too long'));
        chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(new Error(`status ${answer.statusCode ?? 0}`));
      });
    });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    sent.on('close', () => clearTimeout(timer));
    sent.on('error', reject);
  });
}
