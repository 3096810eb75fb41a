import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { PyFloat } from '../../compiler/model/yaml-value.ts';
import { loadSystemConfig } from '../../compiler/load/index.ts';
import type { TreeReader } from '../../compiler/model/tree-reader.ts';
import type { Cause, Causes } from '../../explain/cause-book.ts';
import { findCauses } from '../../explain/causes.ts';
import { objectsIn, type OutputObject } from '../../explain/documents.ts';
import { editedReader } from '../../explain/edited-reader.ts';
import { effectOf } from '../../explain/influences.ts';
import { replaceSpan, type InputLine } from '../../explain/input-lines.ts';
import { isDigest, ruleFiles } from '../../explain/rules.ts';
import { compareFiles, openWorld, type World } from '../../explain/world.ts';

const ROOT = new URL('../../', import.meta.url);

export interface Trees {
  readonly soa: TreeReader;
  readonly system: TreeReader;
}

/** A cluster with everything that explains it. */
export interface Explained {
  readonly trees: Trees;
  readonly world: World;
  readonly objects: readonly OutputObject[];
  readonly causes: Causes;
}

/** Every cluster of two trees, explained as a whole. */
export async function explainAll(trees: Trees): Promise<readonly Explained[]> {
  const explained: Explained[] = [];
  for (const { cluster } of loadSystemConfig(trees.system).clusters) {
    const input = { ...trees, cluster, constructs: [] };
    const world = await openWorld(input);
    assert.type(world, 'object');
    const opened = world as World;
    const subjects = new Map<string, Set<string>>();
    for (const { service, instance } of opened.files.values()) {
      if (service === null || instance === null) continue;
      subjects.set(service, (subjects.get(service) ?? new Set()).add(instance));
    }
    const wanted = [...subjects].map(([service, instances]) => ({ service, instances: [...instances] }));
    const causes = await findCauses(opened, input, wanted);
    explained.push({ trees, world: opened, causes, objects: [...opened.files.values()].flatMap(objectsIn) });
  }
  return explained;
}

/** Fields that only the code decides, though no file of it holds their text as it stands. */
const COMPUTED: readonly RegExp[] = [
  // Names of nodes' labels and of volumes are made from what the input says, by rules.
  /matchExpressions\[key=[^\]]+\]\.key$/,
  /volumes?(?:Mounts)?\[name=[^\]]+\]\.name$/,
  // The word for a condition; an instance with EBS volumes cannot have the key that would change it.
  /\.labels\.paasta\.yelp\.com\/autoscaled$/,
];

/** Fields that nothing explains: neither what gives their value is named, nor do they stand in the code that is named. */
export function unexplained({ objects, causes }: Explained): readonly string[] {
  const missing: string[] = [];
  for (const object of objects) {
    for (const [path, { value }] of object.leaves) {
      if (isDigest(path) || COMPUTED.some((pattern) => pattern.test(path))) continue;
      if (causes.of(object.id, path, value).some(({ bearing }) => bearing !== 'there')) continue;
      if (!standsIn(ruleFiles(object, path), value)) missing.push(`${object.id} ${path}`);
    }
  }
  return missing;
}

const sources = new Map<string, string>();

/** Whether a value stands in one of some files of code; a script or a document in it may be put together from several of them. */
function standsIn(files: readonly string[], value: unknown): boolean {
  const texts = files.map(sourceOf);
  if (typeof value === 'object') return texts.some((text) => text !== '');
  const spellings = typeof value === 'number' ? [String(value), `0o${value.toString(8)}`] : [String(value)];
  if (texts.some((text) => spellings.some((spelling) => text.includes(spelling)))) return true;
  const words = String(value).match(/[A-Za-z0-9_-]{3,}/g) ?? [];
  return /[\s/.]/.test(String(value)) && words.every((word) => texts.some((text) => text.includes(word)));
}

function sourceOf(file: string): string {
  if (!sources.has(file)) {
    const path = fileURLToPath(new URL(file, ROOT));
    sources.set(file, existsSync(path) ? readFileSync(path, 'utf8') : '');
  }
  return sources.get(file)!;
}

/** A field and a line that is said to give its value. */
export interface Claim {
  readonly explained: Explained;
  readonly object: string;
  readonly path: string;
  readonly line: InputLine;
}

/**
 * All claims that a line gives a field its value, in the order of the objects. Left out are a deploy group and, of handlers, a team: changed
 * alone, nothing is deployed to it, and nothing known of it. Types of locations, too: each can only be exchanged for another that is there.
 */
function claims(all: readonly Explained[]): readonly Claim[] {
  return all.flatMap((explained) =>
    explained.objects.flatMap(({ id, leaves }) =>
      [...leaves].flatMap(([path, { value }]) =>
        explained.causes.of(id, path, value).flatMap((cause): readonly Claim[] => {
          if (cause.kind !== 'line' || cause.bearing !== 'value' || isDigest(path)) return [];
          const { line } = cause;
          const key = line.path.at(-1);
          const isName =
            line.file === 'location_types.json' ||
            key === 'deploy_group' ||
            (key === 'team' && id.startsWith('Handler '));
          const isTried = line.scalar !== undefined && line.scalar !== null && !isName;
          return isTried ? [{ explained, object: id, path, line }] : [];
        }),
      ),
    ),
  );
}

