import type { HandlerCommand, HandlerKind, SensuResource, TeamTargets } from '../compiler/model/sensu.ts';
import { FILTERS, memberHandlerName, teamHandlerName } from './_sensu-names.ts';

export interface SensuTeamProps {
  /** Namespace in Sensu. */
  readonly namespace: string;
  readonly team: string;
  readonly targets: TeamTargets;
  /** What runs for each way in which the team is told. */
  readonly members: readonly (readonly [HandlerKind, HandlerCommand])[];
}

/** Seconds that a handler may take. */
const HANDLER_TIMEOUT = 30;

/** The set of a team's handlers, and the handlers. Filters are on the handlers: Sensu ignores those of a set. */
export function sensuTeamHandlers(props: SensuTeamProps): readonly SensuResource[] {
  const { namespace, team, members } = props;
  const handlers = members.map(([kind]) => memberHandlerName(kind, team));
  const set: SensuResource = {
    type: 'Handler',
    api_version: 'core/v2',
    metadata: { name: teamHandlerName(team), namespace, labels: { team } },
    spec: { type: 'set', handlers },
  };
  return [set, ...members.map(([kind, command]) => member(props, kind, command))];
}

function member({ namespace, team, targets }: SensuTeamProps, kind: HandlerKind, run: HandlerCommand): SensuResource {
  const { command, runtimeAssets } = run;
  return {
    type: 'Handler',
    api_version: 'core/v2',
    metadata: { name: memberHandlerName(kind, team), namespace, labels: { team } },
    spec: {
      type: 'pipe',
      command,
      timeout: HANDLER_TIMEOUT,
      env_vars: variables(kind, team, targets),
      filters: filtersOf(kind),
      ...(runtimeAssets.length > 0 && { runtime_assets: runtimeAssets }),
      // The key itself stays where Sensu's secrets provider has it.
      ...(kind === 'pagerduty' && { secrets: [{ name: 'PAGERDUTY_TOKEN', secret: `pagerduty-${team}` }] }),
    },
  };
}

function filtersOf(kind: HandlerKind): readonly string[] {
  const always = ['is_incident', 'not_silenced'];
  if (kind === 'pagerduty') return [...always, FILTERS.page, FILTERS.occurrences];
  return kind === 'jira' ? [...always, FILTERS.ticket, FILTERS.occurrences] : [...always, FILTERS.occurrences];
}

/** The team's targets for the handler's environment; a check's annotation of the same meaning wins over them. */
function variables(kind: HandlerKind, team: string, targets: TeamTargets): readonly string[] {
  const pager = targets.hasDefaultPager ? `#${team}-pages` : null;
  const byKind: Readonly<Record<HandlerKind, Readonly<Record<string, string | null>>>> = {
    irc: {
      IRC_CHANNELS: list(targets.ircChannels),
      PAGES_IRC_CHANNELS: list(targets.ircPages) ?? pager,
    },
    jira: {
      JIRA_COMPONENT: list(targets.component),
      JIRA_PRIORITY: targets.priority,
      JIRA_PROJECT: targets.project,
      JIRA_TAGS: list(targets.tags),
    },
    mailer: { NOTIFICATION_EMAIL: targets.notificationEmail },
    pagerduty: {},
    slack: {
      SLACK_CHANNELS: list(targets.slackChannels),
      PAGES_SLACK_CHANNELS: list(targets.slackPages) ?? pager,
    },
  };
  const set = Object.entries({ TEAM: team, ...byKind[kind] }).filter(([, value]) => value !== null && value !== '');
  return set.map(([name, value]) => `${name}=${value!}`);
}

function list(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join(',');
}
