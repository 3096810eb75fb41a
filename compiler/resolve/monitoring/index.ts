import type { ResolvedMonitoring } from '../../model/monitoring.ts';
import type { Facts } from '../facts.ts';
import { resolveAutoscalerAlerts } from './autoscaler.ts';
import { resolveGenericAlertAfter, resolveReplication, resolveSentRealertEvery } from './replication.ts';
import { reportUnknownTeam, resolveChecksOomEvents, resolveMonitoringSettings } from './settings.ts';

/** How an instance is watched. Nothing here holds the instance back: what cannot be used is a warning. */
export function resolveMonitoring(facts: Facts): ResolvedMonitoring {
  const { journal } = facts;
  reportUnknownTeam(facts);
  return {
    settings: journal.member('monitoring.settings', resolveMonitoringSettings, facts),
    replication: journal.member('monitoring.replication', resolveReplication, facts),
    timing: journal.member('monitoring.timing', resolveTiming, facts),
    autoscalerAlerts: journal.member('monitoring.autoscalerAlerts', resolveAutoscalerAlerts, facts),
    checksOomEvents: journal.member('monitoring.checksOomEvents', resolveChecksOomEvents, facts),
  };
}

function resolveTiming(facts: Facts): ResolvedMonitoring['timing'] {
  return { alertAfterSeconds: resolveGenericAlertAfter(facts), realertEvery: resolveSentRealertEvery(facts) };
}
