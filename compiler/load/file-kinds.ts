import { INSTANCE_TYPES, type InstanceType } from '../model/service-sources.ts';

/** Member of ServiceSources that a service-level YAML file fills. */
export type ServiceFileKey =
  'serviceYaml' | 'smartstack' | 'monitoring' | 'deploy' | 'data' | 'dependencies' | 'authorization';

/** What a file directly in a service's directory is. */
export type FileKind =
  | { readonly kind: 'instances'; readonly type: InstanceType; readonly cluster: string }
  | { readonly kind: 'unknown-cluster'; readonly prefix: string; readonly cluster: string }
  | { readonly kind: 'service-file'; readonly key: ServiceFileKey }
  | { readonly kind: 'deployments' }
  | { readonly kind: 'port' }
  /** Rollback queries: parsed, never rendered. */
  | { readonly kind: 'rollback' }
  /** Custom resources and other runtimes that have no instances here. */
  | { readonly kind: 'other-runtime'; readonly prefix: string }
  /** Would be one of the above with the extension `.yaml`. */
  | { readonly kind: 'yml'; readonly cluster: string | null }
  /** Read by nobody, and known to be so. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unknown' };

/** Service-level YAML files by name. */
export const SERVICE_FILES: Readonly<Record<string, ServiceFileKey>> = {
  'service.yaml': 'serviceYaml',
  'smartstack.yaml': 'smartstack',
  'monitoring.yaml': 'monitoring',
  'deploy.yaml': 'deploy',
  'data.yaml': 'data',
  'dependencies.yaml': 'dependencies',
  'authorization.yaml': 'authorization',
};

/** Directories of a service that are read. */
export const SERVICE_DIRECTORIES = ['autotuned_defaults', 'secrets'] as const;

/** Prefixes of `PREFIX-CLUSTER.yaml` that other programs of the PaaSTA family read or once read. */
const OTHER_RUNTIMES = new Set(['crd', 'marathon', 'chronos']);

/** Files of the time before containers; SLOs are read by a library of their own. */
const LEGACY_FILES = new Set([
  'runas',
  'runas_group',
  'runs_on',
  'deployed_to',
  'env_runs_on',
  'post-activate',
  'post-download',
]);
const DOCUMENTATION = /^(?:README|OWNERS|CODEOWNERS|LICENSE|CHANGELOG)(?:\.[a-z]+)?$|\.md$/;

const TYPES: ReadonlySet<string> = new Set(INSTANCE_TYPES);

/** Which clusters there are, and further prefixes of custom resources (system key `kubernetes_custom_resources`). */
export interface KnownNames {
  readonly clusters: ReadonlySet<string>;
  readonly customPrefixes?: ReadonlySet<string>;
  /** What was found out about names so far: most services have files of the same few names. */
  readonly kinds?: Map<string, FileKind>;
}

/**
 * What a file is, by its name alone. The cluster of `TYPE-CLUSTER.yaml` is everything after the first dash, since no type
 * has one: `kubernetes-us-prod.yaml` belongs to `us-prod` and never to `prod`.
 */
export function fileKind(name: string, known: KnownNames): FileKind {
  const seen = known.kinds?.get(name);
  if (seen !== undefined) return seen;
  const kind = kindOf(name, known);
  known.kinds?.set(name, kind);
  return kind;
}

function kindOf(name: string, known: KnownNames): FileKind {
  if (name.startsWith('.')) return { kind: 'ignored' };
  if (name.endsWith('.yaml')) return yamlKind(name, known);
  if (name.endsWith('.yml')) return ymlKind(name, known);
  if (name === 'deployments.json') return { kind: 'deployments' };
  if (name === 'port') return { kind: 'port' };
  if (name.endsWith('.in') || LEGACY_FILES.has(name) || DOCUMENTATION.test(name)) return { kind: 'ignored' };
  return { kind: 'unknown' };
}

/** `PREFIX` and `CLUSTER` of a file name without its extension; null without a dash. */
export function splitClusterName(stem: string): { readonly prefix: string; readonly cluster: string } | null {
  const dash = stem.indexOf('-');
  return dash < 0 ? null : { prefix: stem.slice(0, dash), cluster: stem.slice(dash + 1) };
}

/** Whether a word is one of PaaSTA's instance types. */
export function isInstanceType(word: string): word is InstanceType {
  return TYPES.has(word);
}

function yamlKind(name: string, known: KnownNames): FileKind {
  const key = Object.hasOwn(SERVICE_FILES, name) ? SERVICE_FILES[name] : undefined;
  if (key !== undefined) return { kind: 'service-file', key };
  const stem = name.slice(0, -'.yaml'.length);
  if (stem.startsWith('rollback')) return { kind: 'rollback' };
  if (stem.startsWith('slo')) return { kind: 'ignored' };
  const parts = splitClusterName(stem);
  if (parts === null) return { kind: 'unknown' };
  const { prefix, cluster } = parts;
  if (isInstanceType(prefix)) {
    if (known.clusters.has(cluster)) return { kind: 'instances', type: prefix, cluster };
    return { kind: 'unknown-cluster', prefix, cluster };
  }
  const isOther = OTHER_RUNTIMES.has(prefix) || known.customPrefixes?.has(prefix) === true;
  return isOther ? { kind: 'other-runtime', prefix } : { kind: 'unknown' };
}

function ymlKind(name: string, known: KnownNames): FileKind {
  const kind = yamlKind(`${name.slice(0, -'.yml'.length)}.yaml`, known);
  if (kind.kind === 'unknown' || kind.kind === 'ignored') return kind;
  return { kind: 'yml', cluster: 'cluster' in kind ? kind.cluster : null };
}
