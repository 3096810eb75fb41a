import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { mapAt } from '../compiler/emit/json-data.ts';
import type { OutputFiles } from './output-files.ts';
import type { Restart, Risk, RiskCode } from './review.ts';
import { imageRepository, type WorkloadFacts } from './workload-facts.ts';

/** From how many pods a bounce that takes all of them at once is worth a line. */
const MANY_PODS = 5;

export interface RiskSettings {
  /** Removing more than this share of a cluster's instances is a risk, in percent. */
  readonly mostRemovedPercent: number;
  /** Deploy groups that the service's pipeline deploys to; null when it has none or that cannot be told. */
  pipelineGroups(service: string): ReadonlySet<string> | null;
}

export interface InstanceFacts {
  readonly cluster: string;
  readonly service: string;
  readonly instance: string;
  readonly before: WorkloadFacts | null;
  readonly after: WorkloadFacts | null;
  readonly restart: Restart | null;
}

/** What a reviewer should not miss about one instance. Each line is a fact of the manifests, none a guess. */
export function instanceRisks(facts: InstanceFacts, settings: RiskSettings): readonly Risk[] {
  const { cluster, service, instance, before, after, restart } = facts;
  const job = `${service}.${instance}`;
  const risks: Risk[] = [];
  const add = (code: RiskCode, message: string): void => void risks.push({ code, cluster, about: job, message });
  const pods = restart?.pods ?? 0;
  if (before !== null && after !== null) {
    const move = statefulMove(before, after);
    if (move !== null) add('stateful-move', `${job}: ${move}; this needs a move by hand`);
    if (after.mostPods === 0 && before.mostPods !== 0)
      add('stopped', `${job} goes to 0 pods (up to ${before.mostPods ?? 'unknown'} now)`);
  }
  if (after === null) return risks;
  if (restart !== null && ['brutal', 'downthenup'].includes(restart.bounce) && pods >= MANY_PODS) {
    add('brutal-bounce', `${job}: bounce ${restart.bounce} may take all of up to ${pods} pods at once`);
  }
  if (restart !== null && /^0%?$/.test(after.disruption ?? '')) {
    add(
      'no-disruption-allowed',
      `${job}: pods are replaced while the disruption budget allows none to be away; draining nodes will wait`,
    );
  }
  const image = foreignImage(service, before, after);
  if (image !== null) add('foreign-image', `${job}: ${image}`);
  const groups = settings.pipelineGroups(service);
  const { deployGroup } = after;
  if (groups !== null && deployGroup !== null && !groups.has(deployGroup) && before?.deployGroup !== deployGroup) {
    add('unknown-deploy-group', `${job}: no step of the service's deploy.yaml deploys to ${deployGroup}`);
  }
  return risks;
}

function statefulMove({ workload: before }: WorkloadFacts, { workload: after }: WorkloadFacts): string | null {
  if (before.kind !== 'StatefulSet') return null;
  if (after.kind !== 'StatefulSet') return 'a StatefulSet becomes a Deployment and its volumes stay behind';
  if (before.metadata.namespace !== after.metadata.namespace)
    return 'a StatefulSet moves to another namespace and its volumes stay behind';
  const claims = (workload: typeof before): string =>
    canonicalJson(mapAt(workload, 'spec')?.['volumeClaimTemplates'] ?? []);
  return claims(before) === claims(after) ? null : 'the volume claims of a StatefulSet cannot be changed in place';
}

/** An image whose repository is new for the instance and is not named for the service. PaaSTA: `services-SERVICE`. */
function foreignImage(service: string, before: WorkloadFacts | null, after: WorkloadFacts): string | null {
  const repository = imageRepository(after.image);
  if (before !== null && imageRepository(before.image) === repository) return null;
  if (repository.split('/').at(-1) === `services-${service}`) return null;
  return `its image comes from ${repository}, which is not services-${service}`;
}

export interface ClusterFacts {
  readonly cluster: string;
  readonly base: OutputFiles;
  readonly head: OutputFiles;
  readonly risks: RiskSettings;
}

/** What a reviewer should not miss about a cluster as a whole. */
export function clusterRisks({ cluster, base, head, risks: settings }: ClusterFacts): readonly Risk[] {
  const [before, after] = [jobsOf(base, cluster), jobsOf(head, cluster)];
  const removed = [...before.keys()].filter((job) => !after.has(job));
  const risks: Risk[] = [];
  if (removed.length * 100 > before.size * settings.mostRemovedPercent) {
    const share = Math.round((removed.length * 100) / before.size);
    const message = `${removed.length} of ${before.size} instances of ${cluster} are removed (${share} %)`;
    risks.push({ code: 'many-removals', cluster, about: null, message });
  }
  const left = new Set(after.values());
  const gone = [...new Set(before.values())].filter((service) => !left.has(service)).sort(compareText);
  for (const service of gone) {
    const message = `the service ${service} disappears from ${cluster}`;
    risks.push({ code: 'service-removed', cluster, about: service, message });
  }
  return risks;
}

/** Services by `service.instance`. */
function jobsOf(files: OutputFiles, cluster: string): ReadonlyMap<string, string> {
  const jobs = new Map<string, string>();
  for (const file of files.values()) {
    if (file.cluster !== cluster || file.service === null || file.instance === null) continue;
    jobs.set(`${file.service}.${file.instance}`, file.service);
  }
  return jobs;
}
