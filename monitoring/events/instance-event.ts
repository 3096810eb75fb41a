import type { ResolvedMonitoring } from '../../compiler/model/monitoring.ts';
import type { ReplicationVerdict } from '../replication/verdict.ts';
import { isEventName, STATUS, type SensuEvent, type Status } from './sensu-event.ts';

/** The instance that an event is about. */
export interface EventSubject {
  readonly service: string;
  readonly instance: string;
  readonly cluster: string;
  readonly monitoring: ResolvedMonitoring;
}

/** What differs from one kind of check to the other. */
export interface CheckResult {
  /** First part of the event's name: `check_paasta_services_replication`. */
  readonly check: string;
  readonly status: Status;
  readonly output: string;
  readonly description: string | null;
  readonly runbook: string | null;
  readonly tip: string | null;
  readonly page: boolean | null;
  /** Seconds. */
  readonly alertAfterSeconds: number | null;
  readonly realertEvery: number;
}

/** Every check of an instance runs once a minute. */
const INTERVAL_SECONDS = 60;

export const REPLICATION_CHECK = 'check_paasta_services_replication';

/** The event for a replication verdict; null when the instance has no team, and so nobody is told. PaaSTA: `send_replication_event`. */
export function replicationEvent(subject: EventSubject, verdict: ReplicationVerdict): SensuEvent | null {
  const { settings, replication } = subject.monitoring;
  const { runbook, tip, alertAfterSeconds, realertEvery } = replication;
  return instanceEvent(subject, {
    check: REPLICATION_CHECK,
    status: verdict.isCritical ? STATUS.critical : STATUS.ok,
    output: verdict.output,
    description: verdict.description,
    page: settings.page,
    ...{ runbook, tip, alertAfterSeconds, realertEvery },
  });
}

/** An event about an instance; null when it has no team. Throws for a name that Sensu refuses. PaaSTA: `send_event`. */
export function instanceEvent(subject: EventSubject, result: CheckResult): SensuEvent | null {
  const { service, instance, cluster, monitoring } = subject;
  const { team, ticket, project, priority, tags, notificationEmail } = monitoring.settings;
  if (team === null || team === '') return null;
  const name = `${result.check}.${service}.${instance}`;
  if (!isEventName(name)) throw new Error(`${JSON.stringify(name)} is no name of a check`);
  const { ircChannels, slackChannels, component } = monitoring.settings;
  return {
    name,
    status: result.status,
    output: result.output,
    handler: 'default',
    team,
    runbook: result.runbook === null || result.runbook === '' ? 'Please set a runbook!' : result.runbook,
    tip: result.tip,
    notification_email: notificationEmail,
    interval: INTERVAL_SECONDS,
    page: result.page,
    realert_every: result.realertEvery,
    dependencies: [],
    alert_after: result.alertAfterSeconds,
    ticket,
    project,
    priority,
    source: `paasta-${cluster}`,
    tags,
    ttl: null,
    ...(ircChannels !== null && { irc_channels: ircChannels }),
    ...(slackChannels !== null && { slack_channels: slackChannels }),
    ...(component !== null && { component }),
    ...(result.description !== null && { description: result.description }),
  };
}
