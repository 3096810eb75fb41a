/** How Sensu checks are rendered for a cluster: `sensu` of the system configuration. */
export interface SensuSettings {
  /** Resources of Sensu Go, or files of Sensu Core 1.x. */
  readonly style: 'go' | 'classic';
  /** Beside the manifests, or in ConfigMaps among them. */
  readonly delivery: 'files' | 'configmap';
  /** Namespace in Sensu. */
  readonly namespace: string;
  /** Sensu assets that every check needs. */
  readonly runtimeAssets: readonly string[];
  /** Commands of the handlers, by kind. */
  readonly handlers: Readonly<Partial<Record<HandlerKind, HandlerCommand>>>;
  /** By name; null without team data: then checks name the handler `default`, and no handler is rendered. */
  readonly teams: Readonly<Record<string, TeamTargets>> | null;
}

/** Ways in which a team is told. */
export const HANDLER_KINDS = ['irc', 'jira', 'mailer', 'pagerduty', 'slack'] as const;
export type HandlerKind = (typeof HANDLER_KINDS)[number];

export interface HandlerCommand {
  readonly command: string;
  readonly runtimeAssets: readonly string[];
}

/** Where a team is told. Never holds the team's keys, only whether there is one. */
export interface TeamTargets {
  readonly hasPagerdutyKey: boolean;
  /** Pages go to the channel `TEAM-pages` where no other is named (`use_default_pager`). */
  readonly hasDefaultPager: boolean;
  readonly slackChannels: readonly string[];
  readonly slackPages: readonly string[];
  readonly ircChannels: readonly string[];
  readonly ircPages: readonly string[];
  /** Comma list; null: none. */
  readonly notificationEmail: string | null;
  readonly project: string | null;
  readonly priority: string | null;
  readonly tags: readonly string[];
  readonly component: readonly string[];
}

/** A resource as `sensuctl create` takes it. */
export interface SensuResource {
  readonly type: 'CheckConfig' | 'Handler' | 'EventFilter';
  readonly api_version: 'core/v2';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What a team's handlers depend on besides the team data: kinds that an instance sets targets of its own for. */
export interface SensuTeamUse {
  readonly team: string;
  /** Sorted. */
  readonly kinds: readonly HandlerKind[];
}
