import type { MonitoringSettings } from '../../model/monitoring.ts';
import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { isSafeName } from '../../model/names.ts';
import type { Inputs } from '../facts.ts';
import type { Field } from '../field.ts';
import { shown, toPlain } from '../readers.ts';
import { monitoringField } from './monitoring-keys.ts';
import {
  flagOrNull,
  textOrNull,
  textOrNumberOrNull,
  textsOrNull,
  textsOrTextOrNull,
  wholeNumber,
} from './read-values.ts';

const DOCS = 'Docs: https://paasta.readthedocs.io/en/latest/yelpsoa_configs.html#monitoring-yaml';
const NO_RUNBOOK = `Please set a \`runbook\` field in your monitoring.yaml. Like "y/rb-mesos". ${DOCS}`;
const NO_TIP = `Please set a \`tip\` field in your monitoring.yaml. ${DOCS}`;

/** Key `team`, who is alerted; unset or empty: nobody, ever. PaaSTA: `get_team`. */
export function resolveTeam(inputs: Inputs): string | null {
  const field = monitoringField(inputs, 'team');
  const team = textOrNull(field);
  if (team !== null && team !== '' && !isSafeName(team)) {
    field.error('unsafe-name', `team ${shown(team)} has characters other than letters, digits, ., _ and -`);
  }
  return team;
}

/** A team that the team data lacks is most likely misspelt: handlers know nothing of it but its name. */
export function reportUnknownTeam(inputs: Inputs): void {
  const teams = inputs.system.get('sensu')?.teams ?? null;
  const field = monitoringField(inputs, 'team');
  const { value } = field;
  if (teams === null || typeof value !== 'string' || value === '' || Object.hasOwn(teams, value)) return;
  const message = `the team data has no team ${shown(value)}: only targets of the instance's own are told`;
  field.policy('unknown-team', message, didYouMean(value, Object.keys(teams)).hint);
}

/** Key `page`, whether somebody is paged; unset is sent as null, which handlers read as no. PaaSTA: `get_page`. */
export function resolvePage(inputs: Inputs): boolean | null {
  const field = monitoringField(inputs, 'page');
  field.note('PaaSTA: monitoring.page unset');
  return flagOrNull(field);
}

/** Key `ticket`, whether a ticket is opened; default false. PaaSTA: `get_ticket`. */
export function resolveTicket(inputs: Inputs): boolean | null {
  const field = monitoringField(inputs, 'ticket');
  field.note('PaaSTA: monitoring.ticket false');
  return withDefault(field, flagOrNull, false);
}

/** Key `runbook`; unset: a request to set one. The replication check has a default of its own. PaaSTA: `get_runbook`. */
export function resolveRunbook(inputs: Inputs): string | null {
  return withDefault(monitoringField(inputs, 'runbook'), textOrNull, NO_RUNBOOK);
}

/** Key `tip`; unset: a request to set one. The replication check has a default of its own. PaaSTA: `get_tip`. */
export function resolveTip(inputs: Inputs): string | null {
  return withDefault(monitoringField(inputs, 'tip'), textOrNull, NO_TIP);
}

/** Key `description`; that of service.yaml counts too. The replication check writes its own. PaaSTA: `get_description`. */
export function resolveDescription(inputs: Inputs): string | null {
  return textOrNull(monitoringField(inputs, 'description'));
}

/** Key `notification_email`: a comma list; false or empty for nobody, unset for the team's. PaaSTA: `get_notification_email`. */
export function resolveNotificationEmail(inputs: Inputs): string | false | null {
  const field = monitoringField(inputs, 'notification_email');
  return field.value === false ? false : textOrNull(field);
}

/** Key `slack_channels`; unset for the team's, an empty list for none. PaaSTA: `get_slack_channels`. */
export function resolveSlackChannels(inputs: Inputs): readonly string[] | string | null {
  return textsOrTextOrNull(monitoringField(inputs, 'slack_channels'));
}

