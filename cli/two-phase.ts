import { compareText, type Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { emitObjects } from '../compiler/emit/yaml.ts';
import { compareApplyOrder } from '../compiler/model/apply-order.ts';
import { holdsOf } from '../compiler/model/held-object.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { FileStore } from '../compiler/write/file-store.ts';
import { storeFailure } from '../compiler/write/findings.ts';
import { holdsPath, isOver, parseHolds, serialiseHolds, type SeenHold } from '../compiler/write/holds-file.ts';
import { ownerKey } from '../compiler/write/plan-removals.ts';
import { StoreProblem } from '../compiler/write/store-problem.ts';
import { firstPhase, type FirstPhase, type PlacedObject } from '../compiler/write/two-phase.ts';
import type { TreeWriter } from '../compiler/write/index.ts';
import { documentsOf, objectsOf } from '../review/output-files.ts';

/** An instance that changes in two commits where Argo CD or Flux delivers. */
export interface TwoPhaseNote {
  readonly cluster: string;
  /** `service.instance` */
  readonly instance: string;
  readonly transition: FirstPhase['transition'];
  /** Keys of what stays, or would. */
  readonly kept: readonly string[];
  readonly waitsFor: string;
  /** `at once`: without --two-phase, everything happens in one commit. */
  readonly state: 'held' | 'over' | 'at once';
}

export interface TwoPhaseOptions {
  readonly outDir: string;
  /** Clusters that Argo CD or Flux delivers. */
  readonly clusters: ReadonlySet<string>;
  /** `--two-phase` was given. */
  readonly isOn: boolean;
}

/** Turns what is rendered into the first of two commits, from the output so far and from what the holds files say, never from a cluster. */
export class TwoPhase {
  readonly #options: TwoPhaseOptions;
  readonly #earlier = new Map<string, ReadonlyMap<string, readonly string[]>>();
  readonly #seen = new Map<string, readonly SeenHold[]>();
  readonly #rendered = new Set<string>();
  /** Instances that were held by an earlier run already, and are still. */
  readonly #stillHeld = new Set<string>();
  /** By cluster and instance, as in the sets above. */
  readonly #notes = new Map<string, TwoPhaseNote>();

  constructor(options: TwoPhaseOptions) {
    this.#options = options;
  }

  get notes(): readonly TwoPhaseNote[] {
    return [...this.#notes.values()];
  }

  /** The files of one service, with what must stay for now. */
  filesOf(files: readonly RenderedFile[], writer: TreeWriter): readonly RenderedFile[] {
    const groups = new Map<string, RenderedFile[]>();
    for (const file of files) {
      const { cluster, service, instance } = file;
      const isOurs = this.#options.clusters.has(cluster) && service !== null && instance !== null;
      const key = isOurs ? `${cluster} ${ownerKey(service, instance)}` : '';
      groups.set(key, [...(groups.get(key) ?? []), file]);
    }
    return [...groups].flatMap(([key, group]) => (key === '' ? group : this.#instance(group, writer)));
  }

  /** Whether something of a file's instance stays that is not rendered. */
  holds({ cluster, service, instance }: Pick<RenderedFile, 'cluster' | 'service' | 'instance'>): boolean {
    return this.#notes.get(`${cluster} ${service}.${instance}`)?.state === 'held';
  }

  /** Whether something is told of a file's instance. */
  isNoted({ cluster, service, instance }: RenderedFile): boolean {
    return this.#notes.has(`${cluster} ${service}.${instance}`);
  }

  /** Forgets what was seen of holds that are over, new or given up; tells which holds files changed. */
  finish(writer: TreeWriter): { readonly changed: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
    const changed: string[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const cluster of this.#options.isOn ? this.#earlier.keys() : []) {
      try {
        if (this.#forget(cluster, writer)) changed.push(holdsPath(cluster));
      } catch (error) {
        if (!(error instanceof StoreProblem)) throw error;
        diagnostics.push(storeFailure(error));
      }
    }
    return { changed, diagnostics };
  }

  #forget(cluster: string, writer: TreeWriter): boolean {
    const seen = this.#seenIn(cluster, writer);
    const left = seen.filter(({ instance }) => {
      const key = `${cluster} ${instance}`;
      return !this.#rendered.has(key) || this.#stillHeld.has(key);
    });
    if (left.length === seen.length) return false;
    const store = new FileStore(this.#options.outDir);
    if (left.length === 0) store.remove(holdsPath(cluster));
    else store.replace(holdsPath(cluster), Buffer.from(serialiseHolds(left)));
    return true;
  }

  #instance(files: readonly RenderedFile[], writer: TreeWriter): readonly RenderedFile[] {
    const { cluster, service, instance } = files[0]!;
    const job = `${service!}.${instance!}`;
    this.#rendered.add(`${cluster} ${job}`);
    const paths = this.#earlierPaths(cluster, writer).get(ownerKey(service!, instance!)) ?? [];
    const texts = paths.map((path) => ({ ...files[0]!, path, content: writer.readEarlier(path) ?? '' }));
    const now = new Map(files.map(({ path, content }) => [path, content]));
    if (texts.every(({ path, content }) => now.get(path) === content)) return files;
    const [earlier, rendered] = [placed(texts), placed(files)];
    const found = firstPhase(earlier, rendered);
    if (found === null) return files;
    const { transition, hold, kept } = found;
    const before = holdsOf(earlier.map(({ object }) => object)).find(
      ({ object, waitsFor }) => object === hold.object && waitsFor === hold.waitsFor,
    );
    const isDone = before !== undefined && isOver(this.#seenIn(cluster, writer), job, before);
    const state = !this.#options.isOn ? 'at once' : isDone ? 'over' : 'held';
    const note = { cluster, instance: job, transition, kept, waitsFor: hold.waitsFor, state } as const;
    this.#notes.set(`${cluster} ${job}`, note);
    if (state !== 'held') return files;
    if (before !== undefined) this.#stillHeld.add(`${cluster} ${job}`);
    return place(found.objects, rendered, files);
  }

  #earlierPaths(cluster: string, writer: TreeWriter): ReadonlyMap<string, readonly string[]> {
    const known = this.#earlier.get(cluster);
    if (known !== undefined) return known;
    const paths = new Map<string, string[]>();
    for (const { path, service, instance } of writer.earlierFiles(cluster)) {
      if (service === null || instance === null) continue;
      const key = ownerKey(service, instance);
      paths.set(key, [...(paths.get(key) ?? []), path]);
    }
    this.#earlier.set(cluster, paths);
    return paths;
  }

  #seenIn(cluster: string, writer: TreeWriter): readonly SeenHold[] {
    const known = this.#seen.get(cluster);
    if (known !== undefined) return known;
    const text = writer.readEarlier(holdsPath(cluster));
    const seen = (text === null ? [] : parseHolds(text)) ?? [];
    this.#seen.set(cluster, seen);
    return seen;
  }
}

function placed(files: readonly RenderedFile[]): readonly PlacedObject[] {
  return files.flatMap((file) => objectsOf(documentsOf([file])).map((object) => ({ path: file.path, object })));
}

/** Files for the objects; one whose objects are those that were rendered stays byte for byte. */
function place(
  objects: readonly PlacedObject[],
  rendered: readonly PlacedObject[],
  files: readonly RenderedFile[],
): readonly RenderedFile[] {
  const { cluster, service, instance } = files[0]!;
  const paths = [...new Set(objects.map(({ path }) => path))].sort(compareText);
  return paths.map((path) => {
    const inside = objects.filter((each) => each.path === path);
    const same = files.find((file) => file.path === path);
    const before = rendered.filter((each) => each.path === path);
    if (same !== undefined && before.length === inside.length && inside.every((each) => before.includes(each)))
      return same;
    const content = emitObjects(inside.map(({ object }) => object).sort(compareApplyOrder));
    return { path, content, cluster, service, instance };
  });
}

/** A line for each instance that changes in two commits, for people. */
export function twoPhaseLines(notes: readonly TwoPhaseNote[]): readonly string[] {
  return notes.map(({ cluster, instance, transition, kept, waitsFor, state }) => {
    const head = `${cluster} ${instance}: ${transition}`;
    const isSelf = kept.includes(waitsFor);
    if (state === 'over') return `${head}, second commit: ${kept.join(', ')} is not kept any more`;
    if (state === 'at once') return `${head} in one commit; --two-phase makes two of it, so that no pods are missing`;
    if (transition === 'hand-over to the autoscaler') {
      return `${head}, first commit: the replicas of ${kept.join(', ')} stay until somebody else holds them`;
    }
    return isSelf
      ? `${head}, first commit: ${waitsFor} goes to 0 pods; what takes its place follows when they have ended`
      : `${head}, first commit: ${kept.join(', ')} stays until ${waitsFor} is current`;
  });
}

/** What to do about holds, for each cluster that has one. */
export function holdHints(notes: readonly TwoPhaseNote[]): readonly string[] {
  const clusters = new Set(notes.filter(({ state }) => state === 'held').map(({ cluster }) => cluster));
  return [...clusters].map(
    (cluster) => `next: "paasta-gitops status -c ${cluster} --write-holds", commit what it writes, and run this again`,
  );
}
