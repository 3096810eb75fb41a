import { mapAt, mapsAt, type JsonMap } from '../../compiler/emit/json-data.ts';

/** One run of one container; a restart is another run. */
export interface ContainerRun {
  /** The same for all runs of the container of one pod, and for no other. */
  readonly id: string;
  /** The same for the same run, and for no other. */
  readonly key: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The pod has other containers with logs too. */
  readonly isOneOfSeveral: boolean;
  readonly isRunning: boolean;
  /** It runs or ran: there may be a log. */
  readonly hasStarted: boolean;
}

/** Sidecars whose logs are no service's. PaaSTA skips it in `status -vv` too. */
const SIDECARS = ['hacheck', 'nerve'];

/** The containers of a pod that have logs of the service, in the order of the pod. */
export function containerRuns(pod: JsonMap): readonly ContainerRun[] {
  const metadata = mapAt(pod, 'metadata');
  const [name, namespace, uid] = ['name', 'namespace', 'uid'].map((key) => String(metadata?.[key] ?? '')) as [
    ...[string, string, string],
  ];
  const statuses = mapsAt(mapAt(pod, 'status'), 'containerStatuses');
  const containers = mapsAt(mapAt(pod, 'spec'), 'containers').map((container) => String(container['name']));
  const own = containers.filter((container) => !SIDECARS.includes(container));
  return own.map((container) => {
    const status = statuses.find((each) => each['name'] === container);
    const restarts = Number(status?.['restartCount'] ?? 0);
    const state = mapAt(status, 'state');
    const isRunning = mapAt(state, 'running') !== undefined;
    const id = `${uid}/${container}`;
    return {
      ...{ id, key: `${id}/${restarts}` },
      ...{ namespace, pod: name, container, isOneOfSeveral: own.length > 1, isRunning },
      hasStarted: isRunning || mapAt(state, 'terminated') !== undefined || restarts > 0,
    };
  });
}
