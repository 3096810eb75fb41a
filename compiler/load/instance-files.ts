import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isWorkloadType } from '../model/instances.ts';
import { isSafeName } from '../model/names.ts';
import type { InstanceFile, InstanceType } from '../model/service-sources.ts';
import type { NonStringKey, SourceDocument } from '../model/source-document.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap, type YamlMap } from '../model/yaml-value.ts';
import { SAFE_NAME_RULE } from './list-services.ts';
import { readDocument } from './read-document.ts';
import type { Scope } from './scope.ts';
import { notAMap } from './service-file.ts';

/** One `TYPE-CLUSTER.yaml` to read. */
export interface InstanceFileName {
  readonly service: string;
  readonly type: InstanceType;
  readonly cluster: string;
  readonly file: string;
  readonly isGenerated: boolean;
}

/** Texts that Python prints for keys that are no strings; anything else needs no second look. */
const NON_STRING_TEXT = /^(?:True|False|None|-?(?:\d|inf)|nan)/;

/**
 * Reads one instance file. A file that cannot be used holds back every instance of the cluster, also one with a list or a value that
 * Python counts as false, which PaaSTA takes for a file without instances; a finding inside one
 * instance holds back that instance; files of types that are not compiled hold back nothing.
 * Keys that PaaSTA cannot take as a name (integers, booleans) and unsafe names are errors and no instances.
 */
export function loadInstanceFile(
  reader: TreeReader,
  name: InstanceFileName,
): { readonly instanceFile: InstanceFile; readonly diagnostics: readonly Diagnostic[] } {
  const read = readDocument(reader, name.file, { root: 'soa', format: 'yaml' });
  const document = read.document ?? null;
  const isUsable = document !== null && (isMap(document.value) || document.value === null);
  const names = isUsable ? instanceNames(document, name.type) : { instances: [], findings: [] };
  const diagnostics = [...read.diagnostics];
  if (document !== null && !isUsable) diagnostics.push(notAMap(document, false));
  for (const finding of names.findings) diagnostics.push(finding);
  const { type, cluster, file, isGenerated } = name;
  return {
    instanceFile: {
      type,
      cluster,
      file,
      isGenerated,
      document: isUsable ? document : null,
      instances: names.instances,
    },
    diagnostics: diagnostics.map((d) => ({ ...d, ...scopeOf(d, name, isUsable) })),
  };
}

function scopeOf(diagnostic: Diagnostic, name: InstanceFileName, isUsable: boolean): Scope {
  const { service, cluster } = name;
  if (!isWorkloadType(name.type)) return { service, cluster, instances: [] };
  const first = diagnostic.path[0];
  const isInsideInstance = isUsable && typeof first === 'string' && !first.startsWith('_');
  return isInsideInstance ? { service, cluster, instance: first } : { service, cluster };
}

function instanceNames(document: SourceDocument, type: InstanceType) {
  const map = isMap(document.value) ? document.value : {};
  const keys = Object.keys(map).filter((key) => !key.startsWith('_'));
  const wrongType = keys.some((key) => NON_STRING_TEXT.test(key))
    ? document.nonStringKeys().filter((key) => key.path.length === 1)
    : [];
  const wrongKeys = new Set(wrongType.map((key) => key.path[0]));
  const named = keys.filter((key) => !wrongKeys.has(key));
  const unsafe = named.filter((key) => !isSafeName(key));
  const safe = unsafe.length === 0 ? named : named.filter(isSafeName);
  const findings = [
    ...wrongType.map((key) => nonStringName(document, key)),
    ...unsafe.map((key) => unsafeInstance(document, key)),
  ];
  return { instances: type === 'tron' ? safe.flatMap((job) => tronActions(map, job)) : safe, findings };
}

/** Tron names its instances `job.action`. */
function tronActions(jobs: YamlMap, job: string): readonly string[] {
  const settings = jobs[job]!;
  const actions = isMap(settings) ? settings['actions'] : undefined;
  if (isMap(actions)) return Object.keys(actions).map((action) => `${job}.${action}`);
  if (!Array.isArray(actions)) return [];
  return actions.flatMap((action) => (isMap(action) ? [`${job}.${String(action['name'])}`] : []));
}

function nonStringName(document: SourceDocument, key: NonStringKey): Diagnostic {
  const text = String(key.path[0]);
  const span = document.locateNearest(key.path, 'key').span;
  const written = document.lineText(span.line).slice(span.column - 1, span.endColumn - 1);
  return {
    severity: 'error',
    code: 'non-string-instance',
    message: `the instance name ${written} is ${NON_STRING_TYPES[key.type]} to YAML (${text}); expected text`,
    root: document.root,
    file: document.file,
    path: key.path,
    ...span,
    hint: `quote it: '${written}'`,
  };
}

const NON_STRING_TYPES: Readonly<Record<NonStringKey['type'], string>> = {
  int: 'an integer',
  float: 'a number',
  bool: 'a boolean',
  null: 'null',
  date: 'a date',
};

function unsafeInstance(document: SourceDocument, name: string): Diagnostic {
  return {
    severity: 'error',
    code: 'unsafe-name',
    message: `instance ${JSON.stringify(name)} cannot stand in paths and object names`,
    root: document.root,
    file: document.file,
    path: [name],
    ...document.locateNearest([name], 'key').span,
    hint: SAFE_NAME_RULE,
  };
}
