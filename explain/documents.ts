import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { leavesOf, type Leaf } from './leaves.ts';

/** One object of the output: a Kubernetes object, or a resource of Sensu. */
export interface OutputObject {
  /** `Deployment paastasvc-web/web-main`. */
  readonly id: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly file: RenderedFile;
  readonly document: JsonMap;
  readonly leaves: ReadonlyMap<string, Leaf>;
}

/** The objects of a file. A file that is no list of objects, such as Sensu's classic checks, is one object of the kind `File`. */
export function objectsIn(file: RenderedFile): readonly OutputObject[] {
  const documents = loadAll(file.content, { schema: YAML11_SCHEMA }).filter(isJsonMap);
  return documents.map((document) => {
    const { kind, name, namespace } = identityOf(document) ?? { kind: 'File', name: file.path, namespace: null };
    const id = `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
    return { id, kind, namespace, name, file, document, leaves: leavesOf(document) };
  });
}

function identityOf(document: JsonMap): { kind: string; name: string; namespace: string | null } | null {
  const kind = document['kind'] ?? document['type'];
  const { metadata } = document;
  if (typeof kind !== 'string' || !isJsonMap(metadata) || typeof metadata['name'] !== 'string') return null;
  const { namespace } = metadata;
  return { kind, name: metadata['name'], namespace: typeof namespace === 'string' ? namespace : null };
}
