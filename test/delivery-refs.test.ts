import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commitsStartingWith, parseLsRemote, type RemoteRef } from '../delivery/refs/remote-refs.ts';
import {
  deployHistory,
  latestDeploy,
  latestStates,
  newestForceBounce,
  newestTimestamp,
  rolledBackVersions,
} from '../delivery/refs/read-tags.ts';
import {
  deployTag,
  parseStateTag,
  problemWithBranch,
  problemWithGroup,
  problemWithImageVersion,
  rollbackTag,
  stateTag,
} from '../delivery/refs/tag-names.ts';
import { formatTimestamp, nextTimestamp, parseTimestamp } from '../delivery/refs/timestamp.ts';
import { deploymentsFromRefs } from '../delivery/deployments-from-refs.ts';
import { deploymentsText, isSameJson } from '../delivery/deployments-text.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const C = 'c'.repeat(40);

function tags(names: Readonly<Record<string, string>>): readonly RemoteRef[] {
  return Object.entries(names).map(([name, sha]) => ({ name: `refs/tags/${name}`, sha }));
}

test('an annotated tag leads to its commit', () => {
  const refs = parseLsRemote(`${A}\tHEAD\n${B}\trefs/tags/x\n${A}\trefs/tags/x^{}\n${C}\trefs/tags/y\n`);
  assert.equal(refs, [
    { name: 'HEAD', sha: A },
    { name: 'refs/tags/x', sha: A },
    { name: 'refs/tags/y', sha: C },
  ]);
});

test('lines that are no refs are passed over', () => {
  assert.equal(parseLsRemote('warning: x\n\nabc\trefs/x\n'), []);
});

test('a short sha stands for every commit that a ref leads to and that starts with it', () => {
  const refs = tags({ x: A, y: A, z: B });
  assert.equal(commitsStartingWith(refs, 'aaaa'), [A]);
  assert.equal(commitsStartingWith(refs, 'cc'), []);
  assert.equal(commitsStartingWith(refs, ''), [A, B]);
});

test('the deploy tag with the greatest time stamp wins, the first in ref order on a tie', () => {
  const refs = tags({
    'paasta-prod+v1-20260102T000000-deploy': B,
    'paasta-prod-20260101T000000-deploy': A,
    'paasta-prod-20260102T000000-deploy': C,
  });
  assert.is(latestDeploy(refs, 'prod').latest?.sha, B);
  assert.is(latestDeploy(refs, 'prod').latest?.imageVersion, 'v1');
});

test('an image version may hold dashes and even another time stamp', () => {
  const refs = tags({ 'paasta-prod+v-20990101T000000-x-20260102T000000-deploy': A });
  const { latest } = latestDeploy(refs, 'prod');
  assert.is(latest?.imageVersion, 'v-20990101T000000-x');
  assert.is(latest?.timestamp, '20260102T000000');
});

test('a group name is taken literally, and the tag that PaaSTA would take is named', () => {
  const refs = tags({ 'paasta-prod.main-20260101T000000-deploy': A, 'paasta-prodxmain-20260102T000000-deploy': B });
  const found = latestDeploy(refs, 'prod.main');
  assert.is(found.latest?.sha, A);
  assert.is(found.mistaken?.sha, B);
  const { document, warnings } = deploymentsFromRefs('web', [{ branch: 'prod.main', group: 'prod.main' }], refs);
  assert.is(document.v2.deployments['prod.main']?.git_sha, A);
  assert.is(warnings.length, 1);
  assert.match(warnings[0]!, 'refs/tags/paasta-prodxmain-20260102T000000-deploy');
});

test('an older tag that only looks like the group changes nothing and is not mentioned', () => {
  const refs = tags({ 'paasta-prod.main-20260103T000000-deploy': A, 'paasta-prodxmain-20260102T000000-deploy': B });
  assert.is(latestDeploy(refs, 'prod.main').mistaken, null);
});

test('a group that is the beginning of another is not mixed up with it', () => {
  const refs = tags({ 'paasta-prod-eu-20260103T000000-deploy': A, 'paasta-prod-20260102T000000-deploy': B });
  assert.is(latestDeploy(refs, 'prod').latest?.sha, B);
  assert.is(latestDeploy(refs, 'prod-eu').latest?.sha, A);
  assert.is(latestDeploy(refs, 'pro').latest, null);
});

