import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from './api-client.ts';
import { ApiFailure } from './api-failure.ts';

/** The object at a path; null when there is none. */
export async function getOrNull(client: ApiClient, path: string): Promise<JsonMap | null> {
  try {
    const { body } = await client.request({ method: 'GET', path });
    return isJsonMap(body) ? body : null;
  } catch (error) {
    if (error instanceof ApiFailure && error.kind === 'not-found') return null;
    throw error;
  }
}
