import type { MergedWorkload } from './model/instance-keys.ts';
import type { DeployedVersion, ServiceSources } from './model/service-sources.ts';

/** Stands for a version that nobody built yet, so that what would be rendered can be checked. */
const PLACEHOLDER: DeployedVersion = Object.freeze({
  dockerImage: 'not-deployed:paasta-0000000000000000000000000000000000000000',
  gitSha: '0000000000000000000000000000000000000000',
  imageVersion: null,
  digest: null,
});

/**
 * The service as if every deploy group that its instances follow had a version, and which instances have none so far.
 * A deployments.json that is broken stays so.
 */
export function assumeDeployed(
  sources: ServiceSources,
  instances: readonly MergedWorkload[],
): { readonly sources: ServiceSources; readonly missing: readonly MergedWorkload[] } {
  const { deployments } = sources;
  if (deployments.kind === 'broken') return { sources, missing: [] };
  const known = deployments.kind === 'read' ? deployments.deployments : {};
  const missing = instances.filter(({ deployGroup }) => deployGroup !== null && !Object.hasOwn(known, deployGroup));
  const document = deployments.kind === 'read' ? deployments.document : missing[0]?.file.document;
  if (missing.length === 0 || document === undefined || document === null) return { sources, missing };
  const assumed = Object.fromEntries(missing.map(({ deployGroup }) => [deployGroup!, PLACEHOLDER]));
  const controls = deployments.kind === 'read' ? deployments.controls : {};
  return {
    sources: {
      ...sources,
      deployments: { kind: 'read', document, deployments: { ...known, ...assumed }, controls },
    },
    missing,
  };
}
