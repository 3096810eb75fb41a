/** The rules by which tests judge documents for Sensu Go: each refuses what it is there for. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sensuProblems } from './support/sensu-rules.ts';

interface Example {
  type: string;
  api_version: string;
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
}

const document = (type: string, name: string, spec: Record<string, unknown>): Example => ({
  ...{ type, api_version: 'core/v2', metadata: { name, namespace: 'default' }, spec },
});
const check = (): Example =>
  document('CheckConfig', 'c', {
    ...{ command: 'x', interval: 60, publish: true, subscriptions: ['s'], handlers: ['set'], timeout: 50 },
  });
const set = (): Example => document('Handler', 'set', { type: 'set', handlers: ['pipe'] });
const pipe = (): Example =>
  document('Handler', 'pipe', { type: 'pipe', command: 'x', filters: ['is_incident', 'f'], env_vars: ['A=b'] });
const filter = (): Example =>
  document('EventFilter', 'f', { action: 'allow', expressions: ['event.check.status > 0'] });

test('documents that belong together have no problem', () => {
  assert.equal(sensuProblems([check(), set(), pipe(), filter()]), []);
});

type Spoil = (documents: { check: Example; set: Example; pipe: Example; filter: Example }) => void;
const CASES: readonly [problem: string, spoil: Spoil][] = [
  ['is not core/v2', ({ check }) => (check.api_version = 'v1')],
  ['has the keys api_version kind metadata spec type', ({ check }) => Object.assign(check, { kind: 'x' })],
  ['has no legal name', ({ check }) => (check.metadata['name'] = 'a b')],
  ['has no legal name', ({ check }) => (check.metadata['name'] = false)],
  ['has no legal namespace', ({ check }) => delete check.metadata['namespace']],
  ['page is boolean, not text', ({ check }) => (check.metadata['labels'] = { page: true })],
  ['alert_after is number, not text', ({ check }) => (check.metadata['annotations'] = { alert_after: 600 })],
  ['has metadata.team', ({ check }) => (check.metadata['team'] = 'ops')],
  ['is of an unknown type', ({ check }) => (check.type = 'Check')],
  ['stands twice', ({ pipe }) => (pipe.metadata['name'] = 'set')],
  ['there is no rule for team', ({ check }) => (check.spec['team'] = 'ops')],
  ['interval is missing', ({ check }) => delete check.spec['interval']],
  ['interval is no number of seconds', ({ check }) => (check.spec['interval'] = '60')],
  ['interval is no number of seconds', ({ check }) => (check.spec['interval'] = 2 ** 32)],
  ['publish is missing', ({ check }) => delete check.spec['publish']],
  ['publish is not true', ({ check }) => (check.spec['publish'] = false)],
  ['command is no command', ({ check }) => (check.spec['command'] = ' ')],
  ['subscriptions are nobody', ({ check }) => (check.spec['subscriptions'] = ['a', ''])],
  ['handlers are nobody', ({ check }) => (check.spec['handlers'] = [])],
  ['proxy_entity_name is no name', ({ check }) => (check.spec['proxy_entity_name'] = 'a/b')],
  ['timeout is above the interval', ({ check }) => (check.spec['timeout'] = 61)],
  ['timeout is no number of seconds', ({ check }) => (check.spec['timeout'] = -1)],
  ['runtime_assets are no names of assets', ({ check }) => (check.spec['runtime_assets'] = ['a b'])],
  ['filters of a set is ignored', ({ set }) => (set.spec['filters'] = ['f'])],
  ['a set has members', ({ set }) => delete set.spec['handlers']],
  ['type is neither pipe nor set', ({ set }) => (set.spec['type'] = 'sets')],
  ['a pipe has a command', ({ pipe }) => delete pipe.spec['command']],
  ['env_vars are not all NAME=VALUE', ({ pipe }) => (pipe.spec['env_vars'] = ['A='])],
  ['secrets are more than references', ({ pipe }) => (pipe.spec['secrets'] = [{ name: 'A', secret: 'b', value: 'c' }])],
  ['action is neither allow nor deny', ({ filter }) => (filter.spec['action'] = 'block')],
  ['expressions are not all ECMAScript 5', ({ filter }) => (filter.spec['expressions'] = ['(() => true)()'])],
  ['expressions are not all ECMAScript 5', ({ filter }) => (filter.spec['expressions'] = [])],
  ['c: there is no set', ({ set }) => (set.metadata['name'] = 'other')],
  ['pipe: there is no f', ({ filter }) => (filter.metadata['name'] = 'g')],
];

for (const [problem, spoil] of CASES) {
  test(`refused: ${problem}`, () => {
    const documents = { check: check(), set: set(), pipe: pipe(), filter: filter() };
    spoil(documents);
    assert.match(sensuProblems(Object.values(documents)).join('\n'), problem);
  });
}

test.run();
