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

/**
 * The workload with its config sha as labels of itself and of its pod template, where a change of it restarts the pods. Of one that
 * `isPlain`, `isCanonicalObject` has told that its own JSON text is the canonical one.
 */
export function withConfigSha(instance: ResolvedInstance, workload: Workload, isPlain: boolean): KubeObject {
  const sha = configSha(instance, workload, isPlain);
  const labels = { [CONFIG_SHA_LABELS[1]]: sha, [CONFIG_SHA_LABELS[0]]: sha };
  return withLabels(workload, (existing) => ({ ...existing, ...labels }));
}

/**
 * `config` and 8 hex digits of a SHA-256 over everything that should restart the pods: the workload without its namespace
 * and replica count, the signatures of the secrets in its environment, and the time stamp of the last forced restart.
 * PaaSTA: `get_config_hash`, an MD5 over its client library's objects; the values differ, what changes them does not.
 */
function configSha(instance: ResolvedInstance, workload: Workload, isPlain: boolean): string {
  const isMarked = hasShaLabels(workload);
  const bare = isMarked ? withLabels(workload, withoutShaLabels) : workload;
  const { namespace: _namespace, ...metadata } = bare.metadata;
  const { replicas: _replicas, ...spec } = bare.spec;
  const hashed = { ...bare, metadata, spec };
  const bounce = JSON.stringify(instance.forceBounce ?? '');
  const secrets = canonicalJson(instance.secretSignatures);
  const text = isPlain && !isMarked ? JSON.stringify(hashed) : canonicalJson(hashed);
  const sha = hash('sha256', `{"force_bounce":${bounce},"secrets":${secrets},"workload":${text}}`);
  return `config${sha.slice(0, 8)}`;
}

/** Whether the workload differs from one that has labels everywhere, and none of the sha, which is hashed. */
function hasShaLabels({ metadata, spec }: Workload): boolean {
  return isMarked(metadata.labels) || isMarked(spec.template.metadata?.labels);
}

function isMarked(labels: Labels | undefined): boolean {
  return labels === undefined || CONFIG_SHA_LABELS.some((label) => label in labels);
}

function withoutShaLabels(labels: Labels): Labels {
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
