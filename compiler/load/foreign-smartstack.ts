import { isWorkloadType } from '../model/instances.ts';
import { isSafeName } from '../model/names.ts';
import type { InstanceFile, ServiceFile } from '../model/service-sources.ts';
import type { ReadResult, TreeReader } from '../model/tree-reader.ts';
import { isMap, type YamlValue } from '../model/yaml-value.ts';
import { loadServiceFile } from './service-file.ts';

/** Most files whose parse is remembered; the one unused for longest goes first. */
const MAX_REMEMBERED = 512;

/**
 * smartstack.yaml files of other services. The bytes are read through the reader of whoever asks, so that a tracked reader
 * sees the dependency; equal bytes are parsed once a run.
 */
export interface ForeignCache {
  get(reader: TreeReader, service: string): ServiceFile;
}

/** An empty memory of other services' smartstack.yaml, for one run. */
export function createForeignCache(limit = MAX_REMEMBERED): ForeignCache {
  const remembered = new Map<string, { readonly bytes: Uint8Array; readonly file: ServiceFile }>();
  return {
    get(reader, service) {
      const path = `${service}/smartstack.yaml`;
      const result = reader.read(path);
      if (result.kind === 'absent') return { kind: 'absent' };
      if (result.kind === 'unreadable') return { kind: 'broken', file: path };
      const known = remembered.get(service);
      const isSame = known !== undefined && Buffer.compare(known.bytes, result.bytes) === 0;
      const file = isSame ? known.file : loadServiceFile(singleFile(result), path, {}, 'map').file;
      remembered.delete(service);
      remembered.set(service, { bytes: result.bytes, file });
      if (remembered.size > limit) remembered.delete(remembered.keys().next().value!);
      return file;
    },
  };
}

/**
 * Other services whose smartstack.yaml matters to a service, sorted: those that its `registrations` name (in instances,
 * templates or service.yaml) and those that its namespaces are proxied through.
 */
export function namedServices(
  service: string,
  instanceFiles: readonly InstanceFile[],
  serviceYaml: ServiceFile,
  smartstack: ServiceFile,
): readonly string[] {
  const found = new Set<string>();
  const add = (reference: unknown): void => {
    if (typeof reference !== 'string') return;
    const name = reference.split('.', 1)[0]!;
    if (name !== service && isSafeName(name)) found.add(name);
  };
  const addRegistrations = (settings: YamlValue | undefined): void => {
    const registrations = isMap(settings) ? settings['registrations'] : undefined;
    if (Array.isArray(registrations)) registrations.forEach(add);
  };
  for (const file of instanceFiles) {
    if (isWorkloadType(file.type)) valuesOf(file.document?.value).forEach(addRegistrations);
  }
  if (serviceYaml.kind === 'read') addRegistrations(serviceYaml.document.value);
  if (smartstack.kind === 'read') {
    for (const namespace of valuesOf(smartstack.document.value)) {
      if (!isMap(namespace)) continue;
      add(namespace['proxied_through']);
      add(namespace['clb_proxy']);
    }
  }
  return [...found].sort();
}

function valuesOf(value: YamlValue | undefined): readonly YamlValue[] {
  return isMap(value) ? Object.values(value) : [];
}

function singleFile(result: ReadResult): TreeReader {
  return { read: () => result, list: () => ({ kind: 'absent' }), exists: () => true };
}