/** Key `irc_channels`; unset for the team's, an empty list for none. PaaSTA: `get_irc_channels`. */
export function resolveIrcChannels(inputs: Inputs): readonly string[] | string | null {
  return textsOrTextOrNull(monitoringField(inputs, 'irc_channels'));
}

/** Key `project` of JIRA; unset for the team's. PaaSTA: `get_project`. */
export function resolveProject(inputs: Inputs): string | null {
  return textOrNull(monitoringField(inputs, 'project'));
}

/** Key `priority` of JIRA, a text or a number; unset for the team's. PaaSTA: `get_priority`. */
export function resolvePriority(inputs: Inputs): string | number | null {
  return textOrNumberOrNull(monitoringField(inputs, 'priority'));
}

/** Key `tags`: more labels of tickets; default none. PaaSTA: `get_tags`. */
export function resolveTags(inputs: Inputs): readonly string[] | null {
  return withDefault(monitoringField(inputs, 'tags'), textsOrNull, []);
}

/** Key `component` of JIRA, one or several. PaaSTA: `get_component`. */
export function resolveComponent(inputs: Inputs): readonly string[] | string | null {
  return textsOrTextOrNull(monitoringField(inputs, 'component'));
}

/** Key `alert_after` as written. What a check makes of it: `resolveAlertAfterSeconds`. PaaSTA: `get_alert_after`. */
export function resolveAlertAfter(inputs: Inputs): string | number | null {
  return textOrNumberOrNull(monitoringField(inputs, 'alert_after'), 'a duration such as "10m"');
}

/** Key `realert_every` as a whole number, default -1. PaaSTA: `get_realert_every`. */
export function resolveRealertEvery(inputs: Inputs): number {
  return wholeNumber(monitoringField(inputs, 'realert_every'), -1);
}

/** Key `check_every` as written; nothing reads it. PaaSTA: `get_check_every`. */
export function resolveCheckEvery(inputs: Inputs): string | number | null {
  return textOrNumberOrNull(monitoringField(inputs, 'check_every'), 'a duration such as "1m"');
}

/** Key `dependencies`; without it what dependencies.yaml holds. Nothing sends it on. PaaSTA: `get_dependencies`. */
export function resolveDependencies(inputs: Inputs): unknown {
  const field = monitoringField(inputs, 'dependencies');
  if (field.value !== undefined) return toPlain(field.value);
  const { dependencies } = inputs.sources;
  return dependencies.kind === 'read' ? toPlain(dependencies.document.value ?? {}) : {};
}

/** Key `check_oom_events` of the merged block, default true. PaaSTA: `check_oom_events`. */
export function resolveChecksOomEvents(inputs: Inputs): boolean {
  return flagOrNull(inputs.keys.field('monitoring').at('check_oom_events')) ?? true;
}

/** All settings of an instance. */
export function resolveMonitoringSettings(inputs: Inputs): MonitoringSettings {
  return {
    team: resolveTeam(inputs),
    page: resolvePage(inputs),
    ticket: resolveTicket(inputs),
    runbook: resolveRunbook(inputs),
    tip: resolveTip(inputs),
    description: resolveDescription(inputs),
    notificationEmail: resolveNotificationEmail(inputs),
    slackChannels: resolveSlackChannels(inputs),
    ircChannels: resolveIrcChannels(inputs),
    project: resolveProject(inputs),
    priority: resolvePriority(inputs),
    tags: resolveTags(inputs),
    component: resolveComponent(inputs),
    alertAfter: resolveAlertAfter(inputs),
    realertEvery: resolveRealertEvery(inputs),
    checkEvery: resolveCheckEvery(inputs),
    dependencies: resolveDependencies(inputs),
  };
}

function withDefault<T>(field: Field, read: (field: Field) => T | null, value: T): T | null {
  return field.isSet ? read(field) : value;
}
