import { parseYaml } from '../compiler/load/yaml/index.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { WORKLOAD_TYPES } from '../compiler/model/service-sources.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { editedReader, type Texts } from './edited-reader.ts';
import { effectOf, type Effect } from './influences.ts';
import { replaceSpan } from './input-lines.ts';
import { compareFiles, openWorld, type World, type WorldInput } from './world.ts';

/** A name that no key gives: of the folder, of the block in the file, of the file itself. */
export type NameKind = 'service' | 'instance' | 'cluster' | 'type';

/** What follows from a name. */
export interface NameInfluence {
  readonly name: NameKind;
  readonly effect: Effect;
}

interface Renamed {
  readonly name: NameKind;
  readonly input: WorldInput;
  /** The owner that a file has without the rename. */
  readonly ownerOf: (file: RenderedFile) => RenderedFile;
}

/** What follows from the names of one service, one of its instances and the cluster, found by renaming each. */
export async function nameInfluences(
  world: World,
  input: WorldInput & { readonly service: string },
  instance: string | null,
): Promise<readonly NameInfluence[]> {
  const own = await openWorld({ ...input, soa: world.soa, system: world.system });
  if (typeof own === 'string') return [];
  const renamed = [renamedService(world, input), renamedCluster(world, input), ...renamedTypes(world, input)];
  if (instance !== null) renamed.push(...renamedInstance(world, input, instance));
  const found: NameInfluence[] = [];
  for (const each of renamed) {
    const other = await openWorld(each.input);
    if (typeof other === 'string') continue;
    const files = [...other.files.values()].map((file) => [file.path, each.ownerOf(file)] as const);
    found.push({ name: each.name, effect: effectOf(compareFiles(own.files, new Map(files))) });
  }
  return found;
}

function renamedService(world: World, input: WorldInput & { readonly service: string }): Renamed {
  const { service } = input;
  const other = `${service}x`;
  const soa = withNames(
    editedReader(world.soa, deployments(world, service, [[`${service}:`, `${other}:`]])),
    (path) => path.replace(new RegExp(`^${escaped(other)}(?=/|$)`), service),
    (folder, name) => (folder === '' && name === service ? other : name),
  );
  const ownerOf = (file: RenderedFile): RenderedFile => (file.service === other ? { ...file, service } : file);
  return { name: 'service', input: { ...input, ...world, soa, service: other }, ownerOf };
}

function renamedInstance(
  world: World,
  input: WorldInput & { readonly service: string },
  instance: string,
): readonly Renamed[] {
  const { service, cluster } = input;
  const other = `${instance}x`;
  const texts: Record<string, string> = {
    ...deployments(world, service, [[`${cluster}.${instance}"`, `${cluster}.${other}"`]]),
  };
  // The namespace of the same name is the instance's registration unless it has others.
  for (const name of [...WORKLOAD_TYPES.map((type) => `${type}-${cluster}`), 'smartstack']) {
    const file = `${service}/${name}.yaml`;
    const read = world.soa.read(file);
    if (read.kind !== 'file') continue;
    const { document } = parseYaml(read.bytes, { root: 'soa', file });
    const span = document?.keySpan([instance]);
    if (document !== undefined && span !== undefined)
      texts[file] = replaceSpan(document.text, span, JSON.stringify(other));
  }
  const ownerOf = (file: RenderedFile): RenderedFile => (file.instance === other ? { ...file, instance } : file);
  return [{ name: 'instance', input: { ...input, ...world, soa: editedReader(world.soa, texts) }, ownerOf }];
}

function renamedCluster(world: World, input: WorldInput & { readonly service: string }): Renamed {
  const { cluster, service } = input;
  const other = `${cluster}x`;
  const swaps = [`:${cluster}.`, `"${cluster}.`].map((text) => [text, text.replace(cluster, other)] as const);
  const soa = withNames(
    editedReader(world.soa, deployments(world, service, swaps)),
    (path) => path.replace(`-${other}.yaml`, `-${cluster}.yaml`),
    (_folder, name) => (name.endsWith(`-${cluster}.yaml`) ? name.replace(`-${cluster}.yaml`, `-${other}.yaml`) : name),
  );
  const whole = new RegExp(`(?<![\\w./-])${escaped(cluster)}(?![\\w./-])`, 'g');
  const system = editedReader(
    world.system,
    textsOf(world.system, world.systemFiles, (text) => text.replace(whole, other)),
  );
  return { name: 'cluster', input: { ...input, soa, system, cluster: other }, ownerOf: (file) => file };
}

/** The file of one workload type under the name of the other, where there is only one of them. */
function renamedTypes(world: World, input: WorldInput & { readonly service: string }): readonly Renamed[] {
  const { cluster, service } = input;
  const [a, b] = WORKLOAD_TYPES.map((type) => `${type}-${cluster}.yaml`) as [string, string];
  if (world.soa.exists(`${service}/${a}`) && world.soa.exists(`${service}/${b}`)) return [];
  const swapped = (name: string): string => (name === a ? b : name === b ? a : name);
  const soa = withNames(
    world.soa,
    (path) => path.split('/').map(swapped).join('/'),
    (_folder, name) => swapped(name),
  );
  return [{ name: 'type', input: { ...input, soa, system: world.system }, ownerOf: (file) => file }];
}

function deployments(world: World, service: string, swaps: readonly (readonly [string, string])[]): Texts {
  return textsOf(world.soa, [`${service}/deployments.json`], (text) =>
    swaps.reduce((edited, [from, to]) => edited.replaceAll(from, to), text),
  );
}

function textsOf(reader: TreeReader, paths: readonly string[], edit: (text: string) => string): Texts {
  const texts = paths.flatMap((path) => {
    const read = reader.read(path);
    return read.kind === 'file' ? [[path, edit(new TextDecoder().decode(read.bytes))] as const] : [];
  });
  return Object.fromEntries(texts);
}

/** A tree with other names in it: `original` is the path behind a new one, `shown` the new name of an entry. */
function withNames(
  reader: TreeReader,
  original: (path: string) => string,
  shown: (folder: string, name: string) => string,
): TreeReader {
  return {
    read: (path) => reader.read(original(path)),
    exists: (path) => reader.exists(original(path)),
    list(path) {
      const folder = original(path);
      const result = reader.list(folder);
      if (result.kind !== 'directory') return result;
      return { ...result, entries: result.entries.map((entry) => ({ ...entry, name: shown(folder, entry.name) })) };
    },
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
