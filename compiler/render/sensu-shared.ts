import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import type { RenderedFile } from '../model/rendered-file.ts';
import type { HandlerCommand, HandlerKind, SensuSettings, SensuTeamUse, TeamTargets } from '../model/sensu.ts';
import { HANDLER_KINDS } from '../model/sensu.ts';
import type { ClusterSummary } from '../model/service-summary.ts';
import { sensuFilters } from '../../constructs/sensu-filters.ts';
import { sensuTeamHandlers } from '../../constructs/sensu-team-handlers.ts';
import { sensuFile } from './sensu-files.ts';

export interface SensuShared {
  readonly files: readonly RenderedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A team that the team data does not have: handlers know nothing of it but its name. */
const UNKNOWN_TEAM: TeamTargets = Object.freeze({
  hasPagerdutyKey: false,
  hasDefaultPager: true,
  slackChannels: [],
  slackPages: [],
  ircChannels: [],
  ircPages: [],
  notificationEmail: null,
  project: null,
  priority: null,
  tags: [],
  component: [],
});

/**
 * What the checks of all services share: the handlers of the teams that they name, and the filters. Sensu Core 1.x has neither: there
 * sensu_handlers routes by the team data itself, and filters in code.
 */
export function sensuShared(config: ClusterConfig, summaries: readonly ClusterSummary[]): SensuShared {
  const settings = config.sensu;
  const uses = settings === null ? [] : mergedUses(summaries);
  if (settings === null || settings.style === 'classic' || uses.length === 0) return { files: [], diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const teams = uses.flatMap((use) => teamResources(config, settings, use, diagnostics));
  const content = [
    { name: '_filters', resources: sensuFilters(settings.namespace) },
    { name: '_teams', resources: teams },
  ].filter(({ resources }) => resources.length > 0);
  return {
    files: content.map(({ name, resources }) =>
      sensuFile(config, settings, { name, service: null, content: { resources } }),
    ),
    diagnostics,
  };
}

function mergedUses(summaries: readonly ClusterSummary[]): readonly SensuTeamUse[] {
  const kinds = new Map<string, Set<HandlerKind>>();
  for (const { team, kinds: more } of summaries.flatMap(({ sensuTeams }) => sensuTeams)) {
    kinds.set(team, new Set([...(kinds.get(team) ?? []), ...more]));
  }
  return [...kinds.keys()].sort(compareText).map((team) => ({ team, kinds: [...kinds.get(team)!] }));
}

function teamResources(config: ClusterConfig, settings: SensuSettings, use: SensuTeamUse, diagnostics: Diagnostic[]) {
  const { namespace, teams, handlers } = settings;
  if (teams === null) return [];
  const { team } = use;
  const targets = Object.hasOwn(teams, team) ? teams[team]! : UNKNOWN_TEAM;
  const wanted = HANDLER_KINDS.filter((kind) => hasTarget(kind, targets) || use.kinds.includes(kind));
  const members: [HandlerKind, HandlerCommand][] = [];
  for (const kind of wanted) {
    const command = handlers[kind];
    if (command === undefined) diagnostics.push(missingCommand(config, team, kind));
    else members.push([kind, command]);
  }
  return sensuTeamHandlers({ namespace, team, targets, members });
}

function hasTarget(kind: HandlerKind, targets: TeamTargets): boolean {
  if (kind === 'pagerduty') return targets.hasPagerdutyKey;
  if (kind === 'mailer') return targets.notificationEmail !== null;
  if (kind === 'jira') return targets.project !== null;
  const [channels, pages] =
    kind === 'slack' ? [targets.slackChannels, targets.slackPages] : [targets.ircChannels, targets.ircPages];
  return channels.length + pages.length > 0;
}

function missingCommand({ cluster, fileOf }: ClusterConfig, team: string, kind: HandlerKind): Diagnostic {
  return {
    severity: 'error',
    code: 'missing-sensu-handler',
    message: `team ${team} is told by ${kind}, and sensu.handlers.${kind} has no command for it`,
    root: 'system',
    file: fileOf['sensu'] ?? '',
    path: ['sensu', 'handlers'],
    hint: `set sensu.handlers.${kind}.command`,
    cluster,
  };
}
