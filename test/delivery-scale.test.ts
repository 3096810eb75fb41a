import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeliveryProblem } from '../delivery/problem.ts';
import { scaledText } from '../delivery/scale/edit-scale.ts';
import { expiredBounds } from '../delivery/scale/expired-bounds.ts';
import { revertedText } from '../delivery/scale/revert-bounds.ts';
import { testCompany, type TestCompany } from './support/delivery-company.ts';
import { memoryReader } from './support/memory-reader.ts';

const UNTIL = '2026-01-05T00:00:00Z';
const LATER = new Date('2026-01-06T00:00:00Z');

function scaled(text: string, min: number | null, max: number | null, until = UNTIL): string {
  return scaledText(text, 'web/kubernetes-eu.yaml', { instance: 'main', min, max, until });
}

function refused(text: string): string {
  try {
    scaled(text, 3, null);
  } catch (error) {
    if (error instanceof DeliveryProblem) return error.message;
    throw error;
  }
  throw new Error('it was changed');
}

test('a bound that is there changes on its line, keeps its comment, and comes back', () => {
  const text = '# top\nmain:\n  min_instances: 2  # why\n  max_instances: 4\n  cpus: 1\nother:\n  min_instances: 1\n';
  const changed = scaled(text, 5, 9);
  assert.is(
    changed,
    '# top\nmain:\n  min_instances: 5 # scaled until 2026-01-05T00:00:00Z, then 2; why\n' +
      '  max_instances: 9 # scaled until 2026-01-05T00:00:00Z, then 4\n  cpus: 1\nother:\n  min_instances: 1\n',
  );
  assert.is(revertedText(changed, LATER).text, text.replace('2  # why', '2 # why'));
  assert.equal(revertedText(changed, new Date('2026-01-04T00:00:00Z')), { text: changed, reverted: [], kept: [] });
});

test('a bound that is not there becomes the first key, and goes away', () => {
  const text = 'main:\n    cpus: 1\n    max_instances: 4\n';
  const changed = scaled(text, 3, null);
  assert.is(
    changed,
    'main:\n    min_instances: 3 # scaled until 2026-01-05T00:00:00Z, then unset\n    cpus: 1\n    max_instances: 4\n',
  );
  assert.is(revertedText(changed, LATER).text, text);
});

test("a template's bound is not touched: the instance gets its own", () => {
  const text = '_t: &t\n  min_instances: 2\n  max_instances: 4\nmain:\n  <<: *t\n  cpus: 1\nother:\n  <<: *t\n';
  const changed = scaled(text, 3, 6);
  assert.ok(changed.startsWith('_t: &t\n  min_instances: 2\n  max_instances: 4\nmain:\n'));
  assert.match(changed, '  min_instances: 3 # scaled');
  assert.is(revertedText(changed, LATER).text, text);
});

test('scaling again keeps what stood there first', () => {
  const text = 'main:\n  min_instances: 2\n  max_instances: 4\n';
  const twice = scaled(scaled(text, 3, null), 4, null, '2026-01-05T12:00:00Z');
  assert.match(twice, 'min_instances: 4 # scaled until 2026-01-05T12:00:00Z, then 2');
  assert.is(revertedText(twice, LATER).text, text);
});

test('what cannot be changed safely is refused and named', () => {
  for (const text of [
    'main: {min_instances: 2, max_instances: 4}\n',
    'main:\n  {min_instances: 2, max_instances: 4}\n',
    'main: &a\n  min_instances: 2\n  max_instances: 4\nother: *a\n',
    'main:\n  "min_instances": 2\n  max_instances: 4\n',
    'main:\n  min_instances: 0b11\n  max_instances: 4\n',
    'main:\n  min_instances:\n    2\n  max_instances: 4\n',
    'a: 1\n',
    'main: [\n',
  ]) {
    assert.match(refused(text), 'web/kubernetes-eu.yaml', text);
  }
});

test('lines of Windows stay, and other lines that look alike are left alone', () => {
  const text = 'main:\r\n  max_instances: 4\r\n  cpus: 1\r\n';
  const changed = scaled(text, 2, 8);
  assert.is(changed.replaceAll('\r\n', '').includes('\n'), false);
  assert.is(revertedText(changed, LATER).text, text);
  const alike = 'main:\n  env:\n    NOTE: "min_instances: 3 # scaled until 2020-01-01T00:00:00Z, then 2"\n';
  assert.equal(revertedText(alike, LATER), { text: alike, reverted: [], kept: [] });
});

test('a bound that is over stays while the instance would be impossible without it', () => {
  const line = (key: string, value: number, until: string, then: number | string) =>
    `  ${key}: ${value} # scaled until ${until}, then ${then}\n`;
  const max = line('max_instances', 60, UNTIL, 30);
  const mine = (min: string) => `main:\n${min}${max}`;
  const other = `other:\n${line('max_instances', 9, UNTIL, 4)}`;
  const lasting = line('min_instances', 45, '2026-01-07T00:00:00Z', 20);
  const found = revertedText(`${mine(lasting)}${other}`, LATER);
  assert.is(found.text, `${mine(lasting)}other:\n  max_instances: 4\n`);
  assert.equal(found.kept, [{ instance: 'main', min: 45, max: 30, lines: [max.trim()] }]);
  const both = revertedText(mine(lasting), new Date('2026-01-08T00:00:00Z'));
  assert.is(both.text, 'main:\n  min_instances: 20\n  max_instances: 30\n');
  assert.is(revertedText(mine('  min_instances: 31\n'), LATER).kept.length, 1, 'a bound for good');
  assert.is(revertedText(mine(''), LATER, { min_instances: 31 }).kept.length, 1, "the service's");
  assert.is(revertedText(mine(line('min_instances', 45, UNTIL, 'unset')), LATER).kept.length, 0);
});

