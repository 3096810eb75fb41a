import { parseJson, parseYaml } from '../compiler/load/yaml/index.ts';
import type { InputRoot } from '../compiler/diagnostics/diagnostic.ts';
import { WORKLOAD_TYPES } from '../compiler/model/service-sources.ts';
import type { YamlMap } from '../compiler/model/yaml-value.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { CauseBook, type Causes } from './cause-book.ts';
import { instanceDefaults, systemDefaults } from './defaults.ts';
import { objectsIn } from './documents.ts';
import { influencesOf } from './influences.ts';
import { inputLines, type InputLine } from './input-lines.ts';
import { nameInfluences } from './renames.ts';
import { valueAt } from './set-in.ts';
import type { World, WorldInput } from './world.ts';

/** Finds the causes of everything that some instances of some services make, by trying what would change it. */
export async function findCauses(world: World, input: WorldInput, subjects: readonly Subject[]): Promise<Causes> {
  const shared = [...world.files.values()].filter(({ service }) => service === null).flatMap(objectsIn);
  const book = new CauseBook(new Set(shared.map(({ id }) => id)));
  for (const { line, changed, removed } of await influencesOf(world, relevantLines(world, subjects))) {
    book.add({ kind: 'line', line }, changed, removed);
  }
  for (const found of await systemDefaults(world)) book.addDefault(found);
  for (const { service, instances } of subjects) {
    for (const instance of instances) {
      for (const found of await instanceDefaults(world, service, instance)) book.addDefault(found);
    }
    for (const instance of instances.length === 0 ? [null] : instances) {
      for (const { name, effect } of await nameInfluences(world, { ...input, service }, instance)) {
        book.add({ kind: 'name', name, service, instance }, effect);
      }
    }
  }
  return book;
}

/** A service, and the instances of it that matter; none: all. */
export interface Subject {
  readonly service: string;
  readonly instances: readonly string[];
}

/** Every line of the files that were read for the instances, and of the cluster's system configuration. */
function relevantLines(world: World, subjects: readonly Subject[]): readonly InputLine[] {
  const files = new Set(subjects.flatMap(({ service }) => world.readers.filesOf(service)));
  const isOther = otherInstances(world, subjects);
  return [
    ...[...files].flatMap((file) => linesOf(world.soa, 'soa', file)).filter((line) => !isOther(line)),
    ...world.systemFiles.flatMap((file) => linesOf(world.system, 'system', file)),
    ...teamLines(world),
  ];
}

/** What the data of teams say of those that are told. */
function teamLines({ system, teamData, files }: World): readonly InputLine[] {
  if (teamData === null) return [];
  const objects = [...files.values()].filter(({ service }) => service === null).flatMap(objectsIn);
  const teams = new Set(objects.map(({ document }) => valueAt(document as YamlMap, ['metadata', 'labels', 'team'])));
  return linesOf(system, 'system', teamData).filter(({ path }) => teams.has(path[1]));
}

/** Lines that are about another instance alone, or that nothing reads: trying them would only cost time. */
function otherInstances(world: World, subjects: readonly Subject[]): (line: InputLine) => boolean {
  const wanted = new Map<string, ReadonlySet<string>>();
  for (const { service, instances } of subjects) {
    if (instances.length === 0) continue;
    for (const type of WORKLOAD_TYPES)
      wanted.set(`${service}/${type}-${world.config.cluster}.yaml`, new Set(instances));
  }
  return ({ file, path }) => {
    if (file.endsWith('/deployments.json')) return path[0] === 'v1';
    const instances = wanted.get(file);
    const top = String(path[0]);
    return instances !== undefined && !top.startsWith('_') && !instances.has(top);
  };
}

function linesOf(reader: TreeReader, root: InputRoot, file: string): readonly InputLine[] {
  const read = reader.read(file);
  if (read.kind !== 'file' || !/\.(?:ya?ml|json)$/.test(file)) return [];
  const parse = file.endsWith('.json') ? parseJson : parseYaml;
  const { document } = parse(read.bytes, { root, file });
  return document === undefined ? [] : inputLines(document);
}
