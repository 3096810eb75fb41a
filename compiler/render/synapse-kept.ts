import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { KubeObject } from '../model/rendered-file.ts';
import { unreadableAggregate } from './kept-output.ts';
import type { SynapseInput } from './synapse.ts';

export interface KeptEntries {
  readonly entries: readonly { readonly service: string; readonly file: string; readonly content: string }[];
  /** Shards whose earlier file must stay, since what it holds cannot be told. */
  readonly unreadable: ReadonlySet<number>;
  readonly diagnostics: readonly Diagnostic[];
  pathOf(shard: number): string;
}

/** Earlier files of services that are held back, from every earlier shard: their number may have changed since. */
export function keptEntries(input: SynapseInput, nameOf: (shard: number) => string): KeptEntries {
  const { config, kept, summaries, heldBack } = input;
  const { synapse } = config.smartstack;
  const folder = `clusters/${config.cluster}/${synapse.namespace}`;
  const pathOf = (shard: number): string => `${folder}/configmap-${nameOf(shard)}.yaml`;
  const services = new Set(
    summaries.flatMap(({ service, smartstack }) => (smartstack === null || heldBack.has(service) ? [service] : [])),
  );
  const nothing = { entries: [], unreadable: new Set<number>(), diagnostics: [], pathOf };
  if (kept === null || services.size === 0) return nothing;
  const entries: { service: string; file: string; content: string }[] = [];
  const unreadable = new Set<number>();
  const prefix = pathOf(0).replace(/0\.yaml$/, '');
  for (const path of kept.paths.filter((each) => each.startsWith(prefix))) {
    const data = dataOf(kept.objects(path));
    if (data === null) unreadable.add(Number(path.slice(prefix.length).replace('.yaml', '')));
    for (const [file, content] of Object.entries(data ?? {})) {
      const service = ownerOf(file, services);
      if (service !== undefined) entries.push({ service, file, content });
    }
  }
  return {
    ...nothing,
    entries,
    unreadable,
    diagnostics: [...unreadable].map((shard) => unreadableAggregate(pathOf(shard))),
  };
}

/** The service among these whose name, and a dot, a file begins with. */
function ownerOf(file: string, services: ReadonlySet<string>): string | undefined {
  for (let dot = file.indexOf('.'); dot > 0; dot = file.indexOf('.', dot + 1)) {
    if (services.has(file.slice(0, dot))) return file.slice(0, dot);
  }
  return undefined;
}

/** The texts of a ConfigMap; null when there is none, or it holds something else. */
function dataOf(objects: readonly KubeObject[] | null): Readonly<Record<string, string>> | null {
  const configMap = objects?.find(({ kind }) => kind === 'ConfigMap');
  if (configMap === undefined) return null;
  const data = configMap['data'] ?? {};
  if (typeof data !== 'object' || !Object.values(data).every((value) => typeof value === 'string')) return null;
  return data as Readonly<Record<string, string>>;
}
