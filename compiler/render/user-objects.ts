import { isClusterScoped } from '../model/object-identity.ts';
import { isSafeName } from '../model/names.ts';
import type { KubeObject } from '../model/rendered-file.ts';

/**
 * A manifest of an instance's chart as an object of ours: a cluster-scoped kind has no namespace, any other has the
 * instance's unless it names one. Gives the fault instead when it is no object, or a name in it cannot stand in a path.
 */
export function ownedObject(manifest: unknown, namespace: string): KubeObject | string {
  if (!isManifest(manifest)) return 'it rendered something that is no Kubernetes object';
  const { apiVersion, kind, metadata } = manifest;
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(kind)) return `"${kind}" is no kind of a Kubernetes object`;
  const what = `${kind} ${JSON.stringify(metadata.name)}`;
  if (!isSafeName(metadata.name)) return `the name of ${what} may only hold letters, digits, ".", "_" and "-"`;
  const { namespace: named, ...rest } = metadata;
  // An empty namespace is how a module marks a custom kind that lives outside namespaces.
  if (named === '' || isClusterScoped({ apiVersion, kind })) return { ...manifest, metadata: rest };
  const chosen = named ?? namespace;
  if (!isSafeName(chosen)) return `the namespace of ${what} is ${JSON.stringify(chosen)}, which is no namespace`;
  return { ...manifest, metadata: { ...metadata, namespace: chosen } };
}

/** Whether an object holds secret values that would be written to git in plain text. */
export function holdsSecretValues(object: KubeObject): boolean {
  return object.kind === 'Secret' && object.apiVersion === 'v1' && ('data' in object || 'stringData' in object);
}

function isManifest(value: unknown): value is KubeObject {
  if (!isMap(value) || typeof value['apiVersion'] !== 'string' || typeof value['kind'] !== 'string') return false;
  const metadata = value['metadata'];
  if (!isMap(metadata) || typeof metadata['name'] !== 'string') return false;
  return metadata['namespace'] === undefined || typeof metadata['namespace'] === 'string';
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
