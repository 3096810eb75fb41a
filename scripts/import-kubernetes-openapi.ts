/**
 * Makes schemas/kubernetes-objects.json from the OpenAPI v3 documents of an API server:
 *
 *   kubectl get --raw /openapi/v3/apis/apps/v1 > FOLDER/apps.json   (and so on for each group)
 *   npx tsx scripts/import-kubernetes-openapi.ts FOLDER
 *
 * Keeps what the kinds below reach, without descriptions; closes every object, since server-side apply refuses unknown fields.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonMap = Record<string, Json>;

const KINDS = [
  'io.k8s.api.apps.v1.DaemonSet',
  'io.k8s.api.apps.v1.Deployment',
  'io.k8s.api.apps.v1.StatefulSet',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'io.k8s.api.batch.v1.CronJob',
  'io.k8s.api.batch.v1.Job',
  'io.k8s.api.core.v1.ConfigMap',
  'io.k8s.api.core.v1.LimitRange',
  'io.k8s.api.core.v1.Namespace',
  'io.k8s.api.core.v1.PersistentVolumeClaim',
  'io.k8s.api.core.v1.ResourceQuota',
  'io.k8s.api.core.v1.Secret',
  'io.k8s.api.core.v1.Service',
  'io.k8s.api.core.v1.ServiceAccount',
  'io.k8s.api.networking.v1.Ingress',
  'io.k8s.api.networking.v1.NetworkPolicy',
  'io.k8s.api.policy.v1.PodDisruptionBudget',
  'io.k8s.api.rbac.v1.ClusterRole',
  'io.k8s.api.rbac.v1.ClusterRoleBinding',
  'io.k8s.api.rbac.v1.Role',
  'io.k8s.api.rbac.v1.RoleBinding',
  'io.k8s.api.scheduling.v1.PriorityClass',
  'io.k8s.api.storage.v1.StorageClass',
];
const KEPT = [
  'type',
  'required',
  'enum',
  'minimum',
  'maximum',
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'oneOf',
  'anyOf',
];
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: import-kubernetes-openapi.ts FOLDER');
const sources: JsonMap = {};
let version = '';
for (const file of readdirSync(folder).sort()) {
  const document = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    info: { version: string };
    components: { schemas: JsonMap };
  };
  version = document.info.version;
  Object.assign(sources, document.components.schemas);
}

const definitions: JsonMap = {};
const kinds: Record<string, string> = {};
for (const name of KINDS) {
  const gvk = (
    sources[name] as { 'x-kubernetes-group-version-kind': { group: string; version: string; kind: string }[] }
  )['x-kubernetes-group-version-kind'][0]!;
  kinds[`${gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`} ${gvk.kind}`] = name;
  visit(name);
}
const sorted = Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));
const text = Object.entries(sorted).map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`);
writeFileSync(
  new URL('../schemas/kubernetes-objects.json', import.meta.url),
  `{"$comment":"Made by scripts/import-kubernetes-openapi.ts from Kubernetes ${version}.",\n"kinds":${JSON.stringify(kinds, null, 1)},\n"$defs":{\n${text.join(',\n')}\n}}\n`,
);

function visit(name: string): void {
  if (definitions[name] !== undefined) return;
  definitions[name] = true;
  const schema = sources[name] as JsonMap;
  definitions[name] = name === QUANTITY ? { type: ['string', 'number'] } : reduce(schema);
}

/** A schema without texts and extensions, references rewritten, objects with listed properties closed. */
function reduce(schema: JsonMap): JsonMap {
  const reference = referenceOf(schema);
  if (reference !== undefined) {
    visit(reference);
    return { $ref: `#/$defs/${reference}` };
  }
  const result: JsonMap = {};
  for (const key of KEPT) if (schema[key] !== undefined) result[key] = schema[key];
  const merged = [schema['x-kubernetes-list-type'], schema['x-kubernetes-list-map-keys']];
  if (merged[0] === 'map' && merged[1] !== undefined) result['x-keys'] = merged[1];
  if (schema['format'] === 'int-or-string') return { type: ['integer', 'string'] };
  if (schema['format'] === 'int32') Object.assign(result, { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 });
  if (schema['items'] !== undefined) result['items'] = reduce(schema['items'] as JsonMap);
  if (schema['properties'] !== undefined) {
    const properties = schema['properties'] as Record<string, JsonMap>;
    result['properties'] = Object.fromEntries(
      Object.entries(properties)
        .filter(([key]) => key !== 'status' && key !== 'managedFields')
        .map(([key, value]) => [key, reduce(value)]),
    );
    result['additionalProperties'] = false;
  } else if (typeof schema['additionalProperties'] === 'object' && schema['additionalProperties'] !== null) {
    result['additionalProperties'] = reduce(schema['additionalProperties'] as JsonMap);
  }
  return result;
}

function referenceOf(schema: JsonMap): string | undefined {
  const direct = schema['$ref'];
  const wrapped = Array.isArray(schema['allOf']) ? (schema['allOf'][0] as JsonMap)['$ref'] : undefined;
  const found = typeof direct === 'string' ? direct : wrapped;
  return typeof found === 'string' ? found.slice(found.lastIndexOf('/') + 1) : undefined;
}
