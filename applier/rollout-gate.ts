import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';

/** Limits on rollouts that run at once; 0 is no limit. */
export interface RolloutLimits {
  readonly maxInFlight: number;
  readonly maxSurgePods: number;
}

export interface RolloutGate {
  /** Waits for a turn, the lowest rank first; `pods` is how many more pods the rollout makes at its height. */
  enter(rank: number, pods: number): Promise<void>;
  leave(pods: number): void;
}

interface Waiting {
  readonly rank: number;
  readonly pods: number;
  readonly go: () => void;
}

/** Lets rollouts begin while the limits allow it. One that is larger than the limit by itself runs alone. */
export function rolloutGate({ maxInFlight, maxSurgePods }: RolloutLimits): RolloutGate {
  const waiting: Waiting[] = [];
  let running = 0;
  let surge = 0;
  const fits = (pods: number): boolean => {
    if (running === 0) return true;
    return (maxInFlight === 0 || running < maxInFlight) && (maxSurgePods === 0 || surge + pods <= maxSurgePods);
  };
  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined && fits(next.pods); next = waiting[0]) {
      waiting.shift();
      running++;
      surge += next.pods;
      next.go();
    }
  };
  return {
    enter: (rank, pods) =>
      new Promise((resolve) => {
        const at = waiting.findIndex((other) => other.rank > rank);
        waiting.splice(at < 0 ? waiting.length : at, 0, { rank, pods, go: resolve });
        queueMicrotask(admit);
      }),
    leave: (pods) => {
      running--;
      surge -= pods;
      admit();
    },
  };
}

/** Pods that a rolling update may have beyond its size. */
export function surgePods(replicas: number, maxSurge: unknown): number {
  if (typeof maxSurge === 'number') return maxSurge;
  const percent = typeof maxSurge === 'string' ? Number(maxSurge.replace('%', '')) : 25;
  return Math.ceil((replicas * (Number.isFinite(percent) ? percent : 25)) / 100);
}

/** How often pods are replaced one group after another until all are new; a StatefulSet replaces one pod at a time. */
export function rolloutWaves(spec: JsonMap, replicas: number): number {
  const rolling = mapAt(mapAt(spec, 'strategy'), 'rollingUpdate');
  if (rolling === undefined) return mapAt(spec, 'strategy') === undefined ? replicas : 1;
  const unavailable = rolling['maxUnavailable'];
  const gone =
    typeof unavailable === 'number'
      ? unavailable
      : Math.floor((replicas * Number(String(unavailable ?? '25%').replace('%', ''))) / 100);
  return Math.ceil(replicas / Math.max(1, surgePods(replicas, rolling['maxSurge']) + gone));
}
