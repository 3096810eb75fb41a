import { constraintClass, constraintMessage } from '../../../schemas/constraint-class.ts';
import type { ValidationError } from '../../../schemas/validator.ts';
import type { Diagnostic, Path, RelatedPlace } from '../../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../../model/source-document.ts';
import { isMap, type YamlValue } from '../../model/yaml-value.ts';
import { CLASS_RANK, makeFinding, type FindingClass, type FindingScope } from '../finding.ts';
import { valueHint, valueMessage } from './error-text.ts';
import { plainView } from './plain-view.ts';
import { suggestKey } from './suggest-key.ts';
import { fitsKind, validatorOf, type SchemaName } from './validators.ts';

/** How the findings of one document are made. */
export interface SchemaCheck {
  readonly kind: SchemaName;
  /** What an error at a path holds back. */
  scopeOf(path: Path): FindingScope;
  /** Keywords whose findings do not apply to this file. */
  readonly ignoredKeywords?: ReadonlySet<string>;
  /** The first step of a path names an instance or a namespace, and is left out of messages. */
  readonly hasNames?: boolean;
}

/** One broken constraint, before its place is looked up. */
interface Broken {
  readonly class: FindingClass;
  readonly code: string;
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint: string | undefined;
}

/**
 * Everything in a document that its schema does not allow, one finding a cause, at the place where it was written: what came
 * through `<<` is reported once, at the template, with the instances that use it.
 */
export function checkDocument(document: SourceDocument, check: SchemaCheck): readonly Diagnostic[] {
  if (fitsKind(check.kind)(document.value)) return [];
  const validate = validatorOf(check.kind);
  const view = plainView(document.value);
  if (validate(view.value)) return [];
  const broken = new Map<string, Broken>();
  for (const error of validate.errors ?? []) {
    if (check.ignoredKeywords?.has(error.keyword) === true) continue;
    const found = toBroken(document, check, error, view.floats);
    if (found === null) continue;
    const key = JSON.stringify([found.path, found.part, familyOf(found.code)]);
    const earlier = broken.get(key);
    if (earlier === undefined || CLASS_RANK[found.class] > CLASS_RANK[earlier.class]) broken.set(key, found);
  }
  return merged(document, check, withoutConsequences([...broken.values()]));
}

/** Notes about one key, and complaints about one value, are each one cause. */
function familyOf(code: string): string {
  return ['bad-value', 'empty-map'].includes(code) ? 'value' : code;
}

/** An empty map lacks every required key too; that it is empty says enough. */
function withoutConsequences(broken: readonly Broken[]): readonly Broken[] {
  const empty = new Set(broken.filter(({ code }) => code === 'empty-map').map(({ path }) => JSON.stringify(path)));
  return broken.filter(({ code, path }) => code !== 'missing-key' || !empty.has(JSON.stringify(path)));
}

/** One broken constraint; PaaSTA reads an empty file as an empty map, so that it is never worse than policy. */
function toBroken(
  document: SourceDocument,
  check: SchemaCheck,
  error: ValidationError,
  floats: ReadonlyMap<number, number>,
): Broken | null {
  const actual = typeof error.data === 'number' ? (floats.get(error.data) ?? error.data) : error.data;
  if (error.keyword === 'minimum' && (actual as number) >= (error.params['limit'] as number)) return null;
  const level = constraintClass({ ...error, data: actual });
  if (level === null) return null;
  const { path, value } = follow(document.value, error.instancePath);
  const isEmptyFile = path.length === 0 && value === null;
  return { class: isEmptyFile ? 'policy' : level, ...describe(document, error, { path, value }, check) };
}

