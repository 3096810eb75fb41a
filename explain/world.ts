import { compile, type Compilation, type CompileInput, type CompileSink } from '../compiler/compile.ts';
import { loadSystemConfig } from '../compiler/load/index.ts';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import type { ServiceSummary } from '../compiler/model/service-summary.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { aggregateFiles } from '../compiler/render/index.ts';
import { editedReader, notingReader, rememberingReader, type Texts } from './edited-reader.ts';

/** What is compiled: one cluster of two trees, all services or one. */
export interface WorldInput {
  readonly soa: TreeReader;
  readonly system: TreeReader;
  readonly cluster: string;
  /** Undefined: every service of the tree. */
  readonly service?: string | undefined;
  readonly constructs: CompileInput['constructs'];
}

/** Other texts of some input files. */
export interface Edit {
  readonly soa?: Texts;
  readonly system?: Texts;
}

/** One file of output before and after an edit; null on the side where it is not there. */
export interface FileChange {
  readonly before: RenderedFile | null;
  readonly after: RenderedFile | null;
}

/** A compiled cluster that can be asked what an edit of its input would change. */
export interface World {
  readonly config: ClusterConfig;
  readonly soa: TreeReader;
  readonly system: TreeReader;
  /** One object a file, by path. */
  readonly files: ReadonlyMap<string, RenderedFile>;
  /** Instances that errors hold back: `service.instance`. */
  readonly failed: ReadonlySet<string>;
  /** Files of soa-configs that were read, with the services that they were read for. */
  readonly readers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files of the cluster's system configuration. */
  readonly systemFiles: readonly string[];
  /** What an edit changes; null when it holds back something that was rendered before, so that it is no answer. */
  changes(edit: Edit): Promise<readonly FileChange[] | null>;
}

interface Rendering {
  readonly compilation: Compilation;
  readonly files: readonly RenderedFile[];
  readonly isBlocked: boolean;
}

/** Compiles the cluster; a text says why that cannot be done. */
export async function openWorld(input: WorldInput): Promise<World | string> {
  const soa = rememberingReader(input.soa);
  const system = rememberingReader(input.system);
  const readers = new Map<string, Set<string>>();
  let pending: string[] = [];
  const systemReads = new Set<string>();
  const base = await render(
    {
      ...input,
      soa: notingReader(soa, (path) => pending.push(path)),
      system: notingReader(system, (path) => systemReads.add(path)),
    },
    input.service === undefined ? undefined : [input.service],
    (service) => {
      for (const path of pending) readers.set(path, new Set([...(readers.get(path) ?? []), service]));
      pending = [];
    },
  );
  const [config] = loadSystemConfig(system, { onlyClusters: [input.cluster] }).clusters;
  if (config === undefined)
    return `there is no usable system configuration for the cluster ${JSON.stringify(input.cluster)}`;
  if (base.isBlocked) return 'the input has errors that hold back everything; run validate';
  const summaries = new Map(base.compilation.summaries.map((summary) => [summary.service, summary]));
  const shared = await aggregates(config, [...summaries.values()]);
  const files = new Map([...base.files, ...shared].map((file) => [file.path, file]));
  const failed = failedOf(base);

  async function changes(edit: Edit): Promise<readonly FileChange[] | null> {
    const services = touched(edit);
    if (services.length === 0) return [];
    const trees = { soa: editedReader(soa, edit.soa ?? {}), system: editedReader(system, edit.system ?? {}) };
    const result = await render({ ...input, ...trees }, services, () => undefined);
    if (result.isBlocked || [...failedOf(result)].some((job) => !failed.has(job))) return null;
    const after = new Map(summaries);
    for (const summary of result.compilation.summaries) after.set(summary.service, summary);
    const edited =
      edit.system === undefined
        ? config
        : loadSystemConfig(trees.system, { onlyClusters: [input.cluster] }).clusters[0];
    if (edited === undefined) return null;
    const made = [...result.files, ...(await aggregates(edited, [...after.values()]))];
    const isTouched = ({ service }: RenderedFile): boolean => service === null || services.includes(service);
    return compareFiles(
      new Map([...files].filter(([, file]) => isTouched(file))),
      new Map(made.map((file) => [file.path, file])),
    );
  }

  function touched(edit: Edit): readonly string[] {
    if (edit.system !== undefined) return [...summaries.keys()];
    const services = Object.keys(edit.soa ?? {}).flatMap((path) => {
      const first = path.split('/')[0]!;
      return [
        ...(readers.get(path) ?? []),
        ...(summaries.has(first) ? [first] : path.includes('/') && !first.startsWith('_') ? [] : summaries.keys()),
      ];
    });
    return [...new Set(services)];
  }

  return { config, soa, system, files, failed, readers, systemFiles: ownFiles(config, systemReads), changes };
}

function ownFiles(config: ClusterConfig, read: ReadonlySet<string>): readonly string[] {
  const own = new Set(Object.values(config.fileOf));
  return [...read].filter((path) => own.has(path)).sort();
}

async function render(
  input: WorldInput,
  services: readonly string[] | undefined,
  done: (service: string) => void,
): Promise<Rendering> {
  const files: RenderedFile[] = [];
  let isBlocked = true;
  const sink: CompileSink = {
    begin: () => void (isBlocked = false),
    service(service, made) {
      files.push(...made);
      done(service);
    },
    kept: () => null,
    aggregates: () => undefined,
    progress: () => undefined,
  };
  const { soa, system, cluster, constructs } = input;
  const scope = { clusters: [cluster], ...(services === undefined ? {} : { services }) };
  const compilation = await compile(
    { soa, system, scope, constructs, checks: false, filePer: 'object', verbose: false, strict: false, severity: {} },
    sink,
  );
  return { compilation, files, isBlocked: isBlocked || compilation.failedClusters.length > 0 };
}

async function aggregates(
  config: ClusterConfig,
  summaries: readonly ServiceSummary[],
): Promise<readonly RenderedFile[]> {
  return (await aggregateFiles({ config, summaries, filePer: 'object', kept: null })).files;
}

function failedOf({ compilation }: Rendering): ReadonlySet<string> {
  return new Set(compilation.clusters.flatMap(({ failed }) => failed));
}

/** Files that differ. One that is gone and a new one of the same owner and kind are one file that moved. */
export function compareFiles(
  before: ReadonlyMap<string, RenderedFile>,
  after: ReadonlyMap<string, RenderedFile>,
): readonly FileChange[] {
  const changed: FileChange[] = [];
  const added = [...after.values()].filter(({ path }) => !before.has(path));
  for (const file of before.values()) {
    const same = after.get(file.path);
    if (same?.content === file.content) continue;
    const place = same === undefined ? added.findIndex((each) => isSameThing(file, each)) : -1;
    changed.push({ before: file, after: same ?? (place < 0 ? null : added.splice(place, 1)[0]!) });
  }
  return [...changed, ...added.map((file) => ({ before: null, after: file }))];
}

function isSameThing(a: RenderedFile, b: RenderedFile): boolean {
  const kind = ({ path }: RenderedFile): string => path.split('/').at(-1)!.split('-')[0]!;
  return a.service === b.service && a.instance === b.instance && kind(a) === kind(b);
}
