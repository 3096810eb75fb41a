import { setTimeout as pause } from 'node:timers/promises';
import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { listPages } from '../cluster/list-pages.ts';
import { collectionPath, objectPath, type Resource } from '../cluster/resources.ts';
import { watchOnce } from '../cluster/watch.ts';
import { healthOf, jobCompletion, type Health } from './health.ts';
import { liveObject } from './live-object.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { PART_OF_LABEL } from './names.ts';

/** Some verdicts come with time alone. */
const LOOK_AGAIN_MS = 5000;

/** Follows the objects of a run, one watch a kind, begun when the first object of the kind is waited for. */
export class Waiter {
  private readonly client: ApiClient;
  private readonly setId: string;
  private readonly states = new Map<string, { uid: string; generation: number; object: JsonMap | null }>();
  private readonly listeners = new Set<() => void>();
  private readonly watched = new Map<string, Promise<void>>();
  /** Paths of what is waited for, by kind. */
  private readonly awaited = new Map<string, Set<string>>();
  private readonly ending = new AbortController();
  private readonly judge: typeof healthOf;

  /** `waitsForJobs`: a Job is up when it is complete, not when it was started. */
  constructor(client: ApiClient, setId: string, { waitsForJobs = false } = {}) {
    this.client = client;
    this.setId = setId;
    this.judge = (kind, object) => (waitsForJobs && kind === 'Job' ? jobCompletion(object) : healthOf(kind, object));
  }

  /** The object as it was last seen; null when it was not. */
  seen(key: string): JsonMap | null {
    return this.states.get(key)?.object ?? null;
  }

  /** What the server answered to a write: nothing older counts from now on. */
  note(object: JsonMap, resource: Resource): void {
    const live = liveObject(object, resource.apiVersion, resource.kind);
    const known = this.states.get(live.key);
    // The watch may be faster than the answer, and tells nothing twice.
    if (known !== undefined && known.uid === live.uid && known.generation >= live.generation) return;
    this.states.set(live.key, { uid: live.uid, generation: live.generation, object });
    this.tell();
  }

  /**
   * Waits until an object is up, failed, or the time is over; gives how it stands then. An object that is already up costs no request when
   * the answer to the write said so. `tell` gets every change of what is awaited.
   */
  async current(
    key: string,
    resource: Resource,
    { timeoutMs, signal, tell }: { timeoutMs: number; signal: AbortSignal; tell: (health: Health) => void },
  ): Promise<Health> {
    let told = '';
    const judge = (): Health => {
      const object = this.seen(key);
      return object === null ? { state: 'progressing', reason: 'is not there' } : this.judge(resource.kind, object);
    };
    if (judge().state === 'current') return judge();
    this.follow(resource, key);
    const isOver = (): boolean => {
      const health = judge();
      const hasEnded = health.state === 'current' || health.state === 'failed';
      if (!hasEnded && health.reason !== told) tell(health);
      told = health.reason;
      return hasEnded;
    };
    await this.until(isOver, timeoutMs, signal);
    return judge();
  }

  /** Waits until the object of this uid no longer exists; false when the time is over first. */
  async gone(path: string, uid: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const giveUpAt = performance.now() + timeoutMs;
    for (let delay = 100; !signal.aborted; delay = Math.min(delay * 1.5, 2000)) {
      const found = await getOrNull(this.client, path);
      if (found === null || mapAt(found, 'metadata')?.['uid'] !== uid) return true;
      if (performance.now() > giveUpAt) return false;
      await pause(delay, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  close(): void {
    this.ending.abort();
  }

  private until(isTrue: () => boolean, timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        clearInterval(again);
        this.listeners.delete(look);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const look = (): void => {
        if (isTrue()) finish();
      };
      const timer = setTimeout(finish, timeoutMs);
      const again = setInterval(look, LOOK_AGAIN_MS);
      this.listeners.add(look);
      signal.addEventListener('abort', finish);
      if (signal.aborted) finish();
      look();
    });
  }

  private follow(resource: Resource, key: string): void {
    const name = `${resource.apiVersion} ${resource.kind}`;
    const [namespace, object] = key.slice(key.indexOf(' ') + 1).split('/') as [string, string?];
    const path = objectPath(resource, object === undefined ? null : namespace, object ?? namespace);
    this.awaited.set(name, (this.awaited.get(name) ?? new Set()).add(path));
    if (!this.watched.has(name)) this.watched.set(name, this.followForever(resource));
  }

  private async followForever(resource: Resource): Promise<void> {
    const labelSelector = `${PART_OF_LABEL}=${this.setId}`;
    const collection = collectionPath(resource);
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        let resourceVersion = await listPages(this.client, collection, { labelSelector, signal }, (object) => {
          this.see(object, resource);
        });
        while (!signal.aborted) {
          resourceVersion = await watchOnce(
            this.client,
            collection,
            { labelSelector, resourceVersion, signal },
            (event) => {
              if (event.type !== 'DELETED') this.see(event.object, resource);
            },
          );
        }
      } catch (error) {
        if (error instanceof ApiFailure && error.kind === 'forbidden') await this.look(resource);
        await pause(1000, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Without the right to list or watch everywhere, each object is read. */
  private async look(resource: Resource): Promise<void> {
    for (const path of this.awaited.get(`${resource.apiVersion} ${resource.kind}`) ?? []) {
      const object = await getOrNull(this.client, path).catch(() => null);
      if (object !== null) this.see(object, resource);
    }
  }

  private see(object: JsonMap, resource: Resource): void {
    const live = liveObject(object, resource.apiVersion, resource.kind);
    const known = this.states.get(live.key);
    if (known !== undefined && known.uid === live.uid && live.generation < known.generation) return;
    this.states.set(live.key, { uid: live.uid, generation: live.generation, object: live.brief });
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
