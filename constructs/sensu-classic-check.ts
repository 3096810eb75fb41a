import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { CHECK_INTERVAL, CHECK_TIMEOUT, checkCommand, checkName } from './_check-command.ts';

/** A check of Sensu Core 1.x by its name. */
export type ClassicCheck = readonly [name: string, definition: Readonly<Record<string, unknown>>];

/**
 * The replication check of one instance for Sensu Core 1.x. Keys that Sensu does not know reach its handlers, which is how sensu_handlers
 * routes by team; they are those of the event that PaaSTA sends. Null without a team.
 */
export function sensuClassicCheck(instance: ResolvedInstance): ClassicCheck | null {
  const { cluster, monitoring } = instance;
  const { settings, replication } = monitoring;
  const { team } = settings;
  if (team === null || team === '') return null;
  const definition: Readonly<Record<string, unknown>> = {
    command: checkCommand(instance),
    subscribers: [`paasta-${cluster}`],
    interval: CHECK_INTERVAL,
    timeout: CHECK_TIMEOUT,
    source: `paasta-${cluster}`,
    handler: 'default',
    paasta_service: instance.service,
    paasta_instance: instance.instance,
    team,
    // Ruby takes the text "false" for true: these stay booleans.
    page: settings.page === true,
    ticket: settings.ticket === true,
    runbook: replication.runbook === null || replication.runbook === '' ? 'Please set a runbook!' : replication.runbook,
    tip: replication.tip,
    alert_after: replication.alertAfterSeconds ?? 0,
    realert_every: replication.realertEvery,
    dependencies: [],
    notification_email: settings.notificationEmail,
    irc_channels: settings.ircChannels,
    slack_channels: settings.slackChannels,
    project: settings.project,
    priority: settings.priority,
    tags: settings.tags,
    component: settings.component,
  };
  const isSet = ([, value]: [string, unknown]): boolean => value !== null;
  return [checkName(instance), Object.fromEntries(Object.entries(definition).filter(isSet))];
}