function describe(
  document: SourceDocument,
  error: ValidationError,
  { path, value }: { readonly path: Path; readonly value: YamlValue | undefined },
  check: SchemaCheck,
): Omit<Broken, 'class'> {
  const { keyword, params, parentSchema, propertyName } = error;
  const name = (at: Path): string => {
    const own = check.hasNames === true ? at.slice(1) : at;
    return own.length === 0 ? String(at[0] ?? '') : pathName(own);
  };
  const given = constraintMessage(error);
  const atKey = (at: Path, code: string, message: string, hint?: string): Omit<Broken, 'class'> => ({
    code,
    path: at,
    part: 'key',
    message,
    hint,
  });
  if (propertyName !== undefined) {
    const message = given ?? `"${propertyName}" is no legal name here`;
    return atKey([...path, propertyName], 'bad-name', `${JSON.stringify(cut(propertyName))}: ${message}`);
  }
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const legal = Object.keys((parentSchema as { readonly properties?: object }).properties ?? {});
      const at = [...path, key];
      const message = `${JSON.stringify(cut(name(at)))} is not a key that exists here`;
      return atKey(at, 'unknown-key', message, suggestKey(key, legal));
    }
    case 'required':
    case 'dependentRequired': {
      const missing = String(params['missingProperty']);
      const at = annotation(parentSchema, 'x-at') ?? params['property'];
      const anchor = typeof at === 'string' ? [...path, at] : path;
      const message = given ?? `${name([...path, missing])} is missing`;
      return { code: 'missing-key', path: anchor, part: anchor === path ? 'key' : 'value', message, hint: undefined };
    }
    case 'not':
      return atKey(path, 'conflicting-key', given ?? `${name(path)} cannot stand here`);
    case 'deprecated':
      return atKey(path, 'deprecated-key', given ?? `${name(path)} is deprecated`);
    case 'x-no-effect':
      return atKey(path, 'no-effect', `${name(path)} has no effect: nothing that is rendered depends on it`);
    case 'x-eks-only':
      return atKey(path, 'eks-only-key', `PaaSTA accepts ${name(path)} in eks-CLUSTER.yaml only`);
    case 'x-unlisted':
      return atKey(path, 'unlisted-key', `PaaSTA reads ${name(path)}, and its own validation refuses it`);
    case 'uniqueItems': {
      const [first, second] = [Number(params['i']), Number(params['j'])];
      const message = `${name([...path, second])} is the same as item ${first}`;
      return { code: 'duplicate-item', path: [...path, second], part: 'value', message, hint: 'remove one of them' };
    }
    default: {
      const isSecret = isSecretPlace(path) || annotation(parentSchema, 'x-secret') === true;
      const code = keyword === 'minProperties' ? 'empty-map' : 'bad-value';
      const part = keyword === 'minProperties' && path.length > 0 ? 'key' : 'value';
      const message = valueMessage(cut(name(path)), error, value, isSecret);
      return {
        code,
        path,
        part,
        message,
        hint: valueHint(error, value, isSecret ? undefined : written(document, path)),
      };
    }
  }
}

/** A value as it was written, where that is part of one line. */
function written(document: SourceDocument, path: Path): string | undefined {
  const span = document.locate(path);
  if (span === undefined || span.line !== span.endLine) return undefined;
  return [...document.lineText(span.line)].slice(span.column - 1, span.endColumn - 1).join('');
}

/** Looks the places up; the same finding at the same place is one, with all the instances it feeds. */
function merged(document: SourceDocument, check: SchemaCheck, broken: readonly Broken[]): readonly Diagnostic[] {
  const found = new Map<string, { first: Broken; users: Broken[] }>();
  for (const each of broken) {
    const { span } = document.locateNearest(each.path, each.part);
    const key = JSON.stringify([each.code, span, each.message]);
    const same = found.get(key);
    if (same === undefined) found.set(key, { first: each, users: [each] });
    else same.users.push(each);
  }
  return [...found.values()].map(({ first, users }) => {
    const origin = document.origin(first.path);
    const isShared = users.length > 1 || origin?.via !== undefined;
    const { root, file } = document;
    const { span } = document.locateNearest(first.path, first.part);
    const related = isShared ? usersOf(document, users) : [];
    const place = { root, file, path: origin?.via ?? first.path, span };
    return makeFinding({ ...first, related }, place, scopeOfAll(check, users));
  });
}

function scopeOfAll(check: SchemaCheck, users: readonly Broken[]): FindingScope {
  const scopes = users.map(({ path }) => check.scopeOf(path));
  const instances = [...new Set(scopes.flatMap(({ instance }) => instance ?? []))];
  if (instances.length < 2) return scopes[0]!;
  const { instance: _, ...rest } = scopes[0]!;
  return { ...rest, instances };
}

/** At most this many users of a template are listed. */
const MAX_USERS = 5;

function usersOf(document: SourceDocument, users: readonly Broken[]): readonly RelatedPlace[] {
  const names = [...new Set(users.map(({ path }) => String(path[0])))];
  return names.slice(0, MAX_USERS).map((name, index) => {
    const more = names.length - MAX_USERS;
    const rest = index === MAX_USERS - 1 && more > 0 ? ` and ${more} more` : '';
    const span = document.keySpan([name]);
    const place = span === undefined ? {} : { line: span.line, column: span.column };
    return { root: document.root, file: document.file, ...place, message: `used by ${cut(name)}${rest}` };
  });
}

/** The value at a JSON pointer, and its path with numbers for positions in lists. */
function follow(value: YamlValue, pointer: string): { path: Path; value: YamlValue | undefined } {
  const path: (string | number)[] = [];
  let at: YamlValue | undefined = value;
  for (const escaped of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) {
      path.push(Number(step));
      at = (at as readonly YamlValue[])[Number(step)];
    } else {
      path.push(step);
      at = isMap(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    }
  }
  return { path, value: at };
}

/** Values of environment variables may be secrets, whatever their names. */
function isSecretPlace(path: Path): boolean {
  return path.includes('env');
}

function pathName(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}

function annotation(schema: unknown, name: string): unknown {
  return typeof schema === 'object' && schema !== null ? (schema as Record<string, unknown>)[name] : undefined;
}
