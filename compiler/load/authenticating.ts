import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap, type YamlValue } from '../model/yaml-value.ts';
import { loadServiceFile } from './service-file.ts';

/** Root file that lists every authenticating service. PaaSTA: written by `generate_authenticating_services`. */
export const AUTHENTICATING_FILE = 'authenticating.yaml';

/**
 * Services that one authorization.yaml lets in: `authorization.rules[].identity_groups.services[]`, every missing level
 * empty. PaaSTA: `list_services_in_authz_config`.
 */
export function authorizedServices(value: YamlValue): readonly string[] {
  const rules = itemsOf(member(member(value, 'authorization'), 'rules'));
  const services = rules.flatMap((rule) => itemsOf(member(member(rule, 'identity_groups'), 'services')));
  return [...new Set(services.filter((service) => typeof service === 'string'))].sort(compareText);
}

/**
 * The authenticating services as they follow from every authorization.yaml, read one by one. A file that cannot be read
 * leaves the list incomplete, which is an error of the whole run: no service's pod can be trusted to have its token volume.
 */
export function deriveAuthenticating(
  reader: TreeReader,
  services: readonly string[],
  always: readonly string[],
): { readonly services: ReadonlySet<string>; readonly diagnostics: readonly Diagnostic[] } {
  const found = new Set(always);
  const unusable: string[] = [];
  for (const service of services) {
    const path = `${service}/authorization.yaml`;
    const { file } = loadServiceFile(reader, path, {}, 'map');
    if (file.kind === 'broken') unusable.push(path);
    if (file.kind !== 'read') continue;
    for (const name of authorizedServices(file.document.value)) found.add(name);
  }
  return { services: found, diagnostics: unusable.map(incomplete) };
}

/**
 * The warning about an authenticating.yaml that is not what all authorization.yaml files and the system key
 * `always_authenticating_services` say. The file wins all the same.
 */
export function compareAuthenticating(
  listed: ReadonlySet<string>,
  derived: ReadonlySet<string>,
): readonly Diagnostic[] {
  const missing = [...derived].filter((name) => !listed.has(name)).sort(compareText);
  const additional = [...listed].filter((name) => !derived.has(name)).sort(compareText);
  if (missing.length === 0 && additional.length === 0) return [];
  const parts = [
    ...(missing.length > 0 ? [`lacks ${someOf(missing)}`] : []),
    ...(additional.length > 0 ? [`lists ${someOf(additional)}, which no authorization.yaml names`] : []),
  ];
  return [
    {
      severity: 'warning',
      code: 'authenticating-differs',
      message: `${AUTHENTICATING_FILE} ${parts.join(' and ')}; the file is used as it stands`,
      root: 'soa',
      file: AUTHENTICATING_FILE,
      path: ['services'],
      hint: 'regenerate the file, or delete it: the list is then derived',
    },
  ];
}

function incomplete(file: string): Diagnostic {
  return {
    severity: 'error',
    code: 'incomplete-authenticating',
    message: `the authenticating services cannot be derived without ${file}`,
    root: 'soa',
    file,
    path: [],
    hint: `correct the file, or commit ${AUTHENTICATING_FILE}`,
  };
}

function member(value: YamlValue | undefined, key: string): YamlValue | undefined {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function itemsOf(value: YamlValue | undefined): readonly YamlValue[] {
  return Array.isArray(value) ? (value as readonly YamlValue[]) : [];
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
