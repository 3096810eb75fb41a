import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import type { RenderedFile } from '../model/rendered-file.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { HandlerKind, SensuSettings, SensuTeamUse } from '../model/sensu.ts';
import { teamHandlerName } from '../../constructs/_sensu-names.ts';
import { sensuCheck } from '../../constructs/sensu-check.ts';
import { sensuClassicCheck } from '../../constructs/sensu-classic-check.ts';
import { CONFIG_MAP_LIMIT } from '../../constructs/sensu-config-map.ts';
import { unreadableAggregate } from './kept-output.ts';
import { type SensuContent, sensuFile, sensuPath } from './sensu-files.ts';
import { type EarlierTexts, type KeptChecks, keptChecks } from './sensu-kept.ts';

export interface SensuServiceInput {
  readonly config: ClusterConfig;
  readonly service: string;
  /** Instances in the cluster that were rendered. */
  readonly rendered: readonly ResolvedInstance[];
  /** Whether an instance that was not rendered keeps its earlier check. */
  isKept(instance: string): boolean;
  readonly earlier: EarlierTexts | null;
}

/** A service's checks in one cluster. */
export interface SensuService {
  /** Null when no instance has a team. */
  readonly file: RenderedFile | null;
  /** The earlier file, when it has to stay as it is. */
  readonly untouched: string | null;
  readonly teams: readonly SensuTeamUse[];
  readonly diagnostics: readonly Diagnostic[];
}

const NO_CHECKS: KeptChecks = { resources: [], checks: [] };
const NOTHING: SensuService = { file: null, untouched: null, teams: [], diagnostics: [] };

/** The file with the checks of a service's instances; nothing when the cluster's configuration has no `sensu`. */
export function sensuService(input: SensuServiceInput): SensuService {
  const { config, service, rendered, earlier } = input;
  const settings = config.sensu;
  if (settings === null) return NOTHING;
  const path = sensuPath(config, settings, { name: service, service });
  const names = new Set(rendered.map(({ instance }) => instance));
  const isKept = (instance: string): boolean => instance !== '' && !names.has(instance) && input.isKept(instance);
  const kept = earlier === null ? NO_CHECKS : keptChecks(earlier, path, isKept);
  if (kept === null) {
    const teams = teamUses(contentOf(settings, rendered, NO_CHECKS));
    return { ...NOTHING, teams, untouched: path, diagnostics: [unreadableAggregate(path)] };
  }
  const content = contentOf(settings, rendered, kept);
  const teams = teamUses(content);
  if (('resources' in content ? content.resources : content.checks).length === 0) return NOTHING;
  const file = sensuFile(config, settings, { name: service, service, content });
  if (settings.delivery === 'configmap' && Buffer.byteLength(file.content) > CONFIG_MAP_LIMIT) {
    return { ...NOTHING, teams, untouched: path, diagnostics: [tooLarge(input)] };
  }
  return { file, untouched: null, teams, diagnostics: [] };
}

function contentOf(settings: SensuSettings, instances: readonly ResolvedInstance[], kept: KeptChecks): SensuContent {
  if (settings.style === 'classic') {
    return { checks: [...instances.flatMap((instance) => wrapped(sensuClassicCheck(instance))), ...kept.checks] };
  }
  const { namespace, runtimeAssets } = settings;
  const checks = instances.flatMap((instance) => {
    const handler = settings.teams === null ? 'default' : teamHandlerName(instance.monitoring.settings.team ?? '');
    return sensuCheck(instance, { namespace, handler, runtimeAssets }) ?? [];
  });
  return { resources: [...checks, ...kept.resources] };
}

function wrapped<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}

/** Annotations of a check that are targets of its own, which win over the team's. */
const OWN_TARGETS: Readonly<Record<string, HandlerKind>> = {
  irc_channels: 'irc',
  notification_email: 'mailer',
  project: 'jira',
  slack_channels: 'slack',
};

/** Which teams the checks name, kept ones too, and the ways to tell them that checks have targets of their own for. */
function teamUses(content: SensuContent): readonly SensuTeamUse[] {
  const uses = new Map<string, Set<HandlerKind>>();
  for (const { metadata } of 'resources' in content ? content.resources : []) {
    const { labels = {}, annotations = {} } = metadata;
    const team = labels['team'];
    if (team === undefined) continue;
    const own = Object.entries(OWN_TARGETS).flatMap(([key, kind]) => ((annotations[key] ?? '') === '' ? [] : [kind]));
    uses.set(team, new Set([...(uses.get(team) ?? []), ...own]));
  }
  return [...uses.keys()].sort(compareText).map((team) => ({ team, kinds: [...uses.get(team)!].sort(compareText) }));
}

function tooLarge({ service, config }: SensuServiceInput): Diagnostic {
  return {
    severity: 'error',
    code: 'config-map-too-large',
    message: `the Sensu checks of ${service} are more than the ${CONFIG_MAP_LIMIT} bytes that a ConfigMap holds`,
    root: 'system',
    file: config.fileOf['sensu'] ?? '',
    path: ['sensu', 'delivery'],
    hint: 'deliver them as files',
    service,
    cluster: config.cluster,
  };
}
