import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import { objectKey } from '../compiler/model/object-identity.ts';
import type { KubeObject, RenderedFile } from '../compiler/model/rendered-file.ts';

/** Files of one output tree by path. */
export type OutputFiles = ReadonlyMap<string, RenderedFile>;

/** All files of one owner on both sides; service and instance are null for what no single instance owns. */
export interface OwnerFiles {
  readonly cluster: string;
  readonly service: string | null;
  readonly instance: string | null;
  readonly before: readonly RenderedFile[];
  readonly after: readonly RenderedFile[];
}

/** Owners of which any file differs, with all their files, sorted by cluster, service and instance. */
export function changedOwners(base: OutputFiles, head: OutputFiles): readonly OwnerFiles[] {
  const changed = new Set<string>();
  for (const file of base.values()) if (head.get(file.path)?.content !== file.content) changed.add(ownerOf(file));
  for (const file of head.values()) if (!base.has(file.path)) changed.add(ownerOf(file));
  const owners = new Map<string, { readonly before: RenderedFile[]; readonly after: RenderedFile[] }>();
  const collect = (files: OutputFiles, side: 'before' | 'after'): void => {
    for (const file of files.values()) {
      const owner = ownerOf(file);
      if (!changed.has(owner)) continue;
      const entry = owners.get(owner) ?? { before: [], after: [] };
      entry[side].push(file);
      owners.set(owner, entry);
    }
  };
  collect(base, 'before');
  collect(head, 'after');
  return [...owners.keys()].sort(compareText).map((owner) => {
    const files = owners.get(owner)!;
    const { cluster, service, instance } = (files.after[0] ?? files.before[0])!;
    return { cluster, service, instance, ...files };
  });
}

function ownerOf({ cluster, service, instance }: RenderedFile): string {
  return [cluster, service ?? '', instance ?? ''].join(' ');
}

/** One document of a file, with what names it. */
export interface Document {
  /** `apps/Deployment ns/name`; the path of the file and a number for documents that are no Kubernetes objects. */
  readonly key: string;
  readonly object: JsonMap;
}

/** All documents of rendered files. Text that is no YAML is one document that holds it as it is. */
export function documentsOf(files: readonly RenderedFile[]): readonly Document[] {
  return files.flatMap(({ path, content }) => {
    return parse(content).map((object, at) => ({
      key: isObject(object) ? objectKey(object) : `${path}#${at + 1}`,
      object,
    }));
  });
}

/** A document before and after a change; null where a side does not have it. */
export type DocumentPair = readonly [key: string, before: JsonMap | null, after: JsonMap | null];

/** Documents that differ, by key. */
export function differingDocuments(before: readonly Document[], after: readonly Document[]): readonly DocumentPair[] {
  const [old, wanted] = [before, after].map((documents) => new Map(documents.map(({ key, object }) => [key, object])));
  return [...new Set([...old!.keys(), ...wanted!.keys()])]
    .map((key) => [key, old!.get(key) ?? null, wanted!.get(key) ?? null] as const)
    .filter(([, a, b]) => canonicalJson(a) !== canonicalJson(b));
}

/** The Kubernetes objects among documents. */
export function objectsOf(documents: readonly Document[]): readonly KubeObject[] {
  return documents.flatMap(({ object }) => (isObject(object) ? [object] : []));
}

function parse(content: string): readonly JsonMap[] {
  try {
    return loadAll(content, { schema: YAML11_SCHEMA }).filter(isJsonMap);
  } catch {
    return [{ text: content }];
  }
}

export function isObject(value: JsonMap): value is JsonMap & KubeObject {
  const { apiVersion, kind, metadata } = value;
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    isJsonMap(metadata) &&
    typeof metadata['name'] === 'string'
  );
}
