import { createInterface } from 'node:readline';
import { isJsonMap, mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from './api-client.ts';
import { ApiFailure } from './api-failure.ts';
import { query } from './resources.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: JsonMap;
}

export interface WatchOptions {
  readonly labelSelector?: string | undefined;
  readonly resourceVersion: string;
  /** The server ends the watch after this time. Default 300. */
  readonly timeoutSeconds?: number;
  readonly signal: AbortSignal;
}

/**
 * Follows a collection until the server ends the watch, and returns the resource version to go on from. Throws an ApiFailure of kind
 * `expired` when the version is too old: list again.
 */
export async function watchOnce(
  client: ApiClient,
  collection: string,
  options: WatchOptions,
  visit: (event: WatchEvent) => void,
): Promise<string> {
  const { labelSelector, timeoutSeconds = 300, signal } = options;
  let { resourceVersion } = options;
  const parameters = { watch: 1, labelSelector, resourceVersion, allowWatchBookmarks: true, timeoutSeconds };
  const stream = await client.stream({ method: 'GET', path: `${collection}${query(parameters)}`, signal });
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const event: unknown = line === '' ? undefined : JSON.parse(line);
      if (!isJsonMap(event)) continue;
      const object = mapAt(event, 'object') ?? {};
      const type = event['type'];
      if (type === 'ERROR')
        throw new ApiFailure(Number(object['code'] ?? 500), String(object['message'] ?? 'the watch failed'));
      resourceVersion = String(mapAt(object, 'metadata')?.['resourceVersion'] ?? resourceVersion);
      if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') visit({ type, object });
    }
  } finally {
    stream.destroy();
  }
  return resourceVersion;
}
