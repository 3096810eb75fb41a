import { hash } from 'node:crypto';
import { CONFIG_SHA_LABELS } from '../../constructs/_labels.ts';
import { canonicalJson } from '../emit/canonical-json.ts';
import type { KubeObject } from '../model/rendered-file.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';

/** The parts of a workload that the sha looks into. */
interface Workload extends KubeObject {
  readonly spec: { readonly template: Template; readonly [key: string]: unknown };
}
interface Template {
  readonly metadata?: { readonly labels?: Labels; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}
type Labels = Readonly<Record<string, string>>;

/** Whether an object is the workload of an instance, as PaaSTA or users' constructs made it. */
export function isWorkloadOf(instance: ResolvedInstance, object: KubeObject): object is Workload {
  return (
    (object.kind === 'Deployment' || object.kind === 'StatefulSet') &&
    object.apiVersion === 'apps/v1' &&
    object.metadata.name === instance.name &&
    object.metadata.namespace === instance.namespace
  );
}

/** The workload with its config sha as labels of itself and of its pod template, where a change of it restarts the pods. */
export function withConfigSha(instance: ResolvedInstance, workload: Workload): KubeObject {
  const sha = configSha(instance, workload);
  const labels = Object.fromEntries(CONFIG_SHA_LABELS.map((label) => [label, sha]));
  return withLabels(workload, (existing) => ({ ...existing, ...labels }));
}

/**
 * `config` and 8 hex digits of a SHA-256 over everything that should restart the pods: the workload without its namespace
 * and replica count, the signatures of the secrets in its environment, and the time stamp of the last forced restart.
 * PaaSTA: `get_config_hash`, an MD5 over its client library's objects; the values differ, what changes them does not.
 */
export function configSha(instance: ResolvedInstance, workload: Workload): string {
  const bare = withLabels(workload, withoutShaLabels);
  const { namespace: _namespace, ...metadata } = bare.metadata;
  const { replicas: _replicas, ...spec } = bare.spec;
  const hashed = {
    force_bounce: instance.forceBounce ?? '',
    secrets: instance.secretSignatures,
    workload: { ...bare, metadata, spec },
  };
  return `config${hash('sha256', canonicalJson(hashed)).slice(0, 8)}`;
}

function withoutShaLabels(labels: Labels): Labels {
  if (!CONFIG_SHA_LABELS.some((label) => label in labels)) return labels;
  const kept = Object.entries(labels).filter(([label]) => !(CONFIG_SHA_LABELS as readonly string[]).includes(label));
  return Object.fromEntries(kept);
}

function withLabels(workload: Workload, change: (labels: Labels) => Labels): Workload {
  const { template } = workload.spec;
  return {
    ...workload,
    metadata: { ...workload.metadata, labels: change(workload.metadata.labels ?? {}) },
    spec: {
      ...workload.spec,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: change(template.metadata?.labels ?? {}) },
      },
    },
  };
}
