import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { totalsOf, type InstanceReview, type Review } from '../review/review.ts';
import type { Safe } from '../review/text.ts';
import type { CommitFacts } from './publish.ts';

const SUBJECT_LENGTH = 72;
const MOST_LINES = 50;
const LONGEST_LINE = 160;

/** What a commit was made from. */
export interface Provenance {
  readonly revision: string | null;
  /** Digest of all deployments.json that were used. */
  readonly deployments: string;
  /** `paasta-gitops/1.2.3` */
  readonly generator: string;
  /** `Signed-off-by` is added for this person. */
  readonly signedOffBy: string | null;
  readonly clusters: readonly string[];
}

/**
 * The message of a commit: a subject of at most 72 characters, one line for each instance, and where it comes from as trailers. The same
 * input on the same parent gives the same text. Foreign text cannot leave its line.
 */
export function commitMessage(facts: CommitFacts, from: Provenance, safe: Safe): string {
  const { review, manualEdits, holds, resumed } = facts;
  const lines = review.clusters.flatMap(({ cluster, instances, shared }) => [
    ...instances.map((each) => instanceLine(each, review.clusters.length > 1 ? `${cluster} ` : '', safe)),
    ...(shared.length === 0
      ? []
      : [`${cluster}: ${shared.length} shared ${shared.length === 1 ? 'object' : 'objects'}`]),
  ]);
  const notes = [
    ...holds,
    ...resumed.map((cluster) => `${cluster} follows newer revisions again`),
    ...manualEdits.map((path) => `manual edit overwritten: ${safe(path)}`),
  ];
  const body = [section(lines), section(notes)].filter((part) => part !== '');
  const clusters = [...new Set([...from.clusters, ...review.clusters.map(({ cluster }) => cluster)])].sort(compareText);
  const trailers = [
    ...(from.revision === null ? [] : [`Source-Revision: ${from.revision}`]),
    `Source-Deployments: ${from.deployments}`,
    `Generator: ${from.generator}`,
    ...clusters.map((cluster) => `Cluster: ${cluster}`),
    ...(from.signedOffBy === null ? [] : [`Signed-off-by: ${from.signedOffBy}`]),
  ];
  return `${[subject(review, facts, safe), ...body, trailers.join('\n')].join('\n\n')}\n`;
}

function section(lines: readonly string[]): string {
  const shown = lines
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line));
  const more = lines.length > MOST_LINES ? [`… and ${lines.length - MOST_LINES} more`] : [];
  return [...shown, ...more].join('\n');
}

/** `shop.main: version abc1234 → def5678 [restart 12 pods]` */
function instanceLine(review: InstanceReview, prefix: string, safe: Safe): string {
  const job = `${prefix}${review.service}.${review.instance}`;
  const pods = podsNote(review);
  if (review.action === 'removed') return `- ${job} removed${pods}`;
  if (review.action === 'added') return `+ ${job} added`;
  const rows = review.rows.map(
    ({ field, before, after }) => `${safe(field)} ${safe(before ?? 'none')} → ${safe(after ?? 'none')}`,
  );
  const room = LONGEST_LINE - job.length - pods.length - 2;
  const text = rows.join(', ');
  return `${job}: ${text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text}${pods}`;
}

function podsNote({ restart }: InstanceReview): string {
  if (restart === null) return ' [no restart]';
  const pods = restart.pods === null ? 'pods' : restart.pods === 1 ? '1 pod' : `${restart.pods} pods`;
  return restart.bounce === 'stopped' ? ` [ends ${pods}]` : ` [restart ${pods}]`;
}

/** `prod: shop.main abc1234→def5678, cart.* config (3 services, 7 objects)` */
function subject(review: Review, { holds, resumed }: CommitFacts, safe: Safe): string {
  const { clusters } = review;
  const instances = clusters.flatMap((each) => each.instances);
  const where = clusters.length === 1 ? clusters[0]!.cluster : `${clusters.length} clusters`;
  if (clusters.length === 0)
    return holds.length > 0 ? 'Hold an older revision' : resumed.length > 0 ? 'Resume' : 'Update lists of files';
  const services = new Set(instances.map(({ service }) => service)).size;
  const objects = instances.reduce((sum, each) => sum + each.objects.length, 0) + totalsOf(review).shared;
  const tail = ` (${count(services, 'service')}, ${count(objects, 'object')})`;
  const items = [...new Set(subjectItems(instances, safe))];
  let shown = '';
  for (const [at, item] of items.entries()) {
    const next = shown === '' ? item : `${shown}, ${item}`;
    const rest = at < items.length - 1 ? ', …' : '';
    if (`${where}: ${next}${rest}${tail}`.length > SUBJECT_LENGTH) {
      shown = shown === '' ? '' : `${shown}, …`;
      break;
    }
    shown = next;
  }
  const text = `${where}: ${shown === '' ? 'changes' : shown}${tail}`;
  return text.length > SUBJECT_LENGTH ? `${text.slice(0, SUBJECT_LENGTH - 1)}…` : text;
}

function subjectItems(instances: readonly InstanceReview[], safe: Safe): readonly string[] {
  const perService = new Map<string, number>();
  for (const { service } of instances) perService.set(service, (perService.get(service) ?? 0) + 1);
  return instances.map(({ service, instance, action, rows }) => {
    const image = rows.find(({ field }) => field === 'image');
    if (action === 'removed') return `-${service}.${instance}`;
    if (action === 'added') return `+${service}.${instance}`;
    if (image?.before != null && image.after !== null)
      return `${service}.${instance} ${safe(image.before)}→${safe(image.after)}`;
    return `${service}.${perService.get(service) === 1 ? instance : '*'} config`;
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
