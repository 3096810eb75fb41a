import { Worker } from 'node:worker_threads';
import type { ServiceMaker } from '../compiler/compile.ts';
import type { MadeService } from '../compiler/make-service.ts';
import { THREAD } from './service-thread.ts';
import type { WorkerCall } from './synth-worker.ts';

/** Services that a thread makes before it answers. */
const BATCH = 8;
/** Batches that a thread has to do, the one under way included. */
const AHEAD = 2;
/** Services may be made ahead of the one that is asked for, this many for each thread: what is made waits in memory. */
const WINDOW = 64;

const PROGRAM = new URL('./paasta-gitops.js', import.meta.url);

interface Thread {
  readonly worker: Worker;
  readonly batches: (readonly string[])[];
}

interface Waiting {
  readonly resolve: (made: MadeService) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads that make services. They start with the first service, and end with `close`. */
export class ServiceWorkers implements ServiceMaker {
  readonly #call: WorkerCall;
  readonly #count: number;
  readonly #threads: Thread[] = [];
  readonly #made = new Map<string, MadeService>();
  #services: readonly string[] = [];
  /** How many services were handed out, and asked for. */
  #handed = 0;
  #asked = 0;
  #waiting: (Waiting & { readonly service: string }) | null = null;
  #failure: unknown = null;

  constructor(call: WorkerCall, count: number) {
    this.#call = call;
    this.#count = count;
  }

  get hasBegun(): boolean {
    return this.#threads.length > 0;
  }

  begin(services: readonly string[]): void {
    this.#services = services;
    const count = Math.min(this.#count, Math.ceil(services.length / BATCH));
    for (let index = 0; index < count; index++) this.#threads.push(this.#start());
    this.#handOut();
  }

  make(service: string): Promise<MadeService> {
    this.#asked++;
    this.#handOut();
    return new Promise((resolve, reject) => {
      this.#waiting = { service, resolve, reject };
      this.#answer();
    });
  }

  async close(): Promise<void> {
    for (const { worker } of this.#threads) worker.removeAllListeners();
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(): Thread {
    const worker = new Worker(PROGRAM, { argv: [THREAD], workerData: this.#call });
    const thread: Thread = { worker, batches: [] };
    worker.on('message', (made: readonly MadeService[]) => {
      const services = thread.batches.shift()!;
      for (const [place, service] of services.entries()) this.#made.set(service, made[place]!);
      this.#handOut();
      this.#answer();
    });
    const fail = (error: unknown): void => {
      this.#failure = error;
      this.#answer();
    };
    worker.on('error', fail);
    worker.on('exit', (code) => {
      fail(new Error(`a thread ended with ${code}`));
    });
    return thread;
  }

  /** Keeps every thread busy, in the order of the services, and not too far ahead. */
  #handOut(): void {
    const end = Math.min(this.#services.length, this.#asked + WINDOW * this.#threads.length);
    for (let ahead = 1; ahead <= AHEAD; ahead++) {
      for (const { worker, batches } of this.#threads) {
        if (batches.length >= ahead || this.#handed >= end) continue;
        const batch = this.#services.slice(this.#handed, this.#handed + BATCH);
        this.#handed += batch.length;
        batches.push(batch);
        worker.postMessage(batch);
      }
    }
  }

  #answer(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    const made = this.#made.get(waiting.service);
    if (made === undefined && this.#failure === null) return;
    this.#waiting = null;
    this.#made.delete(waiting.service);
    if (made === undefined) waiting.reject(this.#failure);
    else waiting.resolve(made);
  }
}
