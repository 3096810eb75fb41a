import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts';
import type { ControlEntry, DeployedVersion, Deployments } from '../model/service-sources.ts';
import type { SourceDocument } from '../model/source-document.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { readDocument } from './read-document.ts';
import type { Scope } from './scope.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

interface Context {
  readonly service: string;
  readonly clusters: ReadonlySet<string>;
  readonly document: SourceDocument;
  readonly diagnostics: Diagnostic[];
}

/**
 * Reads `v2` of a service's deployments.json; `v1` is never needed. Absent means that nothing is deployed; invalid JSON or a
 * missing `v2` breaks the service, a bad entry only the instances that use it. PaaSTA: `load_v2_deployments_json`.
 */
export function loadDeployments(
  reader: TreeReader,
  service: string,
  clusters: ReadonlySet<string>,
): { readonly deployments: Deployments; readonly diagnostics: readonly Diagnostic[] } {
  const read = readDocument(reader, `${service}/deployments.json`, { root: 'soa', format: 'json' });
  if (read.absent) return { deployments: { kind: 'absent' }, diagnostics: read.diagnostics };
  const diagnostics = read.diagnostics.map((diagnostic) => ({ ...asBadDeployments(diagnostic), service }));
  const document = read.document;
  if (!document) return { deployments: { kind: 'broken' }, diagnostics };
  const context = { service, clusters, document, diagnostics };
  const sections = readSections(context);
  if (sections === null) return { deployments: { kind: 'broken' }, diagnostics };
  const deployments = mapEntries(sections.deployments, (value, group) => readVersion(context, group, value));
  const controls = readControls(context, sections.controls);
  return { deployments: { kind: 'read', document, deployments, controls }, diagnostics };
}

function asBadDeployments(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === 'error' ? { ...diagnostic, code: 'bad-deployments' } : diagnostic;
}

function readSections(context: Context): { readonly deployments: YamlMap; readonly controls: YamlMap } | null {
  const top = context.document.value;
  const v2 = isMap(top) ? top['v2'] : undefined;
  if (!isMap(v2)) {
    const path = isMap(top) && v2 !== undefined ? ['v2'] : [];
    const hint = 'regenerate it with `paasta-gitops deployments generate`';
    report(context, 'error', path, 'deployments.json has no map "v2" with the deployed versions', {}, hint);
    return null;
  }
  const deployments = v2['deployments'] ?? {};
  const controls = v2['controls'] ?? {};
  if (isMap(deployments) && isMap(controls)) return { deployments, controls };
  const name = isMap(deployments) ? 'controls' : 'deployments';
  report(context, 'error', ['v2', name], `"${name}" in deployments.json is not a map`, {});
  return null;
}

/** Null when an instance cannot be rendered from the entry; each such instance is held back where it is resolved. */
function readVersion(context: Context, group: string, value: YamlValue): DeployedVersion | null {
  if (!isMap(value)) return badVersion(context, group, [], 'the entry is not a map');
  const dockerImage = value['docker_image'];
  const gitSha = value['git_sha'];
  const imageVersion = value['image_version'] ?? null;
  const digest = value['digest'] ?? null;
  if (typeof dockerImage !== 'string' || dockerImage === '') {
    return badVersion(context, group, [], 'docker_image is missing or not a text');
  }
  if (typeof gitSha !== 'string' || gitSha === '') {
    return badVersion(context, group, [], 'git_sha is missing or not a text');
  }
  if (imageVersion !== null && typeof imageVersion !== 'string') {
    return badVersion(context, group, ['image_version'], 'image_version is neither a text nor null');
  }
  if (digest !== null && (typeof digest !== 'string' || !DIGEST.test(digest))) {
    return badVersion(context, group, ['digest'], 'digest is not "sha256:" and 64 hex digits');
  }
  return { dockerImage, gitSha, imageVersion, digest };
}

function badVersion(context: Context, group: string, rest: Path, message: string): null {
  const path = ['v2', 'deployments', group, ...rest];
  report(context, 'warning', path, `deploy group "${group}": ${message}`, { instances: [] });
  return null;
}

/** Those that can be known. */
function readControls(context: Context, map: YamlMap): Record<string, ControlEntry> {
  const controls = Object.create(null) as Record<string, ControlEntry>;
  for (const name of Object.keys(map)) {
    const control = readControl(context, name, map[name]!);
    if (control !== null) controls[name] = control;
  }
  return controls;
}

/** A control entry whose state cannot be known is an error of its instance: it must neither start nor stop by accident. */
function readControl(context: Context, name: string, value: YamlValue): ControlEntry | null {
  if (!isMap(value)) return badControl(context, name, [], `the control entry "${name}" is not a map`);
  const desiredState = value['desired_state'] === undefined ? 'start' : value['desired_state'];
  const forceBounce = value['force_bounce'] ?? null;
  if (typeof desiredState !== 'string')
    return badControl(context, name, ['desired_state'], `desired_state of "${name}" is not a text`);
  if (forceBounce !== null && typeof forceBounce !== 'string') {
    return badControl(context, name, ['force_bounce'], `force_bounce of "${name}" is neither a text nor null`);
  }
  return { desiredState, forceBounce };
}

function badControl(context: Context, name: string, rest: Path, message: string): null {
  const path = ['v2', 'controls', name, ...rest];
  const scope = controlScope(context, name);
  report(context, scope === null ? 'warning' : 'error', path, message, scope ?? { instances: [] });
  return null;
}

/** The instance that `service:cluster.instance` names; null when it is none of a known cluster. */
function controlScope(context: Context, name: string): Scope | null {
  const prefix = `${context.service}:`;
  if (!name.startsWith(prefix)) return null;
  const branch = name.slice(prefix.length);
  for (let dot = branch.lastIndexOf('.'); dot > 0; dot = branch.lastIndexOf('.', dot - 1)) {
    const cluster = branch.slice(0, dot);
    if (context.clusters.has(cluster)) return { cluster, instance: branch.slice(dot + 1) };
  }
  return null;
}

function report(
  context: Context,
  severity: 'error' | 'warning',
  path: Path,
  message: string,
  scope: Scope,
  hint?: string,
): void {
  context.diagnostics.push({
    severity,
    code: 'bad-deployments',
    message,
    root: 'soa',
    file: context.document.file,
    path,
    ...context.document.locateNearest(path).span,
    ...(hint === undefined ? {} : { hint }),
    service: context.service,
    ...scope,
  });
}

/** A record without prototype, so that a group named `constructor` is absent unless it is there. */
function mapEntries<T>(map: YamlMap, read: (value: YamlValue, key: string) => T): Record<string, T> {
  const record = Object.create(null) as Record<string, T>;
  for (const key of Object.keys(map)) record[key] = read(map[key]!, key);
  return record;
}
