import { Linter } from 'eslint';

/** A document of a file for `sensuctl create`, as a YAML reader gives it. */
type Document = Readonly<Record<string, unknown>>;
type Rule = readonly [holds: (value: unknown) => boolean, problem: string];

const NAME = /^[\w.\-:]+$/;
const ASSET = /^[\w/.\-:]+$/;
const VARIABLE = /^[^=]+=[^]/;
const BUILT_IN_FILTERS = ['is_incident', 'not_silenced', 'has_metrics'];
const U32 = 4_294_967_295;
const linter = new Linter();

const SECONDS: Rule = [(value) => isU32(value), 'is no number of seconds'];
const ASSETS: Rule = [(value) => isTexts(value) && value.every((name) => ASSET.test(name)), 'are no names of assets'];
const NAMES: Rule = [(value) => isTexts(value) && value.every(isName), 'are no names'];
const COMMAND: Rule = [(value) => typeof value === 'string' && value.trim() !== '', 'is no command'];

/** What every member of a specification must be. A member without a rule is one that Sensu drops, or that nobody has looked up yet. */
const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  CheckConfig: {
    command: COMMAND,
    interval: [(value) => isU32(value) && value > 0, 'is no number of seconds'],
    publish: [(value) => value === true, 'is not true: it is never scheduled'],
    subscriptions: [(value) => isTexts(value) && value.length > 0 && !value.includes(''), 'are nobody'],
    handlers: [(value) => isTexts(value) && value.length > 0 && value.every(isName), 'are nobody'],
    proxy_entity_name: [isName, 'is no name'],
    timeout: SECONDS,
    round_robin: [(value) => typeof value === 'boolean', 'is no boolean'],
    runtime_assets: ASSETS,
  },
  Handler: {
    type: [(value) => value === 'pipe' || value === 'set', 'is neither pipe nor set'],
    command: COMMAND,
    timeout: SECONDS,
    handlers: NAMES,
    filters: NAMES,
    env_vars: [(value) => isTexts(value) && value.every((text) => VARIABLE.test(text)), 'are not all NAME=VALUE'],
    runtime_assets: ASSETS,
    secrets: [(value) => Array.isArray(value) && value.every(isSecretReference), 'are more than references'],
  },
  EventFilter: {
    action: [(value) => value === 'allow' || value === 'deny', 'is neither allow nor deny'],
    expressions: [
      (value) => isTexts(value) && value.length > 0 && value.every(isEcmaScript5),
      'are not all ECMAScript 5',
    ],
  },
};

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  CheckConfig: ['command', 'interval', 'publish', 'subscriptions', 'handlers'],
  Handler: ['type'],
  EventFilter: ['action', 'expressions'],
};

/**
 * What Sensu Go would refuse, or take and do wrong, in a set of documents: envelopes, names, types of values, references. `external` are
 * handlers that stand elsewhere.
 */
export function sensuProblems(documents: readonly unknown[], external: readonly string[] = []): readonly string[] {
  const all = documents as readonly Document[];
  const ids = all.map(idOf);
  const twice = ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `${id} stands twice`);
  const problems = all.flatMap((document) => problemsOf(document).map((problem) => `${idOf(document)}: ${problem}`));
  return [...twice, ...problems, ...danglingReferences(all, external)];
}

function idOf({ type, metadata }: Document): string {
  const { namespace, name } = metadata as Document;
  return `${String(type)} ${String(namespace)}/${String(name)}`;
}

function problemsOf(document: Document): readonly string[] {
  const { type, spec } = document as { type: string; spec: Document };
  const rules = RULES[type];
  if (rules === undefined) return ['is of an unknown type'];
  const missing = NEEDED[type]!.filter((key) => !(key in spec)).map((key) => `${key} is missing`);
  const bad = Object.entries(spec).flatMap(([key, value]) => {
    const rule = rules[key];
    if (rule === undefined) return [`there is no rule for ${key}`];
    return rule[0](value) ? [] : [`${key} ${rule[1]}`];
  });
  return [
    ...envelopeProblems(document),
    ...missing,
    ...bad,
    ...(type === 'Handler' ? handlerProblems(spec) : []),
    ...late(spec),
  ];
}

function envelopeProblems(document: Document): readonly string[] {
  const { name, namespace, labels = {}, annotations = {}, ...more } = document['metadata'] as Document;
  const keys = Object.keys(document).sort().join(' ');
  const values = Object.entries({ ...(labels as Document), ...(annotations as Document) });
  return [
    ...(keys === 'api_version metadata spec type' ? [] : [`has the keys ${keys}`]),
    ...(document['api_version'] === 'core/v2' ? [] : ['is not core/v2']),
    ...(isName(name) ? [] : ['has no legal name']),
    ...(isName(namespace) ? [] : ['has no legal namespace']),
    ...Object.keys(more).map((key) => `has metadata.${key}`),
    ...values
      .filter(([, value]) => typeof value !== 'string')
      .map(([key, value]) => `${key} is ${typeof value}, not text`),
  ];
}

/** Members that depend on each other. */
function handlerProblems({ type, ...spec }: Document): readonly string[] {
  const has = (key: string): boolean => key in spec;
  if (type !== 'set') return has('command') && !has('handlers') ? [] : ['a pipe has a command and no members'];
  const ignored = Object.keys(spec).filter((key) => key !== 'handlers');
  return [...(has('handlers') ? [] : ['a set has members']), ...ignored.map((key) => `${key} of a set is ignored`)];
}

function late({ interval, timeout }: Document): readonly string[] {
  return interval !== undefined && Number(timeout ?? 0) > Number(interval) ? ['timeout is above the interval'] : [];
}

function danglingReferences(documents: readonly Document[], external: readonly string[]): readonly string[] {
  const names = (type: string): readonly string[] =>
    documents.filter((each) => each['type'] === type).map((each) => (each['metadata'] as { name: string }).name);
  const handlers = [...names('Handler'), ...external];
  const filters = [...names('EventFilter'), ...BUILT_IN_FILTERS];
  return documents.flatMap(({ metadata, spec }) => {
    const { name } = metadata as { name: string };
    const { handlers: to = [], filters: by = [] } = spec as { handlers?: string[]; filters?: string[] };
    const missing = [...to.filter((one) => !handlers.includes(one)), ...by.filter((one) => !filters.includes(one))];
    return missing.map((one) => `${name}: there is no ${one}`);
  });
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value);
}

function isU32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= U32;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isSecretReference(value: unknown): boolean {
  return (
    Object.keys(value as Document)
      .sort()
      .join() === 'name,secret' && Object.values(value as Document).every(isName)
  );
}

function isEcmaScript5(text: string): boolean {
  return linter.verify(text, { languageOptions: { ecmaVersion: 5, sourceType: 'script' } }).length === 0;
}