test('state tags are read with no, one or two prefixes, and a force bounce of any text without a dash', () => {
  for (const prefix of ['', 'paasta-', 'paasta-paasta-']) {
    assert.equal(parseStateTag(`refs/tags/${prefix}prod.main-now-stop`), {
      branch: 'prod.main',
      forceBounce: 'now',
      state: 'stop',
    });
  }
  assert.is(parseStateTag('refs/tags/paasta-prod.main-20260101T000000-deploy'), null);
  assert.is(parseStateTag('refs/heads/paasta-prod.main-20260101T000000-stop'), null);
});

test('a state counts at its commit only, the greatest force bounce wins, the last in ref order on a tie', () => {
  const state = latestStates(
    tags({
      'paasta-paasta-prod.main-20260102T000000-stop': A,
      'paasta-prod.main-20260101T000000-stop': A,
      'paasta-prod.main-20260102T000000-start': A,
      'paasta-prod.main-20260103T000000-stop': B,
    }),
  );
  assert.equal(state('prod.main', A), { state: 'start', forceBounce: '20260102T000000' });
  assert.equal(state('prod.main', B), { state: 'stop', forceBounce: '20260103T000000' });
  assert.is(state('prod.main', C), null);
});

test('a stop of the deployed commit holds across image versions and ends with the next commit', () => {
  const stop = { 'paasta-prod.main-20260102T000000-stop': A };
  const branches = [{ branch: 'prod.main', group: 'prod' }];
  const again = tags({ ...stop, 'paasta-prod+v2-20260103T000000-deploy': A });
  const next = tags({ ...stop, 'paasta-prod-20260103T000000-deploy': B });
  assert.is(deploymentsFromRefs('web', branches, again).document.v2.controls['web:prod.main']?.desired_state, 'stop');
  assert.equal(deploymentsFromRefs('web', branches, next).document.v2.controls['web:prod.main'], {
    desired_state: 'start',
    force_bounce: null,
  });
});

test('an instance whose group has no deploy tag is left out, and its group is named', () => {
  const { document, notDeployed } = deploymentsFromRefs(
    'web',
    [
      { branch: 'prod.main', group: 'prod' },
      { branch: 'prod.new', group: 'never' },
      { branch: 'prod.off', group: null },
    ],
    tags({ 'paasta-prod-20260103T000000-deploy': A }),
  );
  assert.equal(Object.keys(document.v2.controls), ['web:prod.main']);
  assert.equal(Object.keys(document.v1), ['web:paasta-prod.main']);
  assert.equal(notDeployed, ['never']);
});

test('a branch of two instances follows the last one', () => {
  const branches = [
    { branch: 'dev.main', group: 'one' },
    { branch: 'dev.main', group: 'two' },
  ];
  const { document } = deploymentsFromRefs(
    'web',
    branches,
    tags({ 'paasta-one-20260103T000000-deploy': A, 'paasta-two-20260103T000000-deploy': B }),
  );
  assert.equal(Object.keys(document.v2.deployments), ['two']);
});

test('the history of a group has every version once, newest first', () => {
  const refs = tags({
    'paasta-prod+v1-20260104T000000-deploy': A,
    'paasta-prod-20260101T000000-deploy': A,
    'paasta-prod-20260102T000000-deploy': B,
    'paasta-prod-20260103T000000-deploy': A,
    'paasta-prod-20260105T000000-rollback': B,
    'paasta-stage-20260106T000000-deploy': C,
  });
  const shown = deployHistory(refs, 'prod').map((v) => `${v.timestamp} ${v.sha[0]!} ${v.imageVersion ?? '-'}`);
  assert.equal(shown, ['20260104T000000 a v1', '20260103T000000 a -', '20260102T000000 b -']);
  assert.equal(
    rolledBackVersions(refs, 'prod').map((v) => v.sha),
    [B],
  );
});

