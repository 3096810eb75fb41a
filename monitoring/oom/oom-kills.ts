import { mapAt, mapsAt, type JsonMap } from '../../compiler/emit/json-data.ts';
import { STATUS, type Status } from '../events/sensu-event.ts';

export const OOM_CHECK = 'oom-killer';
export const OOM_RUNBOOK = 'y/check-oom-events';

export interface OomRules {
  /** Minutes that are looked back. */
  readonly minutes: number;
  /** Kills from which on it is critical. */
  readonly threshold: number;
}

/** How many containers of a pod ended for lack of memory since a time (milliseconds of the epoch). */
export function oomKills(pod: JsonMap, since: number): number {
  const status = mapAt(pod, 'status');
  const containers = [...mapsAt(status, 'containerStatuses'), ...mapsAt(status, 'initContainerStatuses')];
  return containers.filter((container) =>
    [mapAt(container, 'lastState'), mapAt(container, 'state')].some((state) => {
      const ended = mapAt(state, 'terminated');
      return ended?.['reason'] === 'OOMKilled' && Date.parse(String(ended['finishedAt'])) >= since;
    }),
  ).length;
}

/** What the kills of an instance mean; null for a few: an alert that is open stays open. PaaSTA: `compose_sensu_status`. */
export function judgeOomKills(
  job: { readonly service: string; readonly instance: string },
  kills: number,
  isEnabled: boolean,
  { minutes, threshold }: OomRules,
): { readonly status: Status; readonly output: string } | null {
  const name = `${job.service}.${job.instance}`;
  const when = `in the last ${minutes} minute(s).`;
  if (!isEnabled) return { status: STATUS.ok, output: `This check is disabled for ${name}.` };
  if (kills === 0) return { status: STATUS.ok, output: `No oom events for ${name} ${when}` };
  if (kills < threshold) return null;
  return { status: STATUS.critical, output: `The Out Of Memory killer killed processes for ${name} ${when}` };
}

/** What can be done, with the limit. PaaSTA: the memory in MB. */
export function oomTip(memoryLimit: number | string | null): string {
  const megabytes = /^(\d+)(?:\.\d+)?Mi$/.exec(String(memoryLimit))?.[1];
  const limit = megabytes === undefined ? String(memoryLimit) : `${megabytes}MB`;
  return `Follow the runbook to investigate and rightsize memory usage (curr: ${limit})`;
}
