import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { isJsonMap, mapAt, type JsonMap } from '../../compiler/emit/json-data.ts';
import type { TreeReader } from '../../compiler/model/tree-reader.ts';

/** Sensu's resources in a rendered tree, by what makes each the same one: type, namespace and name. */
export interface ResourceTree {
  readonly resources: ReadonlyMap<string, JsonMap>;
  /** Files that cannot be read, and why. */
  readonly problems: readonly string[];
}

/** Clusters for which a rendered tree holds Sensu's resources, as its reader lists them: sorted. */
export function sensuClusters(reader: TreeReader): readonly string[] {
  const listing = reader.list('sensu');
  if (listing.kind !== 'directory') return [];
  return listing.entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
}

/** The resources of one cluster; none when the tree has no folder for it. */
export function readResources(reader: TreeReader, cluster: string): ResourceTree {
  const folder = `sensu/${cluster}`;
  const listing = reader.list(folder);
  const resources = new Map<string, JsonMap>();
  const problems: string[] = [];
  if (listing.kind === 'unreadable') problems.push(`${folder}: ${listing.detail}`);
  const entries = listing.kind === 'directory' ? listing.entries : [];
  for (const { name } of entries.filter((entry) => entry.kind === 'file' && entry.name.endsWith('.yaml'))) {
    const path = `${folder}/${name}`;
    const documents = documentsIn(reader, path);
    if (documents === null) problems.push(`${path}: this is no file with resources of Sensu`);
    for (const document of documents ?? []) {
      const id = resourceId(document);
      if (resources.has(id)) problems.push(`${path}: ${id} stands twice in ${folder}`);
      resources.set(id, document);
    }
  }
  return { resources, problems };
}

/** `CheckConfig default/name` */
export function resourceId(resource: JsonMap): string {
  const metadata = mapAt(resource, 'metadata');
  return `${String(resource['type'])} ${String(metadata?.['namespace'])}/${String(metadata?.['name'])}`;
}

function documentsIn(reader: TreeReader, path: string): readonly JsonMap[] | null {
  const file = reader.read(path);
  if (file.kind !== 'file') return null;
  try {
    const documents: unknown[] = loadAll(Buffer.from(file.bytes).toString('utf8'), { schema: YAML11_SCHEMA });
    const isResource = (document: unknown): document is JsonMap =>
      isJsonMap(document) && typeof document['type'] === 'string' && isJsonMap(document['metadata']);
    return documents.every(isResource) ? documents : null;
  } catch {
    return null;
  }
}
