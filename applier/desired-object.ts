import { createHash } from 'node:crypto';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { objectKey } from '../compiler/model/object-identity.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { HASH_ANNOTATION, INSTANCE_LABEL, OWNER_ANNOTATION, PART_OF_LABEL, SERVICE_LABEL } from './names.ts';

/** One object as it is sent to the cluster, and where it comes from. */
export interface DesiredObject {
  /** `apps/Deployment ns/name` */
  readonly key: string;
  /** With our label and annotations. */
  readonly object: KubeObject;
  /** Value of the hash annotation. */
  readonly hash: string;
  /** Relative to the tree. */
  readonly file: string;
  readonly service: string | null;
  readonly instance: string | null;
  /** The file is of our own making: listed in the index. */
  readonly isGenerated: boolean;
}

/** Where an object stands, and whose it is as far as the index knows. */
export interface ObjectSource {
  readonly file: string;
  readonly service: string | null;
  readonly instance: string | null;
  readonly isGenerated: boolean;
}

/**
 * Adds what marks an object as a member of the set: the part-of label, the owner annotation, and the digest of all that is sent. They are
 * added in memory only, and never to pod templates: marking restarts nothing.
 */
export function desiredObject(object: KubeObject, source: ObjectSource, setId: string): DesiredObject {
  const labels = object.metadata.labels ?? {};
  const service = source.service ?? labels[SERVICE_LABEL] ?? null;
  const instance = source.instance ?? (service === null ? null : (labels[INSTANCE_LABEL] ?? null));
  const owner = service === null ? {} : { [OWNER_ANNOTATION]: instance === null ? service : `${service}.${instance}` };
  const { [HASH_ANNOTATION]: _stale, ...given } = object.metadata.annotations ?? {};
  const annotations = { ...given, ...owner };
  const marked = {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, [PART_OF_LABEL]: setId },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
  };
  const hash = appliedHash(marked);
  const sent = {
    ...marked,
    metadata: { ...marked.metadata, annotations: { ...annotations, [HASH_ANNOTATION]: hash } },
  };
  return { ...source, key: objectKey(object), object: sent, hash, service, instance };
}

/** `v1:` and 32 hex digits of the SHA-256 over the canonical JSON of an object that has no hash annotation. */
export function appliedHash(object: object): string {
  return `v1:${createHash('sha256').update(canonicalJson(object)).digest('hex').slice(0, 32)}`;
}
