import { createHash } from 'node:crypto';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { canonicalObject } from '../compiler/emit/canonical.ts';
import { isJsonMap } from '../compiler/emit/json-data.ts';
import { readEmitted } from '../compiler/emit/read-emitted.ts';
import { compareApplyOrder } from '../compiler/model/apply-order.ts';
import { isClusterScoped } from '../compiler/model/object-identity.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { indexPath, parseIndex, type IndexedFiles } from '../compiler/write/tree-index.ts';
import { desiredObject, type DesiredObject, type ObjectSource } from './desired-object.ts';
import { listedFiles } from './listed-files.ts';

/** All that a cluster should hold, read from a rendered tree once. */
export interface DesiredSet {
  readonly cluster: string;
  readonly setId: string;
  /** In the order of applying, by key. */
  readonly objects: ReadonlyMap<string, DesiredObject>;
  /** What makes the tree unusable; nothing may be written. */
  readonly problems: readonly string[];
  /** What makes it unsafe to delete anything on its word. */
  readonly doubts: readonly string[];
}

/**
 * Reads `clusters/<cluster>` of a rendered tree: every file that its kustomizations list. Needs nothing but the files. A file that
 * the index promises and that is missing or unlisted is a problem: an incomplete tree must never look like a removal.
 */
export function readDesiredSet(tree: TreeReader, cluster: string, setId: string): DesiredSet {
  const folder = `clusters/${cluster}`;
  const problems: string[] = [];
  const doubts: string[] = [];
  const index = readIndex(tree, cluster, problems);
  const listed = listedFiles(tree, folder, problems);
  for (const path of index?.keys() ?? []) {
    if (path.startsWith(`${folder}/`) && isManifest(path) && !listed.includes(path)) {
      problems.push(
        `${path}: the index names this file, and ${tree.exists(path) ? 'no kustomization lists it' : 'it is missing'}`,
      );
    }
  }
  const objects: DesiredObject[] = [];
  for (const path of listed) {
    const entry = index?.get(path);
    const read = tree.read(path);
    if (read.kind !== 'file') {
      problems.push(`${path}: ${read.kind === 'absent' ? 'is listed and missing' : read.detail}`);
      continue;
    }
    if (entry !== undefined && createHash('sha256').update(read.bytes).digest('hex') !== entry.sha256) {
      doubts.push(`${path}: was changed after it was rendered`);
    }
    const source = {
      file: path,
      service: entry?.service ?? null,
      instance: entry?.instance ?? null,
      isGenerated: entry !== undefined,
    };
    objects.push(...objectsOf(Buffer.from(read.bytes).toString('utf8'), source, setId, problems));
  }
  objects.sort((a, b) => compareApplyOrder(a.object, b.object));
  return { cluster, setId, objects: byKey(objects, problems), problems: problems.sort(compareText), doubts };
}

function readIndex(tree: TreeReader, cluster: string, problems: string[]): IndexedFiles | undefined {
  const path = indexPath(cluster);
  const read = tree.read(path);
  if (read.kind === 'absent') return undefined;
  if (read.kind === 'unreadable') {
    problems.push(`${path}: ${read.detail}`);
    return undefined;
  }
  const index = parseIndex(Buffer.from(read.bytes).toString('utf8'));
  if (index.kind === 'files') return index.files;
  problems.push(
    `${path}: ${index.kind === 'broken' ? index.why : `is of version ${index.version}, from a newer paasta-gitops`}`,
  );
  return undefined;
}

function isManifest(path: string): boolean {
  return /\.ya?ml$/.test(path) && !path.endsWith('/kustomization.yaml');
}

function objectsOf(text: string, source: ObjectSource, setId: string, problems: string[]): DesiredObject[] {
  const found: DesiredObject[] = [];
  for (const value of parseDocuments(text, source.file, problems)) {
    if (value == null) continue;
    const why = whyNoObject(value);
    if (why === undefined) found.push(desiredObject(canonicalObject(value as KubeObject), source, setId));
    else problems.push(`${source.file}: ${why}`);
  }
  return found;
}

function parseDocuments(text: string, file: string, problems: string[]): readonly unknown[] {
  try {
    return readEmitted(text) ?? (loadAll(text, { schema: YAML11_SCHEMA }) as unknown[]);
  } catch (error) {
    const [reason = 'broken'] = (error instanceof Error ? error.message : String(error)).split('\n');
    problems.push(`${file}: is no YAML: ${reason}`);
    return [];
  }
}

function whyNoObject(value: unknown): string | undefined {
  if (!isJsonMap(value)) return 'holds something that is no object';
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isJsonMap(metadata)) {
    return 'holds an object without apiVersion, kind or metadata';
  }
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name === '') return `holds a ${kind} without a name`;
  if (namespace !== undefined && typeof namespace !== 'string')
    return `${kind} ${name} has a namespace that is no text`;
  const isGlobal = isClusterScoped({ apiVersion, kind });
  if (isGlobal && namespace !== undefined) return `${kind} ${name} lives outside namespaces and names one`;
  return undefined;
}

function byKey(objects: readonly DesiredObject[], problems: string[]): ReadonlyMap<string, DesiredObject> {
  const map = new Map<string, DesiredObject>();
  for (const object of objects) {
    const earlier = map.get(object.key);
    if (earlier === undefined) map.set(object.key, object);
    else problems.push(`${object.file}: ${object.key} is in ${earlier.file} too`);
  }
  return map;
}
