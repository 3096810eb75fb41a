import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { isJsonMap } from '../compiler/emit/json-data.ts';
import type { KubeObject, RenderedFile } from '../compiler/model/rendered-file.ts';
import type { EarlierTexts, KeptOutput } from '../compiler/render/index.ts';
import { isObject } from '../review/output-files.ts';

/** Output of earlier runs in one cluster, wherever it is kept. */
export interface EarlierOutput {
  readonly files: readonly Omit<RenderedFile, 'content'>[];
  /** Null when there is no such file, or none that can be read. */
  read(path: string): string | null;
}

/** Single texts of earlier runs, as the passes ask for them. */
export function earlierTexts(read: EarlierOutput['read']): EarlierTexts {
  return { read, parse: documents };
}

/** What the instances that stay have in shared files; null when none stays, unless it is wanted `always`. */
export function keptOutput(
  { files, read }: EarlierOutput,
  isKept: (service: string, instance: string) => boolean,
  always: boolean,
): KeptOutput | null {
  const own = files.filter(
    ({ service, instance }) => service !== null && instance !== null && isKept(service, instance),
  );
  if (own.length === 0 && !always) return null;
  return {
    namespaces: [...new Set(own.map(({ path }) => path.split('/')[2]!))],
    paths: files.filter(({ instance }) => instance === null).map(({ path }) => path),
    objects(path) {
      const text = read(path);
      return text === null ? null : (documents(text)?.filter(isKubeObject) ?? null);
    },
    parse: (text) => documents(text)?.[0],
  };
}

function documents(text: string): readonly unknown[] | null {
  try {
    return loadAll(text, { schema: YAML11_SCHEMA });
  } catch {
    return null;
  }
}

function isKubeObject(value: unknown): value is KubeObject {
  return isJsonMap(value) && isObject(value);
}
