import { parseAllDocuments } from 'yaml';
import type { KubeObject, RenderedFile } from '../../compiler/model/rendered-file.ts';

/** The objects of a file, read back by a YAML parser that is not ours. */
export function objectsIn(file: RenderedFile): readonly KubeObject[] {
  return parseAllDocuments(file.content).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${file.path}: ${error.message}`);
    return document.toJS() as KubeObject;
  });
}
