import type { Path } from '../compiler/diagnostics/diagnostic.ts';
import { parseYaml } from '../compiler/load/yaml/index.ts';
import type { Origins } from '../compiler/model/origin.ts';
import { isMap, type YamlMap } from '../compiler/model/yaml-value.ts';
import { KEY_TRIALS, SYSTEM_TRIALS } from './default-trials.ts';
import { folderOf } from './edited-reader.ts';
import { firstEffect, isSome, type Effect } from './influences.ts';
import { loadTraced } from './loaded.ts';
import { flowYaml, otherValues } from './other-values.ts';
import { setIn, valueAt } from './set-in.ts';
import type { Edit, World } from './world.ts';

/** What follows from nobody setting a key. */
export interface DefaultInfluence {
  /** As written in its file: `autoscaling.setpoint`. */
  readonly key: string;
  /** File that could set it; a folder of the system configuration. */
  readonly file: string;
  /** The default and where it comes from: `PaaSTA: cpus 1`. */
  readonly source: string;
  readonly effect: Effect;
}

/** Parts of the system configuration without which nothing of theirs is rendered. */
const OPTIONAL = new Set(['sensu', 'smartstack']);

/** What follows from system keys that the cluster's configuration does not set, found by setting each. */
export async function systemDefaults(world: World): Promise<readonly DefaultInfluence[]> {
  const folder = folderOf(world.config.fileOf['cluster'] ?? '');
  const file = `${folder === '' ? '' : `${folder}/`}zz_explain.json`;
  const found: DefaultInfluence[] = [];
  for (const { path, default: text, other } of SYSTEM_TRIALS) {
    const isOff = OPTIONAL.has(path[0]!) && valueAt(world.config.raw, [path[0]!]) === undefined;
    if (isOff || valueAt(world.config.raw, path) !== undefined) continue;
    const content = path.reduceRight((inner, key) => `{${JSON.stringify(key)}: ${inner}}`, other);
    const effect = await firstEffect(world, [{ system: { [file]: content } }]);
    const key = path.join('.');
    const source = `${path.length > 1 ? 'default' : 'PaaSTA: system'} ${key} ${text}`;
    if (isSome(effect)) found.push({ key, file: folder, source, effect });
  }
  return found;
}

/** What follows from keys that nothing sets for one instance, found by setting each. */
export async function instanceDefaults(
  world: World,
  service: string,
  instance: string,
): Promise<readonly DefaultInfluence[]> {
  const traced = tracedInstance(world, service, instance);
  if (traced === null) return [];
  const found: DefaultInfluence[] = [];
  for (const [key, source] of defaultsIn(traced.origins)) {
    const path = pathOf(key);
    const isMesh = Object.hasOwn(traced.namespaces, String(path[0]));
    const file = isMesh ? `${service}/smartstack.yaml` : traced.file;
    const edits = trialValues(key, source).flatMap((text) =>
      withKey(world, file, isMesh ? path : [instance, ...path], text),
    );
    const effect = await firstEffect(world, edits);
    if (isSome(effect)) found.push({ key, file, source, effect });
  }
  return found;
}

interface Traced {
  readonly file: string;
  readonly origins: Origins;
  readonly namespaces: YamlMap;
}

function tracedInstance(world: World, service: string, instance: string): Traced | null {
  const { config } = world;
  const loaded = loadTraced(world, config.cluster, service);
  if (loaded === null) return null;
  const { sources, resolution } = loaded;
  const resolved = resolution.instances.find((each) => each.instance === instance);
  if (resolved?.origins === undefined) return null;
  const { smartstack } = sources;
  const namespaces = smartstack.kind === 'read' && isMap(smartstack.document.value) ? smartstack.document.value : {};
  return { file: `${service}/${resolved.type}-${config.cluster}.yaml`, origins: resolved.origins, namespaces };
}

/** Defaults of keys in the service's own files, each once. */
function defaultsIn(origins: Origins): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const origin of Object.values(origins).flat()) {
    if (origin.kind === 'default' && !origin.source.startsWith('PaaSTA: system')) found.set(origin.key, origin.source);
  }
  return found;
}

/** Other values than the default of a key, as YAML. */
function trialValues(key: string, source: string): readonly string[] {
  const named = KEY_TRIALS[/[^.[\]]+$/.exec(key.replace(/\[\d+\]$/, ''))?.[0] ?? ''];
  if (named !== undefined) return named;
  const { document } = parseYaml(source.slice(source.lastIndexOf(' ') + 1), { root: 'soa', file: '' });
  return document === undefined ? [] : otherValues(document.value);
}

function withKey(world: World, file: string, path: Path, text: string): readonly Edit[] {
  const read = world.soa.read(file);
  if (read.kind !== 'file') return [];
  const { document } = parseYaml(read.bytes, { root: 'soa', file });
  const value = parseYaml(text, { root: 'soa', file }).document?.value;
  if (document === undefined || value === undefined) return [];
  const edited = setIn(document.value, path, value);
  return edited === null ? [] : [{ soa: { [file]: flowYaml(edited) } }];
}

function pathOf(key: string): Path {
  return [...key.matchAll(/[^.[\]]+/g)].map(([step]) => (/^\d+$/.test(step) ? Number(step) : step));
}
