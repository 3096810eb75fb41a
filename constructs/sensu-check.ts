import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { SensuResource } from '../compiler/model/sensu.ts';
import { CHECK_INTERVAL, CHECK_TIMEOUT, checkCommand, checkName } from './_check-command.ts';

export interface SensuCheckProps {
  /** Namespace in Sensu. */
  readonly namespace: string;
  readonly handler: string;
  /** Assets that hold the command. */
  readonly runtimeAssets: readonly string[];
}

/**
 * The replication check of one instance for Sensu Go. What people filter by is a label; what handlers print or read is an annotation:
 * durations in seconds, lists joined by commas, an empty list as empty text, unset left out. Null without a team: nobody is told.
 */
export function sensuCheck(instance: ResolvedInstance, props: SensuCheckProps): SensuResource | null {
  const { service, cluster, monitoring } = instance;
  const { team, page, ticket } = monitoring.settings;
  if (team === null || team === '') return null;
  return {
    type: 'CheckConfig',
    api_version: 'core/v2',
    metadata: {
      name: checkName(instance),
      namespace: props.namespace,
      labels: {
        cluster,
        instance: instance.instance,
        page: String(page === true),
        paasta_service: service,
        team,
        ticket: String(ticket === true),
      },
      annotations: annotations(instance),
    },
    spec: {
      command: checkCommand(instance),
      handlers: [props.handler],
      interval: CHECK_INTERVAL,
      proxy_entity_name: `paasta-${cluster}`,
      publish: true,
      round_robin: true,
      subscriptions: [`paasta-${cluster}`],
      timeout: CHECK_TIMEOUT,
      ...(props.runtimeAssets.length > 0 && { runtime_assets: props.runtimeAssets }),
    },
  };
}

function annotations({ monitoring }: ResolvedInstance): Readonly<Record<string, string>> {
  const { settings, replication } = monitoring;
  const all: Readonly<Record<string, string | null>> = {
    alert_after: textOf(replication.alertAfterSeconds),
    component: textOf(settings.component),
    irc_channels: textOf(settings.ircChannels),
    notification_email: settings.notificationEmail === false ? '' : settings.notificationEmail,
    priority: textOf(settings.priority),
    project: settings.project,
    realert_every: textOf(replication.realertEvery),
    runbook: replication.runbook === null || replication.runbook === '' ? 'Please set a runbook!' : replication.runbook,
    slack_channels: textOf(settings.slackChannels),
    tags: settings.tags === null || settings.tags.length === 0 ? null : textOf(settings.tags),
    tip: replication.tip,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
}

function textOf(value: readonly string[] | string | number | null): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? value.join(',') : String(value);
}
