import { posix } from 'node:path';
import type { CompileInput } from '../compiler/compile.ts';
import { loadShared, loadSystemConfig } from '../compiler/load/index.ts';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import type { ServiceSummary } from '../compiler/model/service-summary.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { aggregateFiles } from '../compiler/render/index.ts';
import { attributingReader, type Readers } from './attributing-reader.ts';
import { editedReader, folderOf, rememberingReader, type Texts } from './edited-reader.ts';
import { failedOf, renderInMemory } from './render-in-memory.ts';
import { valueAt } from './set-in.ts';

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
  /** Files of soa-configs that were read. */
  readonly readers: Readers;
  /** Files of the cluster's system configuration. */
  readonly systemFiles: readonly string[];
  /** File of the system configuration with the data of teams; null when none is named. */
  readonly teamData: string | null;
  /** What an edit changes; null when it holds back something that was rendered before, so that it is no answer. */
  changes(edit: Edit): Promise<readonly FileChange[] | null>;
}

/** Compiles the cluster; a text says why that cannot be done. */
export async function openWorld(input: WorldInput): Promise<World | string> {
  const soa = rememberingReader(input.soa);
  const system = rememberingReader(input.system);
  const noted = attributingReader(soa);
  const services = input.service === undefined ? {} : { services: [input.service] };
  const base = await renderInMemory({ ...input, soa: noted, system, ...services }, noted.attribute);
  const [config] = loadSystemConfig(system, { onlyClusters: [input.cluster] }).clusters;
  if (config === undefined)
    return `there is no usable system configuration for the cluster ${JSON.stringify(input.cluster)}`;
  if (base.isBlocked) return 'the input has errors that hold back everything; run validate';
  const summaries = new Map(base.compilation.summaries().map((summary) => [summary.service, summary]));
  const shared = await aggregates(config, [...summaries.values()], soa);
  const files = new Map([...base.files, ...shared].map((file) => [file.path, file]));
  const failed = failedOf(base);

  async function changes(edit: Edit): Promise<readonly FileChange[] | null> {
    const services = touched(edit);
    if (services.length === 0) return [];
    const trees = { soa: editedReader(soa, edit.soa ?? {}), system: editedReader(system, edit.system ?? {}) };
    const result = await renderInMemory({ ...input, ...trees, services });
    if (result.isBlocked || [...failedOf(result)].some((job) => !failed.has(job))) return null;
    const after = new Map(summaries);
    for (const summary of result.compilation.summaries()) after.set(summary.service, summary);
    const edited =
      edit.system === undefined
        ? config
        : loadSystemConfig(trees.system, { onlyClusters: [input.cluster] }).clusters[0];
    if (edited === undefined) return null;
    const made = [...result.files, ...(await aggregates(edited, [...after.values()], trees.soa))];
    const isTouched = ({ service }: RenderedFile): boolean => service === null || services.includes(service);
    return compareFiles(
      new Map([...files].filter(([, file]) => isTouched(file))),
      new Map(made.map((file) => [file.path, file])),
    );
  }

  function touched(edit: Edit): readonly string[] {
    if (edit.system !== undefined) return [...summaries.keys()];
    const paths = Object.keys(edit.soa ?? {});
    const isShared = paths.some((path) => !path.includes('/') || path.startsWith('_'));
    return [...summaries.keys()].filter(
      (service) =>
        isShared || paths.some((path) => path.startsWith(`${service}/`) || noted.readers.isFor(path, service)),
    );
  }

  const [readers, systemFiles, teamData] = [noted.readers, systemFilesOf(config), teamDataOf(config)];
  return { config, soa, system, files, failed, readers, systemFiles, teamData, changes };
}

/** Files of the system configuration that say something of a cluster. */
export function systemFilesOf({ fileOf }: ClusterConfig): readonly string[] {
  return [...new Set(Object.values(fileOf))].sort();
}

function teamDataOf({ raw, fileOf }: ClusterConfig): string | null {
  const named = valueAt(raw, ['sensu', 'team_data']);
  return typeof named === 'string' ? posix.join(folderOf(fileOf['sensu'] ?? ''), named) : null;
}

async function aggregates(
  config: ClusterConfig,
  summaries: readonly ServiceSummary[],
  soa: TreeReader,
): Promise<readonly RenderedFile[]> {
  const { locationTypes } = loadShared(soa, { services: [], alwaysAuthenticating: [], usesTokens: false });
  const mesh = { locationTypes, heldBack: new Set<string>() };
  return (await aggregateFiles({ config, summaries, filePer: 'object', kept: null, mesh })).files;
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
  const kind = ({ path, service }: RenderedFile): string =>
    path.startsWith('sensu/') && service !== null ? 'sensu' : path.split('/').at(-1)!.split('-')[0]!;
  return a.service === b.service && a.instance === b.instance && kind(a) === kind(b);
}
