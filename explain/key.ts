import type { Path, Span } from '../compiler/diagnostics/diagnostic.ts';
import { nearest } from '../compiler/diagnostics/did-you-mean.ts';
import { workloadInstances } from '../compiler/model/instances.ts';
import type { Origins } from '../compiler/model/origin.ts';
import type { ServiceFile } from '../compiler/model/service-sources.ts';
import type { SourceDocument } from '../compiler/model/source-document.ts';
import { isMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { autotunedFile, deepMerge, instanceLayer, serviceLayers } from '../compiler/resolve/index.ts';
import { INSTANCE_KEYS } from '../compiler/validate/key-names.ts';
import type { Unexplained } from './explain-object.ts';
import type { LoadedService } from './loaded.ts';
import { valueAt } from './set-in.ts';

/** What became of a layer's value: it is the value, it is part of a merged map, or a stronger layer hides it. */
export type Outcome = 'set' | 'merged' | 'lost';

/** One place that gives an instance a value for a key. */
export interface KeyLayer {
  readonly outcome: Outcome;
  readonly document: SourceDocument;
  /** Where the value itself stands: in a template when it comes through `<<`. */
  readonly path: Path;
  readonly span: Span | undefined;
  /** Where the instance names the template. */
  readonly through: Span | undefined;
  readonly value: YamlValue;
}

/** Where the value of an instance's key comes from. */
export interface KeyExplanation {
  readonly key: string;
  /** Undefined when no layer sets it. */
  readonly value: YamlValue | undefined;
  /** Strongest first. */
  readonly layers: readonly KeyLayer[];
  /** Defaults of the key, or of keys below it, that stand in where nothing is set. */
  readonly defaults: readonly string[];
  /** Keys beside it, for advice on spelling. */
  readonly siblings: readonly string[];
}

/** Advice on a key that nothing sets and nothing reads; null for a good one. */
export function unknownKey({ key, value, defaults, siblings }: KeyExplanation): Unexplained | null {
  if (value !== undefined || defaults.length > 0 || INSTANCE_KEYS.has(key)) return null;
  const [first, ...rest] = stepsOf(key) as [string, ...string[]];
  const isFirst = rest.length === 0 || !INSTANCE_KEYS.has(first);
  const near = isFirst ? nearest(first, INSTANCE_KEYS) : nearest(rest.at(-1)!, siblings);
  const right = isFirst ? [near, ...rest] : [first, ...rest.slice(0, -1), near];
  const hint = near === undefined ? {} : { hint: `did you mean "${right.join('.')}"?` };
  return { problem: `nothing sets "${key}", and nothing reads it`, ...hint };
}

interface Level {
  readonly document: SourceDocument;
  readonly path: Path;
  readonly value: YamlValue;
  /** A template loses to what its instance has. */
  readonly isHidden: boolean;
  readonly through?: Span;
}

/** Explains a key such as `cpus` or `monitoring.team` of one instance; null when there is no such instance. */
export function explainKey(loaded: LoadedService, instance: string, key: string): KeyExplanation | null {
  const maps = instanceLevels(loaded, instance);
  const [first, ...rest] = stepsOf(key);
  if (maps === null || first === undefined) return null;
  const { files } = serviceLayers(loaded.sources);
  const top = [...below(maps, first), ...(Object.hasOwn(files, first) ? [fileLevel(files[first]!)] : [])];
  const found = rest.reduce<readonly Level[]>((levels, step) => below(levels, step), top);
  const shown = found.filter(({ isHidden }) => !isHidden).map(({ value }) => value);
  const value = shown.length === 0 ? undefined : shown.reduce(deepMerge);
  const above =
    rest.length === 0 ? maps : rest.slice(0, -1).reduce<readonly Level[]>((levels, step) => below(levels, step), top);
  const origins = loaded.resolution.instances.find((each) => each.instance === instance)?.origins ?? {};
  const parent = key.slice(0, key.length - (rest.at(-1) ?? first).length);
  return {
    ...{ key, value },
    layers: found.map((level, at) => layerOf(level, found, at)),
    defaults: defaultsOf(origins, key, value !== undefined),
    siblings: [...new Set([...above.flatMap((level) => keysOf(level.value)), ...keysBelow(origins, parent)])],
  };
}

/** The layers of an instance that are maps of its keys, strongest first. */
function instanceLevels({ sources, config }: LoadedService, instance: string): readonly Level[] | null {
  const workload = workloadInstances(sources.instanceFiles, config.cluster).find((each) => each.instance === instance);
  if (workload?.file.document == null) return null;
  const own = instanceLayer(workload.file.document, instance);
  if (own === null) return null;
  const autotuned = documentOf(autotunedFile(sources, config, workload.file), instance);
  const layers = [own, autotuned, serviceLayers(sources).serviceYaml].filter((layer) => layer !== null);
  return layers.map(({ document, prefix, value }) => ({ document, path: prefix, value, isHidden: false }));
}

/** A whole file under a key, such as monitoring.yaml under `monitoring`. */
function fileLevel({ document, value }: { readonly document: SourceDocument; readonly value: YamlValue }): Level {
  return { document, path: [], value, isHidden: false };
}

function documentOf(file: ServiceFile | null, instance: string) {
  return file?.kind === 'read' ? instanceLayer(file.document, instance) : null;
}

/** The levels under a step: a map lets weaker maps through, anything else hides them. */
function below(levels: readonly Level[], step: string | number): readonly Level[] {
  const isOpen = isMap(levels[0]?.value);
  return levels.flatMap((level, at) => {
    const isHidden = level.isHidden || (at > 0 && !(isOpen && isMap(level.value)));
    const inner = valueAt(level.value, [step]);
    if (inner === undefined) return [];
    return [{ ...level, path: [...level.path, step], value: inner, isHidden }, ...hiddenTemplates(level, step)];
  });
}

/** What templates of a map have under a step that the map sets itself. */
function hiddenTemplates({ document, path, value }: Level, step: string | number): readonly Level[] {
  if (!isMap(value)) return [];
  const mine = document.origin([...path, step]);
  const templates = new Map<string, { readonly path: Path; readonly through: Span | undefined }>();
  for (const key of Object.keys(value)) {
    const origin = document.origin([...path, key]);
    const via = origin?.via?.slice(0, -1);
    if (via !== undefined) templates.set(via.join('\0'), { path: via, through: origin?.through });
  }
  return [...templates.values()].flatMap(({ path: at, through }) => {
    const inner = valueAt(document.value, [...at, step]);
    const span = document.locate([...at, step]);
    const isMine = span?.line === mine?.span.line && span?.column === mine?.span.column;
    if (inner === undefined || isMine) return [];
    return [{ document, path: [...at, step], value: inner, isHidden: true, ...(through && { through }) }];
  });
}

function layerOf(level: Level, all: readonly Level[], at: number): KeyLayer {
  const { document, path, value, isHidden } = level;
  const origin = document.origin(path);
  const first = all.findIndex((each) => !each.isHidden);
  const areMaps = isMap(all[first]?.value) && isMap(value);
  const isMerged = areMaps && all.filter((each) => !each.isHidden).length > 1;
  const outcome = isHidden || (at !== first && !areMaps) ? 'lost' : isMerged ? 'merged' : 'set';
  return {
    ...{ outcome, document, value },
    path: origin?.via ?? path,
    span: origin?.span ?? document.locate(path),
    through: origin?.through ?? level.through,
  };
}

function defaultsOf(origins: Origins, key: string, isSet: boolean): readonly string[] {
  const isBelow = (each: string): boolean => each.startsWith(`${key}.`) || each.startsWith(`${key}[`);
  const found = Object.values(origins)
    .flat()
    .flatMap((origin) => (origin.kind === 'default' && (origin.key === key || isBelow(origin.key)) ? [origin] : []))
    .filter((origin) => !isSet || isBelow(origin.key));
  return [...new Set(found.map(({ source }) => source))];
}

function keysBelow(origins: Origins, parent: string): readonly string[] {
  return Object.values(origins)
    .flat()
    .flatMap((origin) =>
      origin.kind === 'default' && origin.key.startsWith(parent) ? [origin.key.slice(parent.length)] : [],
    );
}

function keysOf(value: YamlValue): readonly string[] {
  return isMap(value) ? Object.keys(value) : [];
}

function stepsOf(key: string): readonly string[] {
  return [...key.matchAll(/[^.[\]]+/g)].map(([step]) => step);
}
