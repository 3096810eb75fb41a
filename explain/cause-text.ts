import type { Path, Root } from '../compiler/diagnostics/diagnostic.ts';
import { parseYaml } from '../compiler/load/yaml/index.ts';
import { WORKLOAD_TYPES } from '../compiler/model/service-sources.ts';
import { isMap, pythonText, type YamlValue } from '../compiler/model/yaml-value.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import type { Mask } from '../differences/mask.ts';
import type { Bearing, Cause } from './causes.ts';

const LONGEST_VALUE = 120;

/** A cause in words, with its place where it has one. */
export interface ToldCause {
  readonly kind: Cause['kind'];
  readonly bearing: Bearing;
  readonly root: Root;
  /** A file, or the folder of a name. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** `main.cpus: 0.5`, `PaaSTA: cpus 1`, `the name of the instance`. */
  readonly text: string;
}

/** What causes are told with. */
export interface Telling {
  readonly soa: TreeReader;
  readonly cluster: string;
  readonly mask: Mask;
}

/** Tells a cause. Secret values are hidden; those of secret files are never told. */
export function tellCause(cause: Cause, telling: Telling): ToldCause {
  const { kind, bearing } = cause;
  switch (cause.kind) {
    case 'line': {
      const { root, file, span, path, scalar } = cause.line;
      const text = valueText(file, path, scalar, telling.mask);
      return { kind, bearing, root, file, line: span.line, column: span.column, text: `${keyText(path)}${text}` };
    }
    case 'default':
      return { kind, bearing, root: rootOf(cause.file), file: cause.file, text: `default, ${cause.source}` };
    case 'name':
      return { kind, bearing, root: 'soa', ...namePlace(cause, telling), text: NAMES[cause.name] };
  }
}

const NAMES = {
  service: 'the name of the service',
  instance: 'the name of the instance',
  cluster: 'the name of the cluster',
  type: 'the first part of the file name',
} as const;

/** A path as a reader would say it. */
export function keyText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** A value on one line after its key, cut and without secrets; nothing for a map or a list. */
function valueText(file: string, path: Path, value: YamlValue | undefined, mask: Mask): string {
  if (value === undefined) return '';
  if (/(?:^|\/)secrets\//.test(file)) return ': <hidden>';
  const key = String(path.findLast((step) => typeof step === 'string') ?? '');
  return `: ${shownValue(key, value, mask)}`;
}

/** A value of the input on one line, cut and without secrets. */
export function shownValue(key: string, value: YamlValue, mask: Mask): string {
  const isScalar = !Array.isArray(value) && !isMap(value);
  const given: unknown = isScalar ? pythonText(value) : JSON.parse(JSON.stringify(value, plainNumber));
  const masked = mask.object({ [key]: given })[key];
  const isBare = isScalar && typeof value !== 'string';
  const text = isBare ? String(masked).toLowerCase() : JSON.stringify(masked);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}

function plainNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function rootOf(file: string): Root {
  return /\.ya?ml$/.test(file) ? 'soa' : 'system';
}

function namePlace(cause: Extract<Cause, { kind: 'name' }>, { soa, cluster }: Telling) {
  const { name, service, instance } = cause;
  if (name === 'service') return { file: `${service}/` };
  const files = WORKLOAD_TYPES.map((type) => `${service}/${type}-${cluster}.yaml`).filter((file) => soa.exists(file));
  for (const file of files) {
    const read = soa.read(file);
    if (read.kind !== 'file' || instance === null) continue;
    const span = parseYaml(read.bytes, { root: 'soa', file }).document?.keySpan([instance]);
    if (span !== undefined) return name === 'instance' ? { file, line: span.line, column: span.column } : { file };
  }
  return { file: files[0] ?? `${service}/` };
}
