import { EMPTY_DEPLOYMENTS, type DeploymentsDocument } from '../deployments-document.ts';

/** A deployments.json that was read, or why it cannot be used. */
export type ReadDeployments = { readonly document: DeploymentsDocument } | { readonly problem: string };

/**
 * Parses deployments.json for editing. Keys that are not known here are kept as they are.
 * Absent (null) is the empty document; anything that is no deployments.json is a problem, never overwritten by guessing.
 */
export function readDeployments(text: string | null): ReadDeployments {
  if (text === null) return { document: EMPTY_DEPLOYMENTS };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `it is no valid JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isObject(value)) return { problem: 'its top level is no map' };
  const v2 = value['v2'] ?? {};
  const source = value['source'];
  if (source !== undefined && source !== 'file') return { problem: '"source" is something else than "file"' };
  if (!isObject(v2)) return { problem: '"v2" is no map' };
  const v1 = mapOfMaps(value['v1']);
  const deployments = mapOfMaps(v2['deployments']);
  const controls = mapOfMaps(v2['controls']);
  if (v1 === null || deployments === null || controls === null) {
    return { problem: '"v1", "v2.deployments" and "v2.controls" are maps of maps' };
  }
  const bad = Object.entries(deployments).find(
    ([, entry]) => !isText(entry['docker_image']) || !isText(entry['git_sha']),
  );
  if (bad !== undefined) return { problem: `"v2.deployments.${bad[0]}" needs docker_image and git_sha` };
  const rolledBack = v2['rolled_back'] ?? {};
  if (!isObject(rolledBack) || !Object.values(rolledBack).every(isVersionList)) {
    return { problem: '"v2.rolled_back" is a map of lists of versions' };
  }
  // The shapes that edits rely on were checked above; other keys pass through.
  return { document: { ...value, v1, v2: { ...v2, deployments, controls } } as unknown as DeploymentsDocument };
}

/** Whether a deployments.json says of itself that commits change it, even when it is broken otherwise. */
export function isFileSourced(text: string | null): boolean {
  return text !== null && /"source"\s*:\s*"file"/.test(text);
}

type JsonMap = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isVersionList(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((item) => isObject(item) && isText(item['sha']) && isText(item['timestamp']))
  );
}

function mapOfMaps(value: unknown): Readonly<Record<string, JsonMap>> | null {
  if (value === undefined) return {};
  if (!isObject(value) || !Object.values(value).every(isObject)) return null;
  return value as Readonly<Record<string, JsonMap>>; // every value is an object
}
