import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { createEventLog, type EventLog } from '../delivery/event-log.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { SYSTEM_KEYS } from './support/delivery-company.ts';
import { memoryReader } from './support/memory-reader.ts';
import { tempDir } from './support/git-repository.ts';

function logFor(writers: Readonly<Record<string, unknown>>, warnings: string[] = []): EventLog {
  const files = Object.entries(writers).map(([cluster, writer]) => [
    `${cluster}/a.json`,
    JSON.stringify({ cluster, ...SYSTEM_KEYS, ...(writer === undefined ? {} : { log_writer: writer }) }),
  ]);
  return createEventLog({
    clusters: loadSystemConfig(memoryReader(Object.fromEntries(files) as Record<string, string>)).clusters,
    clock: { now: () => new Date('2026-01-02T03:04:05.678Z'), sleep: () => Promise.resolve() },
    actor: { user: 'ann', host: 'box' },
    warn: (text) => void warnings.push(text),
  });
}

function fileWriter(path: string, more: object = {}): object {
  return { driver: 'file', options: { path_format: path, ...more } };
}

test('a line is the JSON that PaaSTA writes, sorted, on one line', () => {
  const dir = tempDir('log');
  const log = logFor({ 'eu-prod': fileWriter(`${dir}/{service}-{component}-{level}-{cluster}-{instance}`) });
  log.event('deploy', { service: 'web', cluster: 'eu-prod', instance: 'main' }, ' \x1b[31mdone\x1b[0m "ü"\n');
  assert.is(
    readFileSync(join(dir, 'web-deploy-event-eu-prod-main'), 'utf8'),
    '{"cluster": "eu-prod", "component": "deploy", "instance": "main", "level": "event", "message": "done \\"\\u00fc\\"", ' +
      '"service": "web", "timestamp": "2026-01-02T03:04:05.678000"}\n',
  );
});

test('an audit line goes to its own stream, with what was done and by whom', () => {
  const dir = tempDir('audit');
  const log = logFor({ 'eu-prod': fileWriter(`${dir}/{service}.{component}{level}.log`, { line_delimiter: '|' }) });
  log.audit('stop', { service: 'web', cluster: 'eu-prod', instance: 'main' });
  log.audit('mark-for-deployment', { service: 'web' }, { deploy_group: 'prod', commit: 'abc', image_version: null });
  assert.is(
    readFileSync(join(dir, 'stream_paasta-audit-log..log'), 'utf8'),
    '{"action": "stop", "action_details": {}, "cluster": "eu-prod", "host": "box", "instance": "main", "service": "web", ' +
      '"timestamp": "2026-01-02T03:04:05.678000", "user": "ann"}|' +
      '{"action": "mark-for-deployment", "action_details": {"commit": "abc", "deploy_group": "prod", "image_version": null}, ' +
      '"cluster": "N/A", "host": "box", "instance": "N/A", "service": "web", "timestamp": "2026-01-02T03:04:05.678000", "user": "ann"}|',
  );
});

test("a line goes to its cluster's log, else to the first that there is", () => {
  const dir = tempDir('clusters');
  const log = logFor({ 'a-dev': undefined, 'eu-prod': fileWriter(`${dir}/eu`), 'us-prod': fileWriter(`${dir}/us`) });
  log.event('deploy', { service: 'web', cluster: 'us-prod' }, 'x');
  log.event('deploy', { service: 'web', cluster: 'a-dev' }, 'y');
  log.event('deploy', { service: 'web' }, 'z');
  const lines = (name: string): number => readFileSync(join(dir, name), 'utf8').split('\n').length - 1;
  assert.equal([lines('us'), lines('eu')], [1, 2]);
});

test('without a writer, and with null, nothing is written', () => {
  for (const writer of [undefined, { driver: 'null' }]) {
    const log = logFor({ 'eu-prod': writer });
    log.event('deploy', { service: 'web' }, 'x');
    log.audit('stop', { service: 'web' });
  }
});

test('a driver or option that is not known is named with those that are', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ driver: 'scribe' }, 'found "scribe"'],
    [{ driver: 'stdout' }, 'found "stdout"'],
    [{}, 'found none'],
    [{ driver: 'file' }, 'path_format'],
    [{ driver: 'file', options: { path_format: '/x/{host}' } }, 'unknown field "{host}"'],
    [fileWriter('/x', { mode: 'w' }), 'options.mode'],
  ];
  for (const [writer, text] of cases) {
    let message = '';
    try {
      logFor({ 'eu-prod': writer });
    } catch (error) {
      message = error instanceof DeliveryProblem ? error.message : String(error);
    }
    assert.match(message, text);
    assert.match(message, 'eu-prod/a.json');
  }
});

test('a line that cannot be written is shown, and nothing fails', () => {
  const dir = tempDir('unwritable');
  mkdirSync(join(dir, 'web'));
  const warnings: string[] = [];
  logFor({ 'eu-prod': fileWriter(`${dir}/{service}`) }, warnings).event('deploy', { service: 'web' }, 'lost');
  assert.is(warnings.length, 1);
  assert.match(warnings[0]!, /would have logged: .*lost/);
});

test.run();
