import type { Path } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../model/origin.ts';
import type { SourceDocument } from '../model/source-document.ts';
import { isMap, type YamlValue } from '../model/yaml-value.ts';
import { childOf, Field, type Source } from './field.ts';
import type { Journal, Place } from './journal.ts';
import type { Layer, ServiceLayers } from './layers.ts';
import { deepMerge, ownValue } from './merge.ts';

/** A value of one layer, and where it stands. */
interface Found {
  readonly document: SourceDocument;
  readonly path: Path;
  readonly value: YamlValue;
}

/**
 * The keys of one instance with all layers merged: the instance's own file over autotuned defaults over service.yaml over
 * the service's other files, merged from the strong end. Only maps that stand in several layers are copied.
 * PaaSTA: `PaastaServiceConfigLoader` and `load_service_instance_config`.
 */
export class MergedInstance implements Source {
  readonly journal: Journal;
  /** Layers that are maps of instance keys, strongest first. */
  private readonly layers: readonly Layer[];
  private readonly files: ServiceLayers['files'];
  /** Of every top-level key that some layer has. */
  private readonly merged: ReadonlyMap<string, YamlValue>;

  constructor(journal: Journal, own: Layer, autotuned: Layer | null, service: ServiceLayers) {
    const layers = [own];
    if (autotuned !== null) layers.push(autotuned);
    if (service.serviceYaml !== null) layers.push(service.serviceYaml);
    this.journal = journal;
    this.layers = layers;
    this.files = service.files;
    this.merged = mergedKeys(layers, service.files);
  }

  /** The merged value of a top-level key; undefined when no layer has it. */
  get(key: string): YamlValue | undefined {
    return this.merged.get(key);
  }

  has(key: string): boolean {
    return this.merged.has(key);
  }

  /** A top-level key as a field. */
  field(key: string): Field {
    return new Field(this, this.merged.get(key), key);
  }

  /** Counts the definition of the instance as read: its name and place are all that matters. */
  noteSelf(): void {
    if (this.journal.isTracing) this.journal.note(() => this.originOf([]));
  }

  /** The instance as a whole, for findings about it rather than one of its keys. */
  whole(): Field {
    return new Field(this, undefined);
  }

  placeOf(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const found = this.#find(path.slice(0, length));
      if (found === undefined) continue;
      const span = found.document.locate(found.path, 'value');
      return { root: found.document.root, file: found.document.file, path: found.path, ...(span && { span }) };
    }
    const { document, prefix } = this.layers[0]!;
    const span = document.locate(prefix, 'key');
    return { root: document.root, file: document.file, path: prefix, ...(span && { span }) };
  }

  originOf(path: Path): Origin {
    const { root, file, path: at, span } = this.placeOf(path);
    return { kind: 'input', root, file, path: at, ...(span && { span }) };
  }

  /** What gives the merged value at a path: a strongest map lets weaker maps through, anything else hides them all. */
  #find(path: Path): Found | undefined {
    const [key, ...rest] = path;
    let found = this.#values(String(key));
    for (const step of rest) {
      const through = isMap(found[0]?.value) ? found.filter(({ value }) => isMap(value)) : found.slice(0, 1);
      found = through.flatMap(({ document, path: at, value }) => {
        const below = childOf(value, step);
        return below === undefined ? [] : [{ document, path: [...at, step], value: below }];
      });
    }
    return found[0];
  }

  /** Every layer's value of a top-level key, strongest first. */
  #values(key: string): readonly Found[] {
    const found: Found[] = [];
    for (const { document, prefix, value } of this.layers) {
      const own = ownValue(value, key);
      if (own !== undefined) found.push({ document, path: [...prefix, key], value: own });
    }
    const file = Object.hasOwn(this.files, key) ? this.files[key]! : undefined;
    if (file !== undefined) found.push({ document: file.document, path: [], value: file.value });
    return found;
  }
}

function mergedKeys(layers: readonly Layer[], files: ServiceLayers['files']): ReadonlyMap<string, YamlValue> {
  const merged = new Map<string, YamlValue>();
  const add = (key: string, value: YamlValue): void => {
    const stronger = merged.get(key);
    merged.set(key, stronger === undefined ? value : deepMerge(stronger, value));
  };
  for (const { value } of layers) for (const key of Object.keys(value)) add(key, value[key]!);
  for (const key of Object.keys(files)) add(key, files[key]!.value);
  return merged;
}
