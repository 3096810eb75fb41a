import { mapAt, mapsAt, type JsonMap } from '../compiler/emit/json-data.ts';

/** Whether an object is what it should be by now. */
export interface Health {
  readonly state: 'current' | 'progressing' | 'failed' | 'terminating';
  /** What is awaited or what went wrong; empty when current. */
  readonly reason: string;
}

const CURRENT: Health = { state: 'current', reason: '' };

/** Pods that are refused for so long will be refused on. */
const REFUSED_MS = 60_000;
/** A pod for which no node was found for so long. */
const UNSCHEDULABLE_MS = 15_000;

/** Judges a live object by its status. Kinds without a rule are current at once. `now`: milliseconds since 1970. */
export function healthOf(kind: string, object: JsonMap, now = Date.now()): Health {
  const metadata = mapAt(object, 'metadata') ?? {};
  const spec = mapAt(object, 'spec') ?? {};
  const status = mapAt(object, 'status') ?? {};
  if (metadata['deletionTimestamp'] !== undefined) return { state: 'terminating', reason: 'is being deleted' };
  const observed = status['observedGeneration'];
  const rule = RULES[kind];
  if (rule !== undefined && observed === undefined && NEEDS_OBSERVED.has(kind))
    return progressing('was not looked at yet');
  if (observed !== undefined && observed !== metadata['generation'])
    return progressing('the change was not looked at yet');
  if (condition(status, 'Reconciling')?.['status'] === 'True') return progressing('is reconciling');
  if (condition(status, 'Stalled')?.['status'] === 'True') return failed(messageOf(condition(status, 'Stalled')));
  return rule?.(spec, status, now) ?? CURRENT;
}

/** Whether objects of a kind take time to be up. */
export function isAwaited(kind: string): boolean {
  return RULES[kind] !== undefined;
}

const NEEDS_OBSERVED = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

type Rule = (spec: JsonMap, status: JsonMap, now: number) => Health;

const RULES: Readonly<Record<string, Rule>> = {
  Deployment: deploymentHealth,
  StatefulSet: statefulSetHealth,
  DaemonSet: daemonSetHealth,
  Job: jobHealth,
  Namespace: (_spec, status) => (status['phase'] === 'Active' ? CURRENT : progressing('is not active yet')),
  CustomResourceDefinition: crdHealth,
  PersistentVolumeClaim: claimHealth,
  Service: serviceHealth,
  Pod: podHealth,
};

function deploymentHealth(spec: JsonMap, status: JsonMap, now: number): Health {
  const wanted = count(spec['replicas'], 1);
  const progress = condition(status, 'Progressing');
  if (progress?.['reason'] === 'ProgressDeadlineExceeded')
    return failed(`the rollout missed its deadline: ${messageOf(progress)}`);
  const refusal = condition(status, 'ReplicaFailure');
  const isRefused = refusal?.['status'] === 'True';
  if (isRefused && now - Date.parse(String(refusal['lastTransitionTime'])) >= REFUSED_MS)
    return failed(messageOf(refusal));
  const total = count(status['replicas']);
  if (wanted === 0) return total === 0 ? CURRENT : progressing(`${total} pods are still there`);
  const [updated, ready, available] = ['updatedReplicas', 'readyReplicas', 'availableReplicas'].map((key) =>
    count(status[key]),
  );
  const why = isRefused ? `: ${messageOf(refusal)}` : '';
  if (updated! < wanted) return progressing(`${updated} of ${wanted} pods are new${why}`);
  if (total > wanted) return progressing(`${total - wanted} old pods are still there`);
  if (available! < updated!) return progressing(`${available} of ${wanted} pods are available${why}`);
  if (ready! < wanted) return progressing(`${ready} of ${wanted} pods are ready${why}`);
  if (condition(status, 'Available')?.['status'] !== 'True') return progressing('is not available yet');
  if (progress !== undefined && progress['reason'] !== 'NewReplicaSetAvailable')
    return progressing('the new ReplicaSet is not complete');
  return CURRENT;
}

function statefulSetHealth(spec: JsonMap, status: JsonMap): Health {
  const strategy = mapAt(spec, 'updateStrategy');
  if (strategy?.['type'] === 'OnDelete') return CURRENT;
  const wanted = count(spec['replicas'], 1);
  const total = count(status['replicas']);
  if (total !== wanted) return progressing(`${total} of ${wanted} pods are there`);
  const ready = count(status['readyReplicas']);
  if (ready < wanted) return progressing(`${ready} of ${wanted} pods are ready`);
  const updated = count(status['updatedReplicas']);
  const partition = count(mapAt(strategy, 'rollingUpdate')?.['partition']);
  if (partition > 0)
    return updated >= wanted - partition ? CURRENT : progressing(`${updated} of ${wanted - partition} pods are new`);
  if (status['currentRevision'] === status['updateRevision']) return CURRENT;
  return progressing(`${updated} of ${wanted} pods are new`);
}

