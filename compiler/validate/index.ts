import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { MergedWorkload } from '../model/instance-keys.ts';
import type { ServiceFile, ServiceSources } from '../model/service-sources.ts';
import { makeFinding } from './finding.ts';
import { INSTANCE_RULES, SERVICE_RULES } from './rules/index.ts';
import { checkFiles } from './schema/check-files.ts';
import { createSuppressions as readSuppressions, type CommentedDocument, type Suppressions } from './suppress.ts';
import { viewOf, type ValidateOptions } from './view.ts';

export { checkObjects } from './check-objects.ts';
export { CODES, type CodeEntry } from './codes.ts';
export { collapseRepeats, dedupe } from './dedupe.ts';
export { NO_SUPPRESSIONS, type Suppressions } from './suppress.ts';
export type { ValidateOptions } from './view.ts';

/** What was found about a service, by how. */
export interface Validation {
  readonly schema: readonly Diagnostic[];
  readonly rules: readonly Diagnostic[];
}

/**
 * Everything that schemas and rules have to say about one service: `instances` are its long-running ones, of all clusters
 * that were read. What loading or resolving report is not repeated here, but may be about the same place: see `dedupe`.
 */
export function validateService(
  sources: ServiceSources,
  instances: readonly MergedWorkload[],
  options: ValidateOptions,
): Validation {
  const view = viewOf(sources, instances, options);
  const configs = new Map(options.configs.map((config) => [config.cluster, config]));
  const rules = SERVICE_RULES.flatMap((rule) => rule(view));
  for (const workload of instances) {
    const one = { service: view, workload, config: configs.get(workload.cluster) ?? null };
    for (const rule of INSTANCE_RULES) {
      const found = rule(one);
      if (found.length > 0) rules.push(...found);
    }
  }
  return { schema: checkFiles(sources), rules };
}

/** The comments of a service that ignore findings. */
export function createSuppressions(
  sources: ServiceSources,
  options: Pick<ValidateOptions, 'hasAllClusters'>,
): Suppressions {
  return readSuppressions(commentedDocuments(sources), options);
}

/** A note for each instance that no version was deployed to. */
export function undeployed(sources: ServiceSources, instances: readonly MergedWorkload[]): readonly Diagnostic[] {
  return instances.map(({ cluster, instance, deployGroup, keys }) => {
    const message = `nothing was deployed to ${JSON.stringify(deployGroup)} yet, so ${instance} is not rendered`;
    const scope = { service: sources.service, cluster, instance };
    return makeFinding({ class: 'info', code: 'not-deployed', message }, keys.placeOf([]), scope);
  });
}

/** The documents of a service in which comments may ignore findings. */
function commentedDocuments(sources: ServiceSources): readonly CommentedDocument[] {
  const { service, serviceYaml, smartstack, monitoring, deploy, data, dependencies, authorization } = sources;
  const files = [serviceYaml, smartstack, monitoring, deploy, data, dependencies, authorization];
  const read = (file: ServiceFile): readonly CommentedDocument[] =>
    file.kind === 'read' ? [{ document: file.document, scope: { service } }] : [];
  return [
    ...files.flatMap(read),
    ...Object.values(sources.autotuned).flatMap(read),
    ...Object.values(sources.otherDocuments).map((document) => ({ document, scope: { service } })),
    ...sources.instanceFiles.flatMap(({ document, cluster }) =>
      document === null ? [] : [{ document, scope: { service, cluster, instances: [] } }],
    ),
  ];
}
