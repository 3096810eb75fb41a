import { didYouMean } from '../compiler/diagnostics/did-you-mean.ts';
import { isOrderedKind } from '../compiler/model/apply-order.ts';
import type { DesiredObject } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import type { LiveObject } from './live-object.ts';
import type { LiveState } from './live-state.ts';
import { INSTANCE_LABEL, SERVICE_LABEL } from './names.ts';

/** What a run is about; an empty list leaves nothing out. */
export interface PlanScope {
  readonly services: readonly string[];
  readonly instances: readonly string[];
  readonly namespaces: readonly string[];
  readonly kinds: readonly string[];
}

/** What decides whether a run is about an object. */
export interface Scoped {
  readonly service: string | null;
  readonly instance: string | null;
  readonly namespace: string | null;
  readonly kind: string;
}

/** Whether a run leaves something out. */
export function isNarrowed({ services, instances, namespaces, kinds }: PlanScope): boolean {
  return [services, instances, namespaces, kinds].some((names) => names.length > 0);
}

export function isInScope(scope: PlanScope, { service, instance, namespace, kind }: Scoped): boolean {
  return (
    fits(scope.services, service) &&
    fits(scope.instances, instance) &&
    fits(scope.namespaces, namespace) &&
    fits(scope.kinds, kind)
  );
}

function fits(wanted: readonly string[], name: string | null): boolean {
  return wanted.length === 0 || (name !== null && wanted.includes(name));
}

export function scopedDesired({ object, service, instance }: DesiredObject): Scoped {
  return { service, instance, namespace: object.metadata.namespace ?? null, kind: object.kind };
}

export function scopedLive({ labels, namespace, kind }: LiveObject): Scoped {
  return { service: labels[SERVICE_LABEL] ?? null, instance: labels[INSTANCE_LABEL] ?? null, namespace, kind };
}

/**
 * Names of a scope that neither the tree nor the set in the cluster has, a sentence for each with the nearest right spelling: a run
 * about nothing must not look like one that found nothing to do.
 */
export function unknownNames(
  scope: PlanScope,
  desired: DesiredSet,
  { objects }: Pick<LiveState, 'objects'>,
): readonly string[] {
  if (!isNarrowed(scope)) return [];
  const all = [
    ...[...desired.objects.values()].map(scopedDesired),
    ...[...objects.values()].map(({ live }) => scopedLive(live)),
  ];
  const services = unknown('service', scope.services, all);
  const ofServices = all.filter(({ service }) => fits(scope.services, service));
  const where = scope.services.length === 0 ? '' : ` of ${scope.services.join(', ')}`;
  const kinds = scope.kinds.filter((kind) => !isOrderedKind(kind));
  return [
    ...services,
    // Whoever misspelt the service is not told that it lacks the instance.
    ...(services.length > 0 ? [] : unknown('instance', scope.instances, ofServices, where)),
    ...unknown('namespace', scope.namespaces, all),
    ...unknown('kind', kinds, all),
  ];
}

function unknown(
  what: keyof Scoped,
  wanted: readonly string[],
  there: readonly Scoped[],
  where = '',
): readonly string[] {
  const known = new Set(there.map((one) => one[what]).filter((name) => name !== null));
  return wanted
    .filter((name) => !known.has(name))
    .map((name) => {
      const { hint } = didYouMean(name, known);
      const message = `neither the tree nor the cluster has the ${what} ${JSON.stringify(name)}${where}`;
      return hint === undefined ? message : `${message}; ${hint}`;
    });
}
