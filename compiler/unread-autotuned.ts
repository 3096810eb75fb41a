import type { Diagnostic } from './diagnostics/diagnostic.ts';
import type { ClusterConfig } from './model/cluster-config.ts';
import type { ServiceSources } from './model/service-sources.ts';

/**
 * The findings, with those about autotuned_defaults files that no cluster reads as policy: they cannot spoil what is rendered. PaaSTA reads
 * such a file where `auto_config_instance_types_enabled` has its type, and its `validate` checks it everywhere.
 */
export function withUnreadAutotuned(
  findings: readonly Diagnostic[],
  { service, autotuned }: ServiceSources,
  configs: readonly ClusterConfig[],
): readonly Diagnostic[] {
  if (Object.keys(autotuned).length === 0) return findings;
  const folder = `${service}/autotuned_defaults/`;
  const read = new Set(
    configs.flatMap(({ cluster, autoConfigInstanceTypesEnabled: enabled }) =>
      Object.keys(enabled).flatMap((type) => (enabled[type] === true ? [`${folder}${type}-${cluster}.yaml`] : [])),
    ),
  );
  return findings.map((finding) =>
    finding.severity === 'error' && finding.file.startsWith(folder) && !read.has(finding.file)
      ? { ...finding, severity: 'warning', policy: true }
      : finding,
  );
}