function daemonSetHealth(_spec: JsonMap, status: JsonMap): Health {
  const wanted = count(status['desiredNumberScheduled']);
  const keys = ['currentNumberScheduled', 'updatedNumberScheduled', 'numberAvailable', 'numberReady'];
  const least = Math.min(...keys.map((key) => count(status[key])));
  return least >= wanted ? CURRENT : progressing(`${least} of ${wanted} pods are ready`);
}

function jobHealth(_spec: JsonMap, status: JsonMap): Health {
  const failure = condition(status, 'Failed');
  return failure?.['status'] === 'True' ? failed(messageOf(failure)) : CURRENT;
}

/** Whether a Job did its work; `healthOf` is content with one that was started. */
export function jobCompletion(object: JsonMap): Health {
  const status = mapAt(object, 'status') ?? {};
  const { state, reason } = jobHealth({}, status);
  if (state === 'failed') return { state, reason };
  if (condition(status, 'Complete')?.['status'] === 'True') return CURRENT;
  return progressing(`${count(status['succeeded'])} of its pods have succeeded`);
}

/** Why an autoscaler does nothing; empty when it works, or when nothing runs. */
export function autoscalerTrouble(status: JsonMap): string {
  const active = condition(status, 'ScalingActive');
  if (status['currentReplicas'] === 0 || active?.['status'] !== 'False') return '';
  return `the autoscaler is not active: ${messageOf(active)}`;
}

function crdHealth(_spec: JsonMap, status: JsonMap): Health {
  const names = condition(status, 'NamesAccepted');
  if (names?.['status'] === 'False') return failed(messageOf(names));
  return condition(status, 'Established')?.['status'] === 'True' ? CURRENT : progressing('is not established yet');
}

function serviceHealth(spec: JsonMap): Health {
  return spec['type'] !== 'LoadBalancer' || spec['clusterIP'] !== undefined
    ? CURRENT
    : progressing('has no address yet');
}

function claimHealth(_spec: JsonMap, status: JsonMap): Health {
  if (status['phase'] === 'Lost') return failed('its volume is lost');
  return status['phase'] === 'Bound' ? CURRENT : progressing('is not bound to a volume yet');
}

function podHealth(_spec: JsonMap, status: JsonMap, now: number): Health {
  if (status['phase'] === 'Succeeded' || condition(status, 'Ready')?.['status'] === 'True') return CURRENT;
  const [waiting] = waitingContainers(status);
  if (waiting?.includes(': CrashLoopBackOff') === true) return failed(waiting);
  const scheduled = condition(status, 'PodScheduled');
  const isRefused = scheduled?.['status'] === 'False' && scheduled['reason'] === 'Unschedulable';
  if (isRefused && now - Date.parse(String(scheduled['lastTransitionTime'])) >= UNSCHEDULABLE_MS)
    return failed(messageOf(scheduled));
  return progressing(waiting ?? 'is not ready');
}

/** `main: CrashLoopBackOff: back-off 40s` for every container of a pod's status that waits. */
export function waitingContainers(status: JsonMap): readonly string[] {
  return [...mapsAt(status, 'initContainerStatuses'), ...mapsAt(status, 'containerStatuses')].flatMap((container) => {
    const waiting = mapAt(mapAt(container, 'state'), 'waiting');
    if (waiting === undefined) return [];
    const message = typeof waiting['message'] === 'string' ? `: ${waiting['message']}` : '';
    return [`${String(container['name'])}: ${String(waiting['reason'])}${message}`];
  });
}

function condition(status: JsonMap, type: string): JsonMap | undefined {
  return mapsAt(status, 'conditions').find((one) => one['type'] === type);
}

function messageOf(found: JsonMap | undefined): string {
  return typeof found?.['message'] === 'string' ? found['message'] : 'no reason is given';
}

function count(value: unknown, fallback = 0): number {
  return typeof value === 'number' ? value : fallback;
}

function progressing(reason: string): Health {
  return { state: 'progressing', reason };
}

function failed(reason: string): Health {
  return { state: 'failed', reason };
}

/** PaaSTA's word for the state of an instance (PaaSTA: `kubernetes_tools` status of `paasta status`). */
export function instanceState(replicas: {
  desired: number;
  ready: number | null;
  updated: number;
  total: number;
}): string {
  const { desired, ready, updated, total } = replicas;
  if (ready === null) return desired === 0 ? 'Stopped' : 'Waiting';
  if (ready !== desired) return 'Waiting';
  if (updated < desired) return 'Deploying';
  return total === 0 && desired === 0 ? 'Stopped' : 'Running';
}
