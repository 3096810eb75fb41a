import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { isJsonMap, mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { explainMissingNamespace } from './missing-namespace.ts';
import { parentName, type SetName } from './names.ts';

/** A lease that was not renewed for so long may be taken over. */
const DURATION_SECONDS = 30;

/** Somebody else holds the lock. */
export class LockHeld extends Error {}

export interface Lock {
  /** Another run held it between our reading and our taking it: what was read may be old. */
  readonly wasContended: boolean;
  /** New writes may be started. */
  isHeld(): boolean;
  release(): Promise<void>;
}

export interface LockOptions {
  /** `leaseTransitions` when the cluster was read; see `lockTransitions`. */
  readonly seenTransitions: number;
  readonly name: SetName;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** How long the lease holds without being renewed, in whole seconds. Default 30. */
  readonly durationSeconds?: number;
}

/** Who holds the lock of a set; null when nobody does. */
export async function lockHolder(client: ApiClient, name: SetName): Promise<string | null> {
  const lease = await getOrNull(client, leasePath(name));
  const holder = mapAt(lease ?? undefined, 'spec')?.['holderIdentity'];
  return typeof holder === 'string' && holder !== '' ? holder : null;
}

/** How often the lock changed hands; -1 when it was never taken. */
export async function lockTransitions(client: ApiClient, name: SetName): Promise<number> {
  return transitionsOf(await getOrNull(client, leasePath(name)));
}

function transitionsOf(lease: JsonMap | null): number {
  const count = mapAt(lease ?? undefined, 'spec')?.['leaseTransitions'];
  return typeof count === 'number' ? count : -1;
}

/**
 * Takes the set's Lease and keeps it until it is released. A lease of somebody else is taken over only after it was seen unchanged for
 * its whole duration on our own clock. Throws LockHeld when that does not happen in time.
 */
export async function takeLock(client: ApiClient, options: LockOptions): Promise<Lock> {
  const identity = `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
  const giveUpAt = performance.now() + options.timeoutMs;
  const durationSeconds = options.durationSeconds ?? DURATION_SECONDS;
  let seen = { version: '', since: 0 };
  let wasContended = false;
  for (;;) {
    const lease = await getOrNull(client, leasePath(options.name));
    const version = versionOf(lease);
    if (version !== seen.version) seen = { version, since: performance.now() };
    const isExpired = performance.now() - seen.since > durationSeconds * 1000;
    const taken = await tryTake(client, options.name, lease, { identity, isExpired, durationSeconds });
    if (taken !== null) {
      const isOther = transitionsOf(taken) !== options.seenTransitions + 1;
      return new HeldLock(client, options.name, { identity, durationSeconds, lease: taken }, wasContended || isOther);
    }
    wasContended = true;
    if (performance.now() > giveUpAt) throw new LockHeld(`the lock is held by ${holderOf(lease) || 'somebody else'}`);
    await pause(500, undefined, { signal: options.signal });
  }
}

/** The lease after taking it, also when only the answer to taking it was lost; null when somebody else holds it or was quicker. */
async function tryTake(
  client: ApiClient,
  name: SetName,
  lease: JsonMap | null,
  { identity, isExpired, durationSeconds }: { identity: string; isExpired: boolean; durationSeconds: number },
): Promise<JsonMap | null> {
  if (lease !== null && holderOf(lease) === identity) return lease;
  if (lease !== null && holderOf(lease) !== '' && !isExpired) return null;
  const transitions = transitionsOf(lease) + 1;
  const now = microTime();
  const body = leaseObject(name, lease, {
    leaseDurationSeconds: durationSeconds,
    holderIdentity: identity,
    leaseTransitions: transitions,
    acquireTime: now,
    renewTime: now,
  });
  return putLease(client, name, lease, body);
}

async function putLease(
  client: ApiClient,
  name: SetName,
  lease: JsonMap | null,
  body: JsonMap,
): Promise<JsonMap | null> {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${name.namespace}/leases`;
  try {
    const answer = await client.request({
      method: lease === null ? 'POST' : 'PUT',
      path: lease === null ? collection : leasePath(name),
      body: JSON.stringify(body),
    });
    return isJsonMap(answer.body) ? answer.body : null;
  } catch (error) {
    const isOther = error instanceof ApiFailure && (error.kind === 'conflict' || isDeleted(error, lease));
    if (isOther) return null;
    throw explainMissingNamespace(error, name);
  }
}

/** Somebody deleted the lease that we saw. */
function isDeleted({ kind }: ApiFailure, lease: JsonMap | null): boolean {
  return kind === 'not-found' && lease !== null;
}

function leaseObject(name: SetName, lease: JsonMap | null, spec: JsonMap): JsonMap {
  const resourceVersion = versionOf(lease);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: parentName(name), namespace: name.namespace, ...(resourceVersion !== '' && { resourceVersion }) },
    spec,
  };
}

/** Lease times have exactly six digits of fraction. */
function microTime(): string {
  return new Date().toISOString().replace(/\.(\d{3})Z$/, '.$1000Z');
}

function leasePath(name: SetName): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${name.namespace}/leases/${parentName(name)}`;
}

function holderOf(lease: JsonMap | null): string {
  const holder = mapAt(lease ?? undefined, 'spec')?.['holderIdentity'];
  return typeof holder === 'string' ? holder : '';
}

function versionOf(lease: JsonMap | null): string {
  const version = mapAt(lease ?? undefined, 'metadata')?.['resourceVersion'];
  return typeof version === 'string' ? version : '';
}

class HeldLock implements Lock {
  readonly wasContended: boolean;
  private readonly client: ApiClient;
  private readonly name: SetName;
  private readonly identity: string;
  private lease: JsonMap;
  private renewedAt = performance.now();
  private isLost = false;
  private renewal: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;
  /** Without a renewal for two thirds of the duration no new write is started: another run may take over at its end. */
  private readonly trustedMs: number;

  constructor(
    client: ApiClient,
    name: SetName,
    { identity, durationSeconds, lease }: { identity: string; durationSeconds: number; lease: JsonMap },
    wasContended: boolean,
  ) {
    this.client = client;
    this.name = name;
    this.identity = identity;
    this.lease = lease;
    this.wasContended = wasContended;
    this.trustedMs = (durationSeconds * 2000) / 3;
    this.timer = setInterval(() => {
      this.renewal = this.renewal.then(() => this.renew());
    }, this.trustedMs / 2);
    this.timer.unref();
  }

  isHeld(): boolean {
    return !this.isLost && performance.now() - this.renewedAt < this.trustedMs;
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.renewal;
    if (!this.isLost) await this.put('').catch(() => undefined);
  }

  private async renew(): Promise<void> {
    const startedAt = performance.now();
    try {
      const isOurs = await this.put(this.identity);
      if (isOurs) this.renewedAt = startedAt;
      else this.isLost = true;
    } catch {
      // No answer: isHeld turns false by itself once the last renewal is too old.
    }
  }

  private async put(holderIdentity: string): Promise<boolean> {
    const spec = { ...mapAt(this.lease, 'spec'), holderIdentity, renewTime: microTime() };
    const put = await putLease(this.client, this.name, this.lease, leaseObject(this.name, this.lease, spec));
    if (put !== null) this.lease = put;
    return put !== null;
  }
}
