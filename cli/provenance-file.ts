import { resolve } from 'node:path';
import type { Origin, Origins } from '../compiler/model/origin.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { writeText } from './file-problem.ts';
import { textOf, type Call } from './verb.ts';

/** Lines that wait to be written together. */
const BATCH = 256;

/**
 * The file of `--provenance`: a line of JSON for each instance, with the `sources` and, for every member of the resolved instance, the
 * places of its own among them.
 */
export class ProvenanceFile {
  readonly #file: string;
  readonly #lines: string[] = [];

  constructor(file: string) {
    this.#file = file;
    writeText(file, '');
  }

  /** Writes what made an instance, some time before `flush` ends. */
  readonly add = ({ cluster, service, instance, origins = {} }: ResolvedInstance): void => {
    this.#lines.push(`${JSON.stringify({ cluster, service, instance, ...indexed(origins) })}\n`);
    if (this.#lines.length >= BATCH) this.flush();
  };

  flush(): void {
    writeText(this.#file, this.#lines.splice(0).join(''), 'a');
  }
}

/** Null without the flag. */
export function provenanceFile({ values, io }: Call): ProvenanceFile | null {
  const name = textOf(values, 'provenance');
  return name === undefined ? null : new ProvenanceFile(resolve(io.cwd, name));
}

function indexed(origins: Origins) {
  // Equal origins of an instance are one object.
  const sources = new Map<Origin, number>();
  const indexOf = (origin: Origin): number => {
    const known = sources.get(origin) ?? sources.size;
    sources.set(origin, known);
    return known;
  };
  const members = Object.entries(origins).map(([member, found]) => [member, found.map(indexOf)]);
  return {
    sources: [...sources.keys()].map(sourceText),
    members: Object.fromEntries(members) as Record<string, number[]>,
  };
}

/** `web/kubernetes-prod.yaml:7:9 main.cpus`, `prod/system.json docker_registry`, `default PaaSTA: cpus 1`. */
function sourceText(origin: Origin): string {
  if (origin.kind === 'default') return `default ${origin.source}`;
  const { file, path } = origin;
  const place = origin.kind === 'input' && origin.span ? `:${origin.span.line}:${origin.span.column}` : '';
  return `${file}${place} ${path.join('.')}`;
}
