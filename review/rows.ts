import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { isJsonMap } from '../compiler/emit/json-data.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { leafChanges, type LeafChange } from '../differences/leaf-changes.ts';
import type { Row } from './review.ts';
import { imageRepository, imageVersion } from './workload-facts.ts';

const LONGEST_VALUE = 200;
/** Environment that follows from other keys: told only when nothing else tells it. */
const FOLLOWING = /^env PAASTA_(?:DOCKER_IMAGE|GIT_SHA|IMAGE_VERSION|RESOURCE_\w+)$/;
const FOLLOWING_LABEL = /^label .*(?:git_sha|config_sha|image_version)$/;
const RESOURCES: Readonly<Record<string, string>> = { memory: 'memory', cpu: 'cpu', 'ephemeral-storage': 'disk' };
const NAMED: Readonly<Record<string, string>> = {
  'HorizontalPodAutoscaler spec.minReplicas': 'min instances',
  'HorizontalPodAutoscaler spec.maxReplicas': 'max instances',
  'HorizontalPodAutoscaler spec.metrics': 'autoscaling metrics',
  'PodDisruptionBudget spec.maxUnavailable': 'disruption budget',
  'Deployment spec.replicas': 'instances',
  'StatefulSet spec.replicas': 'instances',
};
const SAME_ROWS: Readonly<Record<string, string>> = {
  'env PAASTA_MONITORING_TEAM': 'team',
  'env PAASTA_DEPLOY_GROUP': 'deploy group',
  'label paasta.yelp.com/deploy_group': 'deploy group',
};

/** The differences of two versions of an object (masked) as rows for people; how a workload replaces its pods is told by its facts. */
export function objectRows(before: KubeObject, after: KubeObject, causes: CausesAt = () => []): readonly Row[] {
  const main = mainContainer(after) ?? mainContainer(before);
  const isWorkload = after.kind === 'Deployment' || after.kind === 'StatefulSet';
  return leafChanges(before, after)
    .filter(({ path }) => !isWorkload || !/^spec\.(?:strategy|updateStrategy)/.test(path.join('.')))
    .map((change) => withCauses(rowOf(change, after.kind, main), causes(change.path)));
}

/** Lines of input that changed a field of an object. */
export type CausesAt = (path: readonly string[]) => readonly string[];

/** A row with what changed it, where that is known. */
export function withCauses(row: Row, causes: readonly string[]): Row {
  return causes.length === 0 ? row : { ...row, causes };
}

/** Rows of all objects of an instance, each once, without what follows from other rows. */
export function tidyRows(rows: readonly Row[]): readonly Row[] {
  const once = [...new Map(rows.map((row) => [canonicalJson([row.field, row.before, row.after]), row])).values()];
  const told = once.filter(({ field }) => !FOLLOWING.test(field) && !FOLLOWING_LABEL.test(field));
  const plain = told.filter((row) => !isSameAsRequest(row, told));
  if (plain.length > 0) return plain;
  const sha = once.filter(({ field }) => field.endsWith('config_sha'));
  return sha.length === once.length ? [{ ...sha[0]!, field: 'restart asked for (config sha)' }] : once;
}

/** `memory limit` says nothing beside an equal change of `memory`. */
function isSameAsRequest({ field, before, after }: Row, rows: readonly Row[]): boolean {
  if (!field.endsWith(' limit')) return false;
  const request = field.slice(0, -' limit'.length);
  return rows.some((row) => row.field === request && row.before === before && row.after === after);
}

function rowOf(change: LeafChange, kind: string, main: string | undefined): Row {
  const field = fieldOf(change.path, kind, main);
  if (field.endsWith('image') && typeof change.before === 'string' && typeof change.after === 'string') {
    const isSame = imageRepository(change.before) === imageRepository(change.after);
    const [before, after] = [change.before, change.after].map((image) => (isSame ? imageVersion(image) : image));
    return { field, before: before!, after: after! };
  }
  return { field, before: shown(change.before), after: shown(change.after) };
}

function fieldOf(path: readonly string[], kind: string, main: string | undefined): string {
  const plain = path.join('.');
  const named = NAMED[`${kind} ${plain}`];
  if (named !== undefined) return named;
  const isPod = plain.startsWith('spec.template.');
  const inner = isPod ? path.slice(2) : path;
  const about = kind === 'Deployment' || kind === 'StatefulSet' ? '' : `${kind} `;
  if (inner[0] === 'metadata') return `${about}${metadataField(inner)}`;
  const [, list, item, ...rest] = inner;
  if (isPod && list === 'containers' && item !== undefined) {
    const owner = item === `[${main ?? ''}]` ? '' : `${item.slice(1, -1)}: `;
    return `${owner}${containerField(rest)}`;
  }
  return `${about}${words(inner[0] === 'spec' || inner[0] === 'data' ? inner.slice(1) : inner)}`;
}

function metadataField(path: readonly string[]): string {
  const [, part, name] = path;
  if (name === undefined) return part ?? 'metadata';
  const field =
    part === 'labels' ? `label ${name}` : part === 'annotations' ? `annotation ${name}` : words(path.slice(1));
  return SAME_ROWS[field] ?? field;
}

function containerField(path: readonly string[]): string {
  const [part, second, third] = path;
  if (part === undefined) return 'container';
  if (part === 'env' && second?.startsWith('[')) {
    const field = `env ${second.slice(1, -1)}`;
    return SAME_ROWS[field] ?? field;
  }
  if (part === 'resources' && third !== undefined) {
    return `${RESOURCES[third] ?? third}${second === 'limits' ? ' limit' : ''}`;
  }
  return words(path);
}

/** `livenessProbe.httpGet.path` as `liveness probe path`. */
function words(path: readonly string[]): string {
  return path
    .filter((part) => !['httpGet', 'tcpSocket'].includes(part))
    .map((part) =>
      /^[a-z]+(?:[A-Z][a-z]+)+$/.test(part) ? part.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : part,
    )
    .join(' ');
}

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = plainText(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)` : text;
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isJsonMap(value) && Object.keys(value).every((key) => key === 'name' || key === 'value')) {
    return typeof value['value'] === 'string' ? value['value'] : canonicalJson(value);
  }
  return canonicalJson(value);
}

function mainContainer(object: KubeObject): string | undefined {
  const spec = object['spec'] as { template?: { spec?: { containers?: readonly { name?: string }[] } } } | undefined;
  return spec?.template?.spec?.containers?.[0]?.name;
}
