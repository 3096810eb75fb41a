import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts';
import { isSafeName } from '../model/names.ts';
import { POD_SPEC_FIELDS } from '../model/pod-spec-fields.ts';
import { isMap, pythonText, type YamlValue } from '../model/yaml-value.ts';
import { SAFE_NAME_RULE } from './list-services.ts';
import type { MergedFiles } from './merge-system-files.ts';
import { KNOWN_SYSTEM_KEYS, OWN_MEMBERS, systemKey } from './system-config-keys.ts';

/**
 * Findings about the keys of one merged configuration: unknown ones (warning), values of a wrong type (error where the
 * compiler reads them), unsafe cluster names, fields of `pod_defaults` that no pod has.
 */
export function checkSystemConfig(merged: MergedFiles): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  for (const [key, value] of Object.entries(merged.value)) {
    const known = systemKey(key);
    if (known === undefined) {
      const hint = didYouMean(key, KNOWN_SYSTEM_KEYS);
      findings.push({ ...finding(merged, 'unknown-system-key', [key], `"${key}" is no known key`, 'key'), ...hint });
      continue;
    }
    for (const misfit of known.shape(value)) {
      const path = [key, ...misfit.path];
      const message = `"${path.join('.')}" is ${describe(merged.value, path, known.isCompiled)}; expected ${misfit.expected}`;
      const wrong = finding(merged, 'wrong-type', path, message);
      findings.push(known.isCompiled ? { ...wrong, severity: 'error' } : { ...wrong, policy: true });
    }
  }
  return [
    ...findings,
    ...checkMembers(merged),
    ...checkClusterNames(merged),
    ...checkVolumeModes(merged),
    ...checkPodDefaults(merged),
  ];
}

/** Findings about required keys that no file sets; only meaningful when every file could be read. */
export function checkRequired(merged: MergedFiles): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  if (!Object.hasOwn(merged.value, 'volumes')) {
    const message = 'no file sets "volumes", the host paths that every container mounts';
    findings.push({
      ...finding(merged, 'missing-system-key', [], message),
      severity: 'error',
      hint: 'add "volumes": [] to mount none',
    });
  }
  if (!Object.hasOwn(merged.value, 'docker_registry')) {
    const message = 'no file sets "docker_registry": only services that set it in service.yaml have an image';
    findings.push(finding(merged, 'missing-system-key', [], message));
  }
  return findings;
}

function checkMembers(merged: MergedFiles): readonly Diagnostic[] {
  return Object.entries(OWN_MEMBERS).flatMap(([name, members]) => {
    const path = name.split('.');
    const value = valueAt(merged.value, path);
    if (!isMap(value)) return [];
    const unknown = Object.keys(value).filter((member) => !members.includes(member));
    return unknown.map((member) => ({
      ...finding(merged, 'unknown-system-key', [...path, member], `"${name}.${member}" is no known key`, 'key'),
      ...didYouMean(member, members),
    }));
  });
}

function checkClusterNames(merged: MergedFiles): readonly Diagnostic[] {
  const { cluster, clusters } = merged.value;
  const named: readonly (readonly [Path, YamlValue | undefined])[] = [
    [['cluster'], cluster],
    ...(Array.isArray(clusters) ? clusters.map((name, i) => [['clusters', i], name as YamlValue] as const) : []),
  ];
  return named.flatMap(([path, name]) => {
    if (typeof name !== 'string' || isSafeName(name)) return [];
    const message = `cluster ${JSON.stringify(name)} cannot stand in paths and object names`;
    return [{ ...finding(merged, 'unsafe-name', path, message), severity: 'error', hint: SAFE_NAME_RULE }];
  });
}

/** PaaSTA mounts read-only for exactly `RO`, and writable for anything else it is given. */
function checkVolumeModes(merged: MergedFiles): readonly Diagnostic[] {
  return ['volumes', 'hacheck_sidecar_volumes'].flatMap((key) => {
    const volumes = merged.value[key];
    if (!Array.isArray(volumes)) return [];
    return (volumes as readonly YamlValue[]).flatMap((volume, index) => {
      const mode = isMap(volume) ? volume['mode'] : undefined;
      if (typeof mode !== 'string' || mode === 'RO' || mode === 'RW') return [];
      const message = `the volume mode ${JSON.stringify(mode)} means writable; expected "RO" or "RW"`;
      return [{ ...finding(merged, 'volume-mode', [key, index, 'mode'], message), policy: true }];
    });
  });
}

function checkPodDefaults(merged: MergedFiles): readonly Diagnostic[] {
  const defaults = merged.value['pod_defaults'];
  if (!isMap(defaults)) return [];
  const unknown = Object.keys(defaults).filter((key) => !Object.hasOwn(POD_SPEC_FIELDS, key));
  return unknown.map((key) => ({
    ...finding(merged, 'unknown-pod-field', ['pod_defaults', key], `"${key}" is no field of a pod spec`, 'key'),
    severity: 'error',
    ...podFieldHint(key),
  }));
}

/** Fields are written in snake_case, unlike in manifests. */
function podFieldHint(key: string): { readonly hint?: string } {
  const fields = Object.entries(POD_SPEC_FIELDS);
  const snake = fields.find(([, camel]) => camel.toLowerCase() === key.toLowerCase())?.[0];
  return snake === undefined ? didYouMean(key, Object.keys(POD_SPEC_FIELDS)) : { hint: `did you mean "${snake}"?` };
}

function finding(
  merged: MergedFiles,
  code: string,
  path: Path,
  message: string,
  part: 'key' | 'value' = 'value',
): Diagnostic {
  const document = path.length > 0 ? merged.documentAt(path) : undefined;
  const place = document ? { file: document.file, ...document.locateNearest(path, part).span } : { file: '' };
  return { severity: 'warning', code, message, root: 'system', path, ...place };
}

/** What was found; the value itself only of keys that never hold a credential. */
function describe(top: YamlValue, path: Path, isShown: boolean): string {
  const value = valueAt(top, path);
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a map';
  if (isShown) return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : pythonText(value).slice(0, 60);
  return typeof value === 'string' ? 'a text' : typeof value === 'boolean' ? 'a boolean' : 'a number';
}

function valueAt(top: YamlValue, path: Path): YamlValue | undefined {
  let value: YamlValue | undefined = top;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, YamlValue>>)[step];
  }
  return value;
}
