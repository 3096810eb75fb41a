import type { InputRoot, Path } from '../compiler/diagnostics/diagnostic.ts';
import { parseYaml } from '../compiler/load/yaml/index.ts';
import { WORKLOAD_TYPES } from '../compiler/model/service-sources.ts';
import type { SourceDocument } from '../compiler/model/source-document.ts';
import { PyFloat, pythonText, type YamlValue } from '../compiler/model/yaml-value.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import type { Mask } from '../differences/mask.ts';
import type { Bearing, Cause } from './cause-book.ts';

const LONGEST_VALUE = 120;

/** A cause in words, with its place where it has one. */
export interface ToldCause {
  readonly kind: Cause['kind'];
  readonly bearing: Bearing;
  readonly root: InputRoot;
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
  readonly shown: Shown;
}

/** Tells a cause. Secret values are hidden; those of secret files are never told. */
export function tellCause(cause: Cause, telling: Telling): ToldCause {
  const { kind, bearing } = cause;
  switch (cause.kind) {
    case 'line': {
      const { root, file, span, path, scalar, document } = cause.line;
      const value = scalar === undefined ? '' : `: ${telling.shown(document, path, scalar)}`;
      return { kind, bearing, root, file, line: span.line, column: span.column, text: `${keyText(path)}${value}` };
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

/** The value at a path of a document on one line, cut and without secrets. */
export type Shown = (document: SourceDocument, path: Path, value: YamlValue) => string;

/** Shows values as they stand in their documents, where what is around them can say that they are secret. */
export function createShown(mask: Mask): Shown {
  const documents = new Map<SourceDocument, unknown>();
  const masked = (document: SourceDocument): unknown => {
    if (!documents.has(document)) documents.set(document, mask.input(plainJson(document.value)));
    return documents.get(document);
  };
  return (document, path, value) => {
    if (/(?:^|\/)secrets\//.test(document.file) || isTeamData(document, path)) return '<hidden>';
    // What is hidden as a whole stands for everything in it.
    const inPlace = path.reduce<unknown>(
      (parent, step) => (typeof parent === 'string' ? parent : (parent as Record<string | number, unknown>)[step]),
      masked(document),
    );
    if (typeof value === 'string' || isCollection(value)) return cut(JSON.stringify(inPlace));
    if (typeof inPlace === 'string') return inPlace;
    return cut(value === null || typeof value === 'boolean' ? String(value) : pythonText(value));
  };
}

function isCollection(value: YamlValue): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof PyFloat);
}

/** Data of teams hold keys of theirs under any name. */
function isTeamData({ root }: SourceDocument, [top]: Path): boolean {
  return root === 'system' && top === 'team_data';
}

function cut(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}

/** A value as JSON data: numbers lose the spelling that Python would give them. */
export function plainJson(value: YamlValue): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner)),
  );
}

function rootOf(file: string): InputRoot {
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
