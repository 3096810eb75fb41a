import { Linter } from 'eslint';

/** A document of a file for `sensuctl create`, as a YAML reader gives it. */
type Document = Readonly<Record<string, unknown>>;

const NAME = /^[\w.\-:]+$/;
const BUILT_IN_FILTERS = ['is_incident', 'not_silenced', 'has_metrics'];
const U32 = 4_294_967_295;
const CHECK_KEYS = (
  'command interval cron publish subscriptions handlers pipelines proxy_entity_name ttl timeout round_robin ' +
  'runtime_assets check_hooks low_flap_threshold high_flap_threshold env_vars secrets stdin discard_output ' +
  'max_output_size proxy_requests output_metric_format output_metric_handlers output_metric_tags ' +
  'output_metric_thresholds subdues'
).split(' ');
const HANDLER_KEYS = 'type command timeout socket handlers filters mutator env_vars runtime_assets secrets'.split(' ');
const linter = new Linter();

/**
 * What Sensu Go would refuse, or take and do wrong, in a set of documents: envelopes, names, types of values, references. `external` are
 * handlers that stand elsewhere.
 */
export function sensuProblems(documents: readonly unknown[], external: readonly string[] = []): readonly string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const document of documents as readonly Document[]) {
    const { type, metadata } = document as { type: string; metadata: Document };
    const id = `${type} ${String(metadata['namespace'])}/${String(metadata['name'])}`;
    const say = (problem: string): void => void problems.push(`${id}: ${problem}`);
    if (seen.has(id)) say('stands twice');
    seen.add(id);
    checkEnvelope(document, say);
    const spec = document['spec'] as Document;
    if (type === 'CheckConfig') checkCheck(spec, say);
    else if (type === 'Handler') checkHandler(spec, say);
    else if (type === 'EventFilter') checkFilter(spec, say);
    else say('is of an unknown type');
  }
  return [...problems, ...danglingReferences(documents as readonly Document[], external)];
}

type Say = (problem: string) => void;

function checkEnvelope(document: Document, say: Say): void {
  const metadata = document['metadata'] as Document;
  const keys = Object.keys(document).sort().join(' ');
  if (keys !== 'api_version metadata spec type') say(`has the keys ${keys}`);
  if (document['api_version'] !== 'core/v2') say('is not core/v2');
  if (!isName(metadata['name'])) say('has no legal name');
  if (!isName(metadata['namespace'])) say('has no legal namespace');
  for (const part of ['labels', 'annotations']) {
    for (const [key, value] of Object.entries((metadata[part] as Document | undefined) ?? {})) {
      if (typeof value !== 'string') say(`${part}.${key} is ${typeof value}, not text`);
    }
  }
}

function checkCheck(spec: Document, say: Say): void {
  for (const key of Object.keys(spec)) if (!CHECK_KEYS.includes(key)) say(`Sensu drops the key ${key}`);
  const { command, interval, cron, publish, subscriptions, handlers, ttl, timeout } = spec;
  if (typeof command !== 'string' || command.trim() === '') say('has no command');
  if ((interval === undefined) === (cron === undefined)) say('needs an interval or a cron');
  if (interval !== undefined && (!isU32(interval) || interval === 0)) say('interval is no number of seconds');
  if (publish !== true) say('is never scheduled');
  if (!isTexts(subscriptions) || subscriptions.length === 0 || subscriptions.includes(''))
    say('is subscribed by nobody');
  if (!isTexts(handlers) || handlers.length === 0) say('is handled by nobody');
  if (!isName(spec['proxy_entity_name'] ?? 'x')) say('has an illegal entity');
  if (ttl !== undefined && (typeof ttl !== 'number' || ttl <= Number(interval))) say('ttl is not above the interval');
  if (timeout !== undefined && (!isU32(timeout) || timeout > Number(interval)))
    say('timeout is not below the interval');
  checkVariables(spec, say);
}

function checkHandler(spec: Document, say: Say): void {
  for (const key of Object.keys(spec)) if (!HANDLER_KEYS.includes(key)) say(`Sensu drops the key ${key}`);
  const { type, command, handlers } = spec;
  if (type === 'set') {
    if (!isTexts(handlers)) say('is a set without members');
    if ('filters' in spec || 'mutator' in spec) say('is a set, whose filters and mutator are ignored');
  } else if (type !== 'pipe') say(`is of type ${String(type)}`);
  else if (typeof command !== 'string' || command.trim() === '') say('has no command');
  if (spec['timeout'] !== undefined && !isU32(spec['timeout'])) say('timeout is no number of seconds');
  for (const asset of (spec['runtime_assets'] as string[] | undefined) ?? []) {
    if (!/^[\w/.\-:]+$/.test(asset)) say(`${asset} is no name of an asset`);
  }
  checkVariables(spec, say);
}

function checkVariables(spec: Document, say: Say): void {
  for (const variable of (spec['env_vars'] as unknown[] | undefined) ?? []) {
    if (typeof variable !== 'string' || !/^[^=]+=[^]/.test(variable)) say(`env_vars has ${String(variable)}`);
  }
  for (const secret of (spec['secrets'] as Document[] | undefined) ?? []) {
    if (Object.keys(secret).sort().join() !== 'name,secret') say('a secret is more than a reference');
  }
}

function checkFilter(spec: Document, say: Say): void {
  const { action, expressions } = spec;
  if (action !== 'allow' && action !== 'deny') say('neither allows nor denies');
  if (!isTexts(expressions) || expressions.length === 0) {
    say('has no expression');
    return;
  }
  for (const expression of expressions) {
    const found = linter.verify(expression, { languageOptions: { ecmaVersion: 5, sourceType: 'script' } });
    for (const { message } of found) say(`is no ECMAScript 5: ${message}`);
  }
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