test('a new tag is later than every tag it must win against', () => {
  const now = new Date('2026-01-02T03:04:05Z');
  assert.is(nextTimestamp(now, null), '20260102T030405');
  assert.is(nextTimestamp(now, '20260102T030404'), '20260102T030405');
  assert.is(nextTimestamp(now, '20260102T030405'), '20260102T030406');
  assert.is(nextTimestamp(now, '20261231T235959'), '20270101T000000');
  const refs = tags({ 'paasta-prodxmain-20270101T000000-deploy': A, 'paasta-prod.main-20260101T000000-rollback': A });
  assert.is(newestTimestamp(refs, 'prod.main'), '20270101T000000');
  assert.is(newestForceBounce(tags({ 'paasta-a.b-x-stop': A, 'paasta-a.b-20260101T000000-stop': B }), 'a.b'), 'x');
});

test('only time stamps that exist are time stamps', () => {
  assert.is(formatTimestamp(parseTimestamp('20240229T235959')!), '20240229T235959');
  for (const text of ['20230229T000000', '20261301T000000', '20260101T240000', '2026-01-01T00:00', '']) {
    assert.is(parseTimestamp(text), null, text);
  }
});

test('names that no tag can carry are refused', () => {
  for (const group of ['prod', 'prod.main', 'a_b-c', 'everything']) assert.is(problemWithGroup(group), null);
  for (const group of ['', 'a+b', 'a b', '-x', 'a..b', '$(id)', 'a\nb', 'a/b', 'prod~1', 'ü', 'a:b']) {
    assert.type(problemWithGroup(group), 'string', group);
  }
  for (const version of ['20260102T030405', 'v1-2', 'py311.2']) assert.is(problemWithImageVersion(version), null);
  for (const version of ['', 'a+b', 'a..b', 'x'.repeat(81), 'a b', '`id`'])
    assert.type(problemWithImageVersion(version), 'string');
  assert.is(problemWithBranch('pnw-prod.main'), null);
  for (const branch of ['paasta-prod.main', 'a..b', 'a+b.main', ''])
    assert.type(problemWithBranch(branch), 'string', branch);
});

test('tags have the names that PaaSTA gives them', () => {
  assert.is(deployTag('prod', null, '20260102T030405'), 'refs/tags/paasta-prod-20260102T030405-deploy');
  assert.is(deployTag('prod', 'v1', '20260102T030405'), 'refs/tags/paasta-prod+v1-20260102T030405-deploy');
  assert.is(rollbackTag('prod', null, '20260102T030405'), 'refs/tags/paasta-prod-20260102T030405-rollback');
  assert.is(
    stateTag('pnw-prod.main', '20260102T030405', 'stop'),
    'refs/tags/paasta-pnw-prod.main-20260102T030405-stop',
  );
});

test('the paasta style is the one line that PaaSTA writes', () => {
  const { document } = deploymentsFromRefs(
    'web',
    [{ branch: 'prod.main', group: 'prod' }],
    tags({ 'paasta-prod-20260103T000000-deploy': A }),
  );
  assert.is(
    deploymentsText(document, 'paasta'),
    `{"v1": {"web:paasta-prod.main": {"docker_image": "services-web:paasta-${A}", "desired_state": "start", "force_bounce": null}}, ` +
      `"v2": {"deployments": {"prod": {"docker_image": "services-web:paasta-${A}", "git_sha": "${A}", "image_version": null}}, ` +
      `"controls": {"web:prod.main": {"desired_state": "start", "force_bounce": null}}}}`,
  );
  assert.is(
    deploymentsText(deploymentsFromRefs('web', [], []).document, 'paasta'),
    '{"v1": {}, "v2": {"deployments": {}, "controls": {}}}',
  );
});

test('the pretty style is sorted and ends with a newline; both styles say the same', () => {
  const { document } = deploymentsFromRefs(
    'web',
    [
      { branch: 'b.x', group: 'z' },
      { branch: 'a.x', group: 'y' },
    ],
    tags({
      'paasta-z-20260103T000000-deploy': A,
      'paasta-y-20260103T000000-deploy': A,
    }),
  );
  const pretty = deploymentsText(document, 'pretty');
  assert.ok(pretty.endsWith('}\n'));
  assert.ok(pretty.indexOf('"y"') < pretty.indexOf('"z"'));
  assert.ok(isSameJson(JSON.parse(pretty), JSON.parse(deploymentsText(document, 'paasta'))));
  assert.not.ok(isSameJson(JSON.parse(pretty), {}));
});

test.run();
