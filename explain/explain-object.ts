import { didYouMean, nearest } from '../compiler/diagnostics/did-you-mean.ts';
import type { Cause } from './cause-book.ts';
import { findCauses, type Subject } from './causes.ts';
import { objectsIn, type OutputObject } from './documents.ts';
import { isWithin } from './leaves.ts';
import { isDigest, ruleFiles } from './rules.ts';
import { openWorld, type World, type WorldInput } from './world.ts';

/** One field of an object, and what made it. */
export interface FieldExplanation {
  readonly path: string;
  readonly value: unknown;
  /** Those that set the value first; none where the code alone decides. */
  readonly causes: readonly Cause[];
  /** The field is a digest of the rest of the workload. */
  readonly isDigest: boolean;
  /** Files of code that make it, the nearest first. */
  readonly rules: readonly string[];
}

export interface ObjectExplanation {
  readonly object: OutputObject;
  readonly fields: readonly FieldExplanation[];
  /** Without which the object would not be there. */
  readonly because: readonly Cause[];
}

/** Why nothing can be explained, with advice. */
export interface Unexplained {
  readonly problem: string;
  readonly hint?: string;
}

/** More services than this share an object: which one is meant has to be said. */
const MOST_SERVICES = 20;

/**
 * Explains the fields of an object (`Kind/name` or `Kind/namespace/name`) at and below a path; the empty path is the whole
 * object. Of what services share, one service explains its own part.
 */
export async function explainObject(
  input: WorldInput,
  name: string,
  path: string,
): Promise<ObjectExplanation | Unexplained> {
  const world = await openWorld(input);
  if (typeof world === 'string') return { problem: world };
  const objects = [...world.files.values()].flatMap(objectsIn);
  const matches = objects.filter((object) => isNamed(object, name));
  const [object] = matches;
  if (object === undefined) return unknownObject(name, objects);
  if (matches.length > 1) {
    const names = matches.map(fullName).join(', ');
    return { problem: `${matches.length} objects are called ${name}`, hint: `say which one: ${names}` };
  }
  const text = path === '' || path.startsWith('[') ? path : `.${path}`;
  const leaves = [...object.leaves].filter(([, leaf]) => isWithin(leaf.path, text));
  if (leaves.length === 0) return unknownField(object, path);
  const subjects = subjectsOf(world, object, input.service);
  if (subjects.length > MOST_SERVICES) {
    return { problem: `${subjects.length} services share ${name}`, hint: 'name one with -s to see its part' };
  }
  const [only] = subjects;
  const isOwn = subjects.length === 1 && object.file.service !== null;
  const scope = isOwn ? { ...input, service: only!.service } : input;
  const scoped = isOwn ? await openWorld(scope) : world;
  if (typeof scoped === 'string') return { problem: scoped };
  const causes = await findCauses(scoped, scope, subjects);
  const fields = leaves.map(([at, { value }]) => ({
    ...{ path: at, value, isDigest: isDigest(at), rules: ruleFiles(object, at) },
    causes: isDigest(at) ? [] : causes.of(object.id, at, value),
  }));
  return { object, fields, because: causes.ofObject(object.id) };
}

/** The services, and instances of them, that may have a part in an object. */
function subjectsOf(world: World, object: OutputObject, service: string | undefined): readonly Subject[] {
  const { file, kind, namespace, name } = object;
  const owned = [...world.files.values()].filter((each) => each.service !== null && each.instance !== null);
  if (file.service !== null) {
    const all = owned.filter((each) => each.service === file.service).map((each) => each.instance!);
    return [{ service: file.service, instances: file.instance === null ? [...new Set(all)] : [file.instance] }];
  }
  const home = kind === 'Namespace' ? name : namespace;
  const inside = owned.filter((each) => home !== null && each.path.split('/')[2] === home);
  const found = new Map<string, Set<string>>();
  for (const each of inside.length > 0 ? inside : owned) {
    found.set(each.service!, (found.get(each.service!) ?? new Set()).add(each.instance!));
  }
  return [...found].map(([each, instances]) => ({
    service: each,
    instances: service === undefined ? [] : [...instances],
  }));
}

function isNamed({ kind, namespace, name }: OutputObject, text: string): boolean {
  const [wantedKind, ...rest] = text.split('/');
  if (wantedKind?.toLowerCase() !== kind.toLowerCase()) return false;
  return rest.join('/') === name || rest.join('/') === `${namespace ?? ''}/${name}`;
}

function fullName({ kind, namespace, name }: OutputObject): string {
  return [kind, ...(namespace === null ? [] : [namespace]), name].join('/');
}

function unknownObject(name: string, objects: readonly OutputObject[]): Unexplained {
  const names = [...new Set(objects.flatMap((object) => [`${object.kind}/${object.name}`, fullName(object)]))];
  return { problem: `no object ${JSON.stringify(name)} is rendered`, ...didYouMean(name, names) };
}

function unknownField(object: OutputObject, path: string): Unexplained {
  const paths = [...object.leaves.keys()];
  const last = (each: string): string => /[^.[\]]+\]?$/.exec(each)?.[0] ?? each;
  const near =
    nearest(path, paths) ?? paths.find((each) => last(each) === (nearest(last(path), paths.map(last)) ?? last(path)));
  const hint = near === undefined ? 'leave the field out to see all of them' : `did you mean "${near}"?`;
  return { problem: `${fullName(object)} has no field ${JSON.stringify(path)}`, hint };
}