test('bounds that are over are found with their line', () => {
  const files = {
    'web/kubernetes-eu.yaml':
      'main:\n  min_instances: 5 # scaled until 2026-01-05T00:00:00Z, then 2\n  max_instances: 9 # scaled until 2027-01-05T00:00:00Z, then 4\n',
    'web/eks-eu.yaml': 'x:\n  min_instances: 5 # scaled until tomorrow, then 2\n',
    'api/kubernetes-eu.yaml': 'main:\n  min_instances: 5\n',
  };
  const found = expiredBounds(memoryReader(files), ['api', 'web'], LATER);
  assert.equal(
    found.flatMap(({ diagnostics }) =>
      diagnostics.map(({ file, line, column, code }) => `${file}:${line!}:${column!} ${code}`),
    ),
    ['web/eks-eu.yaml:2:3 scale-expired', 'web/kubernetes-eu.yaml:2:3 scale-expired'],
  );
});

const MAIN = 'main:\n  min_instances: 2\n  max_instances: 4\n  deploy_group: prod\nfixed:\n  instances: 3\n';

function company(name: string): TestCompany {
  const made = testCompany(name);
  made.addService('web', { 'kubernetes-eu-prod.yaml': MAIN });
  made.publishConfig();
  return made;
}

function committed(made: TestCompany): string {
  return `${made.configOrigin.git('show', 'main:soa/web/kubernetes-eu-prod.yaml')}\n`;
}

test('scale is one commit, and --revert-expired another when its time is over', async () => {
  const made = company('scale');
  const scale = (...args: readonly string[]) =>
    made.call('scale', '-s', 'web', '-c', 'eu-prod', '-i', 'main', '--allow-file', ...args);
  const { status, out, err } = await scale('--min', '3', '--max', '8', '--for', '2h');
  assert.is(status, 0, err);
  assert.match(out, 'min 3 max 8 until 20');
  assert.match(
    committed(made),
    /min_instances: 3 # scaled until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, then 2\n {2}max_instances: 8/,
  );
  assert.is(made.configOrigin.git('diff', '--name-only', 'main~1', 'main'), 'soa/web/kubernetes-eu-prod.yaml');
  assert.ok(made.events().some((event) => event['action'] === 'manual-autoscale-override'));
  made.config.git('pull', '-q', '--ff-only', 'origin', 'main');
  assert.match((await made.call('scale', '--revert-expired', '--allow-file')).out, 'nothing is over');
  // the end of the change passes
  const file = join(made.soaDir, 'web/kubernetes-eu-prod.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/until \S+,/g, 'until 2020-01-01T00:00:00Z,'));
  made.publishConfig();
  const validated = await made.call('validate');
  assert.is(validated.status, 1);
  assert.match(
    validated.out,
    /kubernetes-eu-prod\.yaml:2:3: policy warning: min_instances 3 was to end .*\[scale-expired\]/,
  );
  const reverted = await made.call('scale', '--revert-expired', '--allow-file');
  assert.is(reverted.status, 0, reverted.err);
  assert.is(committed(made), MAIN);
});

test('--revert-expired commits nothing that synth would refuse, and ends with 1', async () => {
  const made = testCompany('keeps');
  const lasting = 'min_instances: 45 # scaled until 2999-01-01T00:00:00Z, then 2';
  const over = 'max_instances: 60 # scaled until 2020-01-01T00:00:00Z, then 30';
  made.addService('web', { 'kubernetes-eu-prod.yaml': `main:\n  ${lasting}\n  ${over}\n  deploy_group: prod\n` });
  made.publishConfig();
  const before = committed(made);
  const { status, out, err } = await made.call('scale', '--revert-expired', '--allow-file');
  assert.equal([status, out], [1, '']);
  assert.is(
    err,
    'paasta-gitops: warning: web/kubernetes-eu-prod.yaml: main keeps what is over: ' +
      `without it min_instances 45 would be above max_instances 30 (${over})\n`,
  );
  assert.is(committed(made), before);
});

test('what has no bounds, is impossible or lies in the past is refused', async () => {
  const made = company('impossible');
  const scale = (instance: string, ...args: readonly string[]) =>
    made.call('scale', '-s', 'web', '-c', 'eu-prod', '-i', instance, '--allow-file', ...args);
  assert.match((await scale('fixed', '--min', '3', '--for', '1h')).err, 'is not autoscaled');
  assert.match((await scale('main', '--min', '5', '--for', '1h')).err, 'is more than max 4');
  assert.match((await scale('nope', '--min', '1', '--for', '1h')).err, 'has no instance "nope"');
  for (const args of [
    ['--min', '1'],
    ['--for', '1h'],
    ['--min', 'x', '--for', '1h'],
    ['--min', '1', '--until', '2020-01-01'],
    ['--min', '1', '--until', 'tomorrow'],
    ['--min', '1', '--for', '1y'],
    ['--min', '1', '--for', '1h', '--until', '2099-01-01'],
  ]) {
    assert.is((await scale('main', ...args)).status, 2, args.join(' '));
  }
  assert.is(committed(made), MAIN);
});

test.run();
