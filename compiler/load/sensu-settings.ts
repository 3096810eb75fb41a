import { HANDLER_KINDS, type HandlerCommand, type SensuSettings, type TeamTargets } from '../model/sensu.ts';
import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { listOf, mapOf, oneOf, record, shape, text } from './shapes.ts';

const sensuName = shape(
  (value) => typeof value === 'string' && /^[A-Za-z0-9_.:-]+$/.test(value),
  'a name of letters, digits, _, ., : and -',
);
const command = shape((value) => typeof value === 'string' && value.trim() !== '', 'a command');
const assetName = shape(
  (value) => typeof value === 'string' && /^[A-Za-z0-9_/.:-]+$/.test(value),
  'a name of letters, digits, _, /, ., : and -',
);
const handler = record({ command, runtime_assets: listOf(assetName) }, ['command']);

/** Members of `sensu` and what they may be. */
export const sensuShape = record({
  style: oneOf('go', 'classic'),
  delivery: oneOf('files', 'configmap'),
  namespace: sensuName,
  team_data: text,
  runtime_assets: listOf(assetName),
  handlers: mapOf(handler),
});

export const SENSU_MEMBERS = ['style', 'delivery', 'namespace', 'team_data', 'runtime_assets', 'handlers'] as const;

/** The checked settings with every default; null without them, and then nothing is rendered for Sensu. */
export function toSensuSettings(value: YamlValue | undefined, teams: YamlMap | null): SensuSettings | null {
  if (!isMap(value)) return null;
  const handlers: Partial<Record<string, HandlerCommand>> = {};
  for (const kind of HANDLER_KINDS) {
    const given = isMap(value['handlers']) ? value['handlers'][kind] : undefined;
    if (!isMap(given)) continue;
    handlers[kind] = { command: String(given['command']), runtimeAssets: texts(given['runtime_assets']) };
  }
  return {
    style: value['style'] === 'classic' ? 'classic' : 'go',
    delivery: value['delivery'] === 'configmap' ? 'configmap' : 'files',
    namespace: textOf(value['namespace']) ?? 'default',
    runtimeAssets: texts(value['runtime_assets']),
    handlers,
    teams: teams && Object.fromEntries(Object.entries(teams).map(([team, data]) => [team, targetsOf(data)])),
  };
}

/** A team's targets as sensu_handlers reads them: a text counts as a list of one. */
function targetsOf(data: YamlValue): TeamTargets {
  const map = isMap(data) ? data : {};
  const own = (key: string): YamlValue | undefined => (Object.hasOwn(map, key) ? map[key] : undefined);
  return {
    hasPagerdutyKey: textOf(own('pagerduty_api_key')) !== null,
    hasDefaultPager: own('use_default_pager') !== false,
    slackChannels: [...texts(own('slack_channels')), ...texts(own('notifications_slack_channel'))],
    slackPages: texts(own('pages_slack_channel')),
    ircChannels: [...texts(own('irc_channels')), ...texts(own('notifications_irc_channel'))],
    ircPages: texts(own('pages_irc_channel')),
    notificationEmail: textOf(own('notification_email')),
    project: textOf(own('project')),
    priority: textOf(own('default_priority')),
    tags: texts(own('tags')),
    component: texts(own('component')),
  };
}

function texts(value: YamlValue | undefined): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : [];
}

function textOf(value: YamlValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
