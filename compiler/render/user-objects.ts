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
  const { name, namespace: named } = metadata;
  if (!isSafeName(name)) return `the name of ${titleOf(kind, name)} may only hold letters, digits, ".", "_" and "-"`;
  // An empty namespace is how a module marks a custom kind that lives outside namespaces.
  if (named === '' || isClusterScoped({ apiVersion, kind })) {
    const { namespace: _namespace, ...rest } = metadata;
    return { ...manifest, metadata: rest };
  }
  const chosen = named ?? namespace;
  if (!isSafeName(chosen))
    return `the namespace of ${titleOf(kind, name)} is ${JSON.stringify(chosen)}, which is no namespace`;
  return named === undefined ? { ...manifest, metadata: { ...metadata, namespace: chosen } } : manifest;
}

function titleOf(kind: string, name: string): string {
  return `${kind} ${JSON.stringify(name)}`;
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
