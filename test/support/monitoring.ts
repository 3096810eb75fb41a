import type { MonitoringSettings, ReplicationMonitoring, ResolvedMonitoring } from '../../compiler/model/monitoring.ts';

/** Members to change. */
export interface MonitoringOverrides {
  readonly settings?: Partial<MonitoringSettings>;
  readonly replication?: Partial<ReplicationMonitoring>;
  readonly autoscalerAlerts?: ResolvedMonitoring['autoscalerAlerts'];
  readonly checksOomEvents?: boolean;
}

/** What `main: {}` of `shop` resolves to when monitoring.yaml names the team `ops`, with some members changed. */
export function monitoringWith(overrides: MonitoringOverrides = {}): ResolvedMonitoring {
  return {
    settings: {
      team: 'ops',
      page: null,
      ticket: false,
      runbook: 'y/rb-shop',
      tip: 'Look first.',
      description: null,
      notificationEmail: null,
      slackChannels: null,
      ircChannels: null,
      project: null,
      priority: null,
      tags: [],
      component: null,
      alertAfter: null,
      realertEvery: -1,
      checkEvery: null,
      dependencies: {},
      ...overrides.settings,
    },
    replication: {
      runbook: 'y/unhealthy-paasta-instances',
      tip: 'Look first.',
      alertAfterSeconds: 1200,
      realertEvery: -1,
      threshold: { percent: 50, text: '50' },
      expected: { kind: 'fixed', instances: 1 },
      path: { kind: 'pods' },
      ...overrides.replication,
    },
    timing: { alertAfterSeconds: 300, realertEvery: -1 },
    autoscalerAlerts: overrides.autoscalerAlerts ?? [],
    checksOomEvents: overrides.checksOomEvents ?? true,
  };
}
