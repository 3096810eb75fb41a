import { MAX_LABEL, MAX_OBJECT_NAME } from '../../model/names.ts';
import type { ObjectProblem } from './check-value.ts';

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const QUALIFIED = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?$/;

/** Kinds whose names stand in host names as one part; most others may have dots. RBAC allows any path segment. */
const ONE_PART: ReadonlySet<string> = new Set(['Namespace', 'Service', 'StatefulSet']);
const ANY_SEGMENT: ReadonlySet<string> = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);

/** What the API server refuses in the name, labels and annotations of an object or of a pod template. */
export function checkMetadata(metadata: unknown, path: string, kind: string | null, problems: ObjectProblem[]): void {
  if (!isRecord(metadata)) return;
  const { name, namespace, labels, annotations } = metadata;
  if (kind !== null && (typeof name !== 'string' || !isLegalName(name, kind))) {
    problems.push({ path: `${path}.name`, message: `${JSON.stringify(name)} is no legal name of a ${kind}` });
  }
  if (typeof namespace === 'string' && !isDnsLabel(namespace)) {
    problems.push({ path: `${path}.namespace`, message: `${JSON.stringify(namespace)} is no legal namespace` });
  }
  if (isRecord(labels)) checkLabels(labels, `${path}.labels`, problems);
  for (const key of isRecord(annotations) ? Object.keys(annotations) : [])
    checkKey(key, `${path}.annotations`, problems);
}

/** What the API server refuses in a map of labels. */
export function checkLabels(labels: Readonly<Record<string, unknown>>, path: string, problems: ObjectProblem[]): void {
  for (const key in labels) {
    const value = labels[key];
    checkKey(key, path, problems);
    if (typeof value === 'string' && (value.length > MAX_LABEL || !LABEL_VALUE.test(value))) {
      const message = `of ${key} is ${JSON.stringify(value.slice(0, 80))}, which no label may be`;
      problems.push({ path, message });
    }
  }
}

/** Legal keys that were seen: all objects have much the same. */
const LEGAL_KEYS = new Set<string>();

function checkKey(key: string, path: string, problems: ObjectProblem[]): void {
  if (LEGAL_KEYS.has(key)) return;
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const isLegal =
    name.length <= MAX_LABEL &&
    QUALIFIED.test(name) &&
    (prefix === undefined || (prefix.length <= MAX_OBJECT_NAME && SUBDOMAIN.test(prefix)));
  if (isLegal) LEGAL_KEYS.add(key);
  else problems.push({ path, message: `has the key ${JSON.stringify(key.slice(0, 80))}, which is no legal one` });
}

function isLegalName(name: string, kind: string): boolean {
  if (ANY_SEGMENT.has(kind)) return name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name);
  return ONE_PART.has(kind) ? isDnsLabel(name) : name.length <= MAX_OBJECT_NAME && SUBDOMAIN.test(name);
}

function isDnsLabel(text: string): boolean {
  return text.length <= MAX_LABEL && LABEL.test(text);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
