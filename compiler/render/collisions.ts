import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ServiceSummary } from '../model/service-summary.ts';

interface Claim {
  readonly service: string;
  readonly instance: string;
  /** What is claimed, for people. */
  readonly what: string;
}

/**
 * A finding for each instance whose workload, or an object of users' constructs, has the name of another service's in the
 * same cluster. Sharing a namespace is fine. Within one service `renderService` has looked already.
 */
export function crossServiceCollisions(summaries: readonly ServiceSummary[], cluster: string): readonly Diagnostic[] {
  const claims = new Map<string, Claim[]>();
  for (const summary of [...summaries].sort((a, b) => compareText(a.service, b.service))) {
    for (const [key, claim] of claimsOf(summary, cluster)) claims.set(key, [...(claims.get(key) ?? []), claim]);
  }
  const findings: Diagnostic[] = [];
  for (const sharers of claims.values()) {
    for (const claim of sharers) {
      const other = sharers.find(({ service }) => service !== claim.service);
      if (other !== undefined) findings.push(collision(claim, other, cluster));
    }
  }
  return findings;
}

/** A finding for each instance whose users' constructs render what the cluster's shared files hold already. */
export function takenByInstances(
  summaries: readonly ServiceSummary[],
  cluster: string,
  shared: ReadonlySet<string>,
): readonly Diagnostic[] {
  return summaries.flatMap(({ service, clusters }) =>
    (clusters[cluster]?.extraObjects ?? [])
      .filter(({ key }) => shared.has(key))
      .map(({ instance, key }) => ({
        severity: 'error',
        code: 'name-collision',
        message: `users' constructs render ${key} for ${service}.${instance}, which is rendered for the namespace already`,
        root: 'soa',
        file: service,
        path: [instance],
        hint: 'choose another name: begin it with instance.name',
        service,
        cluster,
        instance,
      })),
  );
}

function claimsOf(summary: ServiceSummary, cluster: string): readonly (readonly [string, Claim])[] {
  const { service } = summary;
  const part = summary.clusters[cluster];
  if (part === undefined) return [];
  const workloads = part.rendered.map(({ instance, namespace, name }) => {
    const what = `workload ${name} in namespace ${namespace}`;
    return [`workload ${namespace}/${name}`, { service, instance, what }] as const;
  });
  const extras = part.extraObjects.map(({ instance, key }) => [key, { service, instance, what: key }] as const);
  return [...workloads, ...extras];
}

function collision(claim: Claim, other: Claim, cluster: string): Diagnostic {
  const { service, instance, what } = claim;
  return {
    severity: 'error',
    code: 'name-collision',
    message: `${service}.${instance} and ${other.service}.${other.instance} both render ${what}`,
    root: 'soa',
    file: service,
    path: [instance],
    hint: 'rename one of the instances, or give one another namespace',
    service,
    cluster,
    instance,
  };
}
