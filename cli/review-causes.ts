import type { CompileInput } from '../compiler/compile.ts';
import type { InputRoot } from '../compiler/diagnostics/diagnostic.ts';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { causesOfChange, type CausesOfFields } from '../explain/change-causes.ts';
import type { ChangedInstance, ChangedService } from '../explain/changed-service.ts';
import { changedFile, type ChangedFile, type ChangedLine } from '../explain/changed-lines.ts';
import { rememberingReader } from '../explain/edited-reader.ts';
import { systemFilesOf } from '../explain/world.ts';
import type { ChangeCauses } from '../review/compare-trees.ts';
import { changedOwners } from '../review/output-files.ts';
import type { CompiledTree } from './compile-tree.ts';
import type { InputTrees } from './input-revision.ts';

/** Renderings of single instances that finding causes may cost. */
const MOST_RENDERINGS = 4000;

/** One side of a review. */
export interface ReviewSide {
  readonly trees: InputTrees;
  readonly compiled: CompiledTree;
}

/** Finds the changed lines of input behind every changed field. */
export async function reviewCauses(
  base: ReviewSide,
  head: ReviewSide,
  settings: Pick<CompileInput, 'constructs' | 'filePer'>,
): Promise<ChangeCauses> {
  const trees = { soa: rememberingReader(head.trees.soa), system: rememberingReader(head.trees.system) };
  const found = new Map<string, CausesOfFields>();
  let [left, servicesLeft] = [MOST_RENDERINGS, 0];
  for (const changed of changedServices(base, { ...head, trees })) {
    const { causes, isComplete, renderings } = await causesOfChange(changed, { ...trees, ...settings }, left);
    left -= renderings;
    found.set(`${changed.cluster} ${changed.service}`, causes);
    if (!isComplete) servicesLeft++;
  }
  const of: ChangeCauses['of'] = ({ cluster, service }, object, path) => {
    const place = path.filter((step) => step !== '(order)');
    const isItem = place.at(-1)?.startsWith('[') === true;
    const causes = found.get(`${cluster} ${service}`);
    // An item may be called by another of its members there.
    const lines = causes?.(object, place) ?? (isItem ? causes?.(object, place.slice(0, -1)) : null);
    return [...new Set(lines?.map(lineText))];
  };
  return { of, servicesLeft };
}

type Trees = Pick<InputTrees, 'soa' | 'system'>;

/** Services with instances that both sides make, differently, and the files that were read for them. */
function changedServices(
  base: ReviewSide,
  head: Pick<ReviewSide, 'compiled'> & { readonly trees: Trees },
): readonly ChangedService[] {
  const files = changedFiles(base.trees, head.trees);
  const systemFiles = new Map<string, readonly string[]>();
  const services = new Map<string, ChangedService & { instances: ChangedInstance[] }>();
  for (const { cluster, service, instance, before, after } of changedOwners(base.compiled.files, head.compiled.files)) {
    if (service === null || instance === null || before.length === 0 || after.length === 0) continue;
    const ofCluster = systemFiles.get(cluster) ?? systemFilesIn([base.trees, head.trees], cluster);
    systemFiles.set(cluster, ofCluster);
    const read = [base, head].flatMap(({ compiled }) => compiled.readers.filesOf(service));
    const known = services.get(`${cluster} ${service}`) ?? {
      ...{ cluster, service, instances: [] },
      files: [...files('system', ofCluster), ...files('soa', [...new Set(read)])],
    };
    known.instances.push({ name: instance, before, after });
    services.set(`${cluster} ${service}`, known);
  }
  return [...services.values()];
}

/** What the change did to files, each compared once. */
function changedFiles(base: Trees, head: Trees) {
  const known = new Map<string, ChangedFile | null>();
  return (root: Exclude<InputRoot, 'project'>, files: readonly string[]): readonly ChangedFile[] =>
    files.flatMap((file) => {
      const key = `${root} ${file}`;
      if (!known.has(key)) known.set(key, changedFile(root, file, base[root], head[root]));
      return known.get(key) ?? [];
    });
}

function systemFilesIn(sides: readonly Trees[], cluster: string): readonly string[] {
  const configs = sides.flatMap(({ system }) => loadSystemConfig(system, { onlyClusters: [cluster] }).clusters);
  return [...new Set(configs.flatMap(systemFilesOf))];
}

function lineText({ file, line, isRemoved }: ChangedLine): string {
  return `${file}:${line}${isRemoved ? ' removed' : ''}`;
}
