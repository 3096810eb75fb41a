import { isJsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from './api-client.ts';

/** What the API server calls itself, such as `v1.36.3`; empty when it does not say. */
export async function serverVersion(client: ApiClient): Promise<string> {
  const { body } = await client.request({ method: 'GET', path: '/version' });
  return isJsonMap(body) && typeof body['gitVersion'] === 'string' ? body['gitVersion'] : '';
}
