/** One semantic difference, such as `memory`, `1Gi`, `2Gi`; null on the side where there is none. Values are masked. */
export interface Row {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Lines of input that changed it, such as `web/kubernetes-prod.yaml:14`, where they are known. */
  readonly causes?: readonly string[];
}

/** One object that differs; `diff` is a unified diff of the masked objects. */
export interface ObjectReview {
  /** `apps/Deployment paastasvc-web/web-main` */
  readonly key: string;
  readonly action: 'added' | 'changed' | 'removed';
  readonly diff: readonly string[];
}

/** Pods that are replaced or ended by a change. */
export interface Restart {
  /** How they are replaced: `crossover +100%/-5%`, `brutal`, `downthenup`, `one at a time`, `all end first`, `stopped`. */
  readonly bounce: string;
  /** The most pods it can be; null when the manifests do not tell. */
  readonly pods: number | null;
}

export type RiskCode =
  | 'many-removals'
  | 'service-removed'
  | 'stateful-move'
  | 'stopped'
  | 'brutal-bounce'
  | 'no-disruption-allowed'
  | 'foreign-image'
  | 'unknown-deploy-group';

/** A fact that a reviewer should not miss. */
export interface Risk {
  readonly code: RiskCode;
  readonly cluster: string;
  /** `service.instance`, a service, or null for a whole cluster. */
  readonly about: string | null;
  readonly message: string;
}

export interface InstanceReview {
  readonly cluster: string;
  readonly service: string;
  readonly instance: string;
  readonly team: string | null;
  readonly deployGroup: string | null;
  readonly action: 'added' | 'changed' | 'removed';
  readonly rows: readonly Row[];
  /** Null: no pod is touched. */
  readonly restart: Restart | null;
  readonly objects: readonly ObjectReview[];
  readonly risks: readonly Risk[];
}

export interface ClusterReview {
  readonly cluster: string;
  /** Sorted by service and instance. */
  readonly instances: readonly InstanceReview[];
  /** Files of no single instance: namespaces, aggregates. */
  readonly shared: readonly ObjectReview[];
  /** Instances that an error holds back at the head: their earlier output stays. */
  readonly heldBack: readonly string[];
  readonly risks: readonly Risk[];
}

/** What a change of the input does to the output. */
export interface Review {
  /** What is compared, for people: revisions or `working tree`. */
  readonly base: string;
  readonly head: string;
  /** Clusters with differences or something held back, sorted. */
  readonly clusters: readonly ClusterReview[];
  /** Files that an error holds back, where no instance that stays can be named. */
  readonly heldFiles: readonly string[];
  /** Services, counted in every cluster, for which not all lines behind the changes were looked for: there are too many. */
  readonly servicesWithoutCauses: number;
}

/** Whether nothing differs and nothing is held back. */
export function isUnchanged({ clusters, heldFiles }: Review): boolean {
  return clusters.length === 0 && heldFiles.length === 0;
}

/** All risks of a review, clusters' own first. */
export function risksOf({ clusters }: Review): readonly Risk[] {
  return clusters.flatMap(({ risks, instances }) => [...risks, ...instances.flatMap((each) => each.risks)]);
}

/** What a review comes to in numbers. */
export interface ReviewTotals {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly shared: number;
  readonly heldBack: number;
  readonly restarting: number;
  /** The most pods that are replaced, as far as the manifests tell. */
  readonly pods: number;
  readonly risks: number;
}

export function totalsOf(review: Review): ReviewTotals {
  const instances = review.clusters.flatMap((each) => each.instances);
  const count = (action: InstanceReview['action']): number => instances.filter((each) => each.action === action).length;
  const restarts = instances.flatMap(({ restart }) => restart ?? []);
  return {
    added: count('added'),
    changed: count('changed'),
    removed: count('removed'),
    shared: review.clusters.reduce((sum, { shared }) => sum + shared.length, 0),
    heldBack: review.clusters.reduce((sum, { heldBack }) => sum + heldBack.length, 0),
    restarting: restarts.length,
    pods: restarts.reduce((sum, { pods }) => sum + (pods ?? 0), 0),
    risks: risksOf(review).length,
  };
}
