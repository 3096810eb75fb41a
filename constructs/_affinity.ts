import type { PodSelector, ResolvedPlacement } from '../compiler/model/resolved-instance.ts';
import type { Affinity, NodeAffinity, PodAffinityTerm, PodAntiAffinity } from './_plain.ts';

/**
 * Affinity of the pod over what `pod_defaults` sets; undefined when neither says anything.
 * Node affinity replaces a default affinity as a whole, anti-affinity is added to whichever holds.
 */
export function podAffinity(placement: ResolvedPlacement, defaults: Affinity | undefined): Affinity | undefined {
  const node = nodeAffinity(placement);
  const apart = antiAffinity(placement);
  const base = node === undefined ? defaults : { nodeAffinity: node };
  return apart === undefined ? base : { ...base, podAntiAffinity: apart };
}

/** All required expressions stand in one term, so that all must hold. */
function nodeAffinity(placement: ResolvedPlacement): NodeAffinity | undefined {
  const { required, preferred } = placement;
  if (required.length === 0 && preferred.length === 0) return undefined;
  return {
    ...(required.length > 0 && {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: required }] },
    }),
    ...(preferred.length > 0 && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map(({ weight, expressions }) => ({
        weight,
        preference: { matchExpressions: expressions },
      })),
    }),
  };
}

function antiAffinity(placement: ResolvedPlacement): PodAntiAffinity | undefined {
  const { antiAffinity: required, antiAffinityPreferred: preferred } = placement;
  if (required === null && preferred === null) return undefined;
  return {
    ...(required !== null && { requiredDuringSchedulingIgnoredDuringExecution: required.map(podAffinityTerm) }),
    ...(preferred !== null && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map((selector) => ({
        weight: selector.weight,
        podAffinityTerm: podAffinityTerm(selector),
      })),
    }),
  };
}

/** Not on a node that runs such a pod. */
function podAffinityTerm(selector: PodSelector): PodAffinityTerm {
  return {
    labelSelector: {
      matchLabels: {
        ...(selector.service !== null && { 'paasta.yelp.com/service': selector.service }),
        ...(selector.instance !== null && { 'paasta.yelp.com/instance': selector.instance }),
      },
    },
    topologyKey: 'kubernetes.io/hostname',
  };
}
