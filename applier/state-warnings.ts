import { autoscalerTrouble } from './health.ts';
import type { LiveState } from './live-state.ts';
import { mapAt } from '../compiler/emit/json-data.ts';

const MOST_ALIKE = 10;

/** What a person should know of a cluster before its plan is believed. */
export function stateWarnings({ unlisted, dropped, objects }: LiveState): readonly string[] {
  const shared = [...objects.values()].flatMap(({ live, comparison }) =>
    comparison?.coOwner == null
      ? []
      : [`${live.key} is applied by "${comparison.coOwner}" too: the next change of either is a conflict`],
  );
  return [
    ...unlisted.map((what) => `cannot be listed: ${what}`),
    ...dropped.map((kind) => `the record names ${kind}, which the server no longer serves`),
    ...few(shared),
  ];
}

/** Autoscalers that do nothing although something runs. */
export function autoscalerWarnings({ objects }: Pick<LiveState, 'objects'>): readonly string[] {
  const idle = [...objects.values()].flatMap(({ live }) => {
    const trouble = live.kind === 'HorizontalPodAutoscaler' ? autoscalerTrouble(mapAt(live.brief, 'status') ?? {}) : '';
    return trouble === '' ? [] : [`${live.key}: ${trouble}`];
  });
  return few(idle);
}

function few(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MOST_ALIKE) return warnings;
  return [...warnings.slice(0, MOST_ALIKE), `and ${warnings.length - MOST_ALIKE} more like the last`];
}
