/** Nagios statuses, which are exit statuses of checks too. */
export const STATUS = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;
export type Status = (typeof STATUS)[keyof typeof STATUS];

/** A finished result as Yelp's Sensu handlers take it; its members are in the order in which they are sent. */
export interface SensuEvent {
  readonly name: string;
  readonly status: Status;
  readonly output: string;
  readonly handler: 'default';
  readonly team: string;
  readonly runbook: string;
  readonly tip: string | null;
  readonly notification_email: string | false | null;
  /** Seconds between two runs of the check. */
  readonly interval: number;
  readonly page: boolean | null;
  readonly realert_every: number;
  readonly dependencies: readonly string[];
  /** Seconds. */
  readonly alert_after: number | null;
  readonly ticket: boolean | null;
  readonly project: string | null;
  readonly priority: string | number | null;
  readonly source: string;
  readonly tags: readonly string[] | null;
  readonly ttl: null;
  readonly irc_channels?: readonly string[] | string;
  readonly slack_channels?: readonly string[] | string;
  readonly component?: readonly string[] | string;
  readonly description?: string;
}

/** Whether Sensu takes a text as the name of a check: ASCII letters, digits, `_`, `.` and `-`. */
export function isEventName(name: string): boolean {
  return /^[A-Za-z0-9_.-]+$/.test(name) && !name.endsWith('\n');
}

/** The bytes that go to the Sensu client: one JSON object, and a line feed. */
export function eventBytes(event: SensuEvent): Buffer {
  return Buffer.from(`${JSON.stringify(event)}\n`);
}
