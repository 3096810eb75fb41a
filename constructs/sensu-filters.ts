import type { SensuResource } from '../compiler/model/sensu.ts';
import { FILTERS } from './_sensu-names.ts';

/**
 * Whether an occurrence is told: never within `alert_after`; then every `realert_every`-th, or with -1 the 1st, 2nd, 4th, 8th ...; the
 * end of trouble only if its beginning was told. Made for use together with `is_incident`, which lets just the first good result
 * through. ECMAScript 5, as Sensu's interpreter. Source: the base handler of sensu_handlers.
 */
const OCCURRENCES = `(function () {
  var check = event.check;
  var notes = check.annotations || {};
  var initial = check.interval > 0 ? Math.floor(parseInt(notes.alert_after || "0", 10) / check.interval) : 0;
  if (check.status === 0) { return check.occurrences_watermark > initial; }
  var every = parseInt(notes.realert_every || "-1", 10) || -1;
  var number = check.occurrences - initial;
  if (number < 1) { return false; }
  if (check.interval <= 0) { return true; }
  return every === -1 ? (number & (number - 1)) === 0 : (number - 1) % every === 0;
})()
`;

/** The filters that all handlers share: who is paged, who gets a ticket, and when somebody is told at all. */
export function sensuFilters(namespace: string): readonly SensuResource[] {
  return [
    filter(namespace, FILTERS.occurrences, OCCURRENCES),
    filter(namespace, FILTERS.page, '(event.check.labels || {}).page === "true"'),
    filter(namespace, FILTERS.ticket, '(event.check.labels || {}).ticket === "true"'),
  ];
}

function filter(namespace: string, name: string, expression: string): SensuResource {
  return {
    type: 'EventFilter',
    api_version: 'core/v2',
    metadata: { name, namespace },
    spec: { action: 'allow', expressions: [expression] },
  };
}