/** What is wrong with a sample of all claims, that many and about many lines, the same on every machine. */
export async function refutations(all: readonly Explained[], count: number): Promise<readonly string[]> {
  const taken = sample(claims(all), count);
  assert.is(taken.length, count);
  assert.ok(new Set(taken.map(({ line }) => line)).size > count / 5, 'the claims are about many lines');
  const found: string[] = [];
  for (const claim of taken) found.push(...[await refutation(claim)].filter((problem) => problem !== null));
  return found;
}

/** A sample in a fixed order of its own, the same on every machine. */
function sample<T>(items: readonly T[], count: number, seed = 11): readonly T[] {
  const rest = [...items];
  const taken: T[] = [];
  for (let state = seed; taken.length < count && rest.length > 0;) {
    state = (state * 1103515245 + 12345) % 2147483648;
    taken.push(...rest.splice(state % rest.length, 1));
  }
  return taken;
}

/** The first claims of a sample about fields that do not name their line. */
export function falseClaims(all: readonly Explained[], count: number): readonly Claim[] {
  return sample(claims(all), count).flatMap((claim) => {
    const { explained, object, line } = claim;
    const { leaves } = explained.objects.find(({ id }) => id === object)!;
    const other = [...leaves].find(
      ([path, { value }]) =>
        !isDigest(path) && !explained.causes.of(object, path, value).some((cause) => isLine(cause, line)),
    );
    return other === undefined ? [] : [{ ...claim, path: other[0] }];
  });
}

/** What is wrong with a claim when the line is really changed and everything compiled anew; null when nothing is. */
export async function refutation({ explained, object, path, line }: Claim): Promise<string | null> {
  const { world, objects, causes, trees } = explained;
  const place = `${line.file}:${line.span.line}`;
  for (const value of valuesOf(line)) {
    const texts = { [line.file]: replaceSpan(line.document.text, line.span, value) };
    const changed = { ...trees, [line.root]: editedReader(trees[line.root as 'soa' | 'system'], texts) };
    const other = await openWorld({ ...changed, cluster: world.config.cluster, constructs: [] });
    if (typeof other === 'string' || other.failed.size > world.failed.size) continue;
    const effect = effectOf(compareFiles(world.files, other.files));
    const moved = new Set(
      [effect.changed, effect.lost].flatMap((fields) =>
        [...fields].flatMap(([id, paths]) => [...paths.keys()].map((at) => `${id} ${at}`)),
      ),
    );
    if (moved.size === 0 && effect.gone.size === 0) continue;
    if (!moved.has(`${object} ${path}`)) return `${place} = ${value} does not change ${object} ${path}`;
    for (const { id, leaves } of objects) {
      if (effect.gone.has(id)) continue;
      for (const [at, leaf] of leaves) {
        if (isDigest(at)) continue;
        const named = causes.of(id, at, leaf.value).filter((cause) => isLine(cause, line));
        const isMoved = moved.has(`${id} ${at}`);
        if (isMoved && named.length === 0) return `${place} = ${value} changes ${id} ${at}, which does not name it`;
        if (!isMoved && named.some(({ bearing }) => bearing === 'value'))
          return `${place} = ${value} leaves ${id} ${at}, which names it`;
      }
    }
    return null;
  }
  return `${place}: no other value of ${JSON.stringify(line.scalar)} is legal`;
}

function isLine(cause: Cause, line: InputLine): boolean {
  return cause.kind === 'line' && cause.line === line;
}

/** Values that are none of those that explaining tries, where the kind of value allows it. */
function valuesOf({ scalar }: InputLine): readonly string[] {
  if (typeof scalar === 'boolean') return [String(!scalar)];
  if (typeof scalar === 'number' && Number.isInteger(scalar)) return [scalar + 2, scalar + 3, scalar - 2].map(String);
  if (typeof scalar === 'number' || scalar instanceof PyFloat) {
    const number = Number(scalar instanceof PyFloat ? scalar.value : scalar);
    return [number * 0.83, number + 2.5].map((each) => each.toFixed(4));
  }
  const text = String(scalar);
  const counted = text.replace(/\d+/g, (digits) =>
    digits.length > 6
      ? `${((Number(digits[0]) + 1) % 9) + 1}${digits.slice(1)}`
      : String(BigInt(digits) + 2n).padStart(digits.length, '0'),
  );
  const words = [...(WORDS.find((row) => row.includes(text)) ?? [])].filter((word) => word !== text);
  return [...words, ...(counted === text ? [] : [counted]), `${counted}yz`, `${text}yz`].map((each) =>
    JSON.stringify(each),
  );
}

/** Words of which a key takes one. */
const WORDS: readonly (readonly string[])[] = [
  ['stop', 'start'],
  ['downthenup', 'crossover', 'brutal', 'upthendown'],
  ['tcp', 'http', 'https'],
  ['RW', 'RO'],
  ['AlwaysAllow', 'IfHealthyBudget'],
  ['Parallel', 'OrderedReady'],
  ['ScheduleAnyway', 'DoNotSchedule'],
  ['OnRootMismatch', 'Always'],
  ['Disabled', 'Min', 'Max'],
  ['Percent', 'Pods'],
  ['NotIn', 'In'],
  ['DoesNotExist', 'Exists'],
  ['cpu', 'uwsgi', 'gunicorn', 'piscina'],
  ['bespoke', 'proportional'],
];
