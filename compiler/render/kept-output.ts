import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { KubeObject } from '../model/rendered-file.ts';
import type { AdapterRule } from '../model/service-summary.ts';
import { rulesOf } from './adapter-config.ts';

/**
 * Earlier output of a cluster that stays: of instances that an error holds back, or that are not deployed. What the
 * aggregates held for them cannot be told from what they held for others, so nothing in them that may be theirs is dropped.
 */
export interface KeptOutput {
  /** Namespaces that hold a kept instance's files. */
  readonly namespaces: readonly string[];
  /** Paths of the earlier aggregate files of the cluster (those without an instance). */
  readonly paths: readonly string[];
  /** Objects in one of these files; null when it cannot be read. */
  objects(path: string): readonly KubeObject[] | null;
  /** Parses YAML text; undefined when it is none. */
  parse(text: string): unknown;
}

/** ServiceAccounts in the earlier file of a namespace that holds kept instances. */
export function keptAccounts(
  kept: KeptOutput | null,
  namespace: string,
  path: string,
): readonly KubeObject[] | 'unreadable' {
  if (!kept?.namespaces.includes(namespace) || !kept.paths.includes(path)) return [];
  const objects = kept.objects(path);
  return objects === null ? 'unreadable' : objects.filter(({ kind }) => kind === 'ServiceAccount');
}

/** Rules in the earlier configuration of prometheus-adapter, when any instance of the cluster is kept. */
export function keptRules(kept: KeptOutput | null, path: string): readonly AdapterRule[] | 'unreadable' {
  if (kept === null || kept.namespaces.length === 0 || !kept.paths.includes(path)) return [];
  const configMap = kept.objects(path)?.find(({ kind }) => kind === 'ConfigMap');
  const data = configMap?.['data'];
  if (typeof data !== 'object' || data === null || !('config.yaml' in data)) return 'unreadable';
  const text = data['config.yaml'];
  return (typeof text === 'string' ? rulesOf(kept.parse(text)) : null) ?? 'unreadable';
}

/** Whether an earlier aggregate file may hold something of a kept instance: it stands in its namespace, or is that namespace. */
export function isKeptPath(path: string, kept: KeptOutput): boolean {
  const [, , folder, file] = path.split('/');
  if (folder === undefined || file === undefined) return false;
  if (kept.namespaces.includes(folder)) return true;
  if (folder === '_cluster') return kept.namespaces.some((namespace) => file === `namespace-${namespace}.yaml`);
  return kept.namespaces.length > 0 && file === 'configmap-adapter-config.yaml';
}

/** An aggregate stays as it is because its earlier content, part of which must be kept, cannot be read. */
export function unreadableAggregate(path: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'aggregate-kept',
    message: `${path} stays as it is: it holds entries of instances that were not rendered, and cannot be read`,
    root: 'output',
    file: path,
    path: [],
    hint: 'repair the file, or correct the errors of those instances and render again',
  };
}
