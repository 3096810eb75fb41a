import type { KubeObject } from '../../model/rendered-file.ts';
import { checkMetadata } from './check-names.ts';
import { checkPodTemplate } from './check-pod-template.ts';
import { checkValue, type ObjectProblem } from './check-value.ts';
import { schemaOf } from './object-schema.ts';

export type { ObjectProblem } from './check-value.ts';

interface PodTemplate {
  readonly metadata?: unknown;
  readonly spec?: unknown;
}

/**
 * What the API server of Kubernetes 1.36 would refuse in an object: fields that do not exist, types, ranges, items that are
 * the same, names and labels. Objects of other kinds, such as custom resources, are checked by name and labels only.
 */
export function checkObject(object: KubeObject): readonly ObjectProblem[] {
  const problems: ObjectProblem[] = [];
  const schema = schemaOf(object.apiVersion, object.kind);
  if (schema !== undefined) checkValue(object, schema, problems);
  checkMetadata(object.metadata, 'metadata', object.kind, problems);
  const template = (object as { readonly spec?: { readonly template?: PodTemplate } | null }).spec?.template;
  if (template?.metadata !== undefined) checkMetadata(template.metadata, 'spec.template.metadata', null, problems);
  checkPodTemplate(template?.spec, object.kind, problems);
  return problems;
}
