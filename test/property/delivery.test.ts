import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deploymentsFromRefs } from '../../delivery/deployments-from-refs.ts';
import { deploymentsText, isSameJson, pythonJson } from '../../delivery/deployments-text.ts';
import { readDeployments } from '../../delivery/files/read-deployments.ts';
import { withDeployment, withState } from '../../delivery/files/edit-deployments.ts';
import { EMPTY_DEPLOYMENTS } from '../../delivery/deployments-document.ts';
import { latestDeploy, latestStates, newestForceBounce, newestTimestamp } from '../../delivery/refs/read-tags.ts';
import { parseLsRemote, type RemoteRef } from '../../delivery/refs/remote-refs.ts';
import {
  deployTag,
  problemWithBranch,
  problemWithGroup,
  problemWithImageVersion,
  stateTag,
} from '../../delivery/refs/tag-names.ts';
import { formatTimestamp, nextTimestamp, parseTimestamp } from '../../delivery/refs/timestamp.ts';
import { checkGitUrl, withoutCredentials } from '../../git/git-url.ts';

const SETTINGS = { seed: 20260102, numRuns: 500 };

const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
const group = name.filter((text) => problemWithGroup(text) === null);
const version = fc.option(
  name.filter((text) => problemWithImageVersion(text) === null),
  { nil: null },
);
const branch = name.filter((text) => problemWithBranch(text) === null);
const sha = fc.stringMatching(/^[0-9a-f]{40}$/);
const time = fc.date({ min: new Date('2015-01-01'), max: new Date('2098-12-31'), noInvalidDate: true });
/** Groups that are easily mixed up. */
const nearGroup = fc.constantFrom('prod', 'prod.main', 'prodxmain', 'prod-main', 'prod.main-eu', 'main', 'p.d');
const nearVersion = fc.constantFrom(null, 'v1', '20260101T000000', 'v-20990101T000000-deploy', 'main-20260101T000000');
const deployRefs = fc
  .array(fc.record({ group: nearGroup, version: nearVersion, time, sha }), { maxLength: 12 })
  .map((marks) =>
    marks
      .map((mark): RemoteRef => ({
        name: deployTag(mark.group, mark.version, formatTimestamp(mark.time)),
        sha: mark.sha,
      }))
      .filter((ref, index, all) => all.findIndex((other) => other.name === ref.name) === index)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );

/** PaaSTA's own way, with the group escaped: one pattern, every ref in order, strictly greater wins. */
function slowLatest(refs: readonly RemoteRef[], wanted: string): { sha: string; version: string | null } | null {
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
  const pattern = new RegExp(`^refs/tags/paasta-${escaped}(?:\\+(.*))?-(\\d{8}T\\d{6})-deploy$`);
  let best: { sha: string; version: string | null; time: string } | null = null;
  for (const ref of refs) {
    const match = pattern.exec(ref.name);
    if (match !== null && (best === null || match[2]! > best.time))
      best = { sha: ref.sha, version: match[1] ?? null, time: match[2]! };
  }
  return best === null ? null : { sha: best.sha, version: best.version };
}

test('the latest deploy is what the pattern finds, whatever the groups look like', () => {
  fc.assert(
    fc.property(deployRefs, nearGroup, (refs, wanted) => {
      const { latest } = latestDeploy(refs, wanted);
      assert.equal(
        latest === null ? null : { sha: latest.sha, version: latest.imageVersion },
        slowLatest(refs, wanted),
      );
    }),
    SETTINGS,
  );
});

test('a new deploy tag is always the latest of its group, to us and to PaaSTA', () => {
  fc.assert(
    fc.property(deployRefs, nearGroup, nearVersion, sha, time, (refs, wanted, imageVersion, commit, now) => {
      const tag = deployTag(wanted, imageVersion, nextTimestamp(now, newestTimestamp(refs, wanted)));
      const after = [...refs, { name: tag, sha: commit }].sort((a, b) => (a.name < b.name ? -1 : 1));
      const { latest, mistaken } = latestDeploy(after, wanted);
      assert.is(latest?.ref, tag);
      assert.is(latest?.imageVersion, imageVersion);
      assert.is(mistaken, null);
    }),
    SETTINGS,
  );
});

test('every name that may be created is read back from its tags', () => {
  fc.assert(
    fc.property(group, version, branch, sha, time, (g, v, b, commit, when) => {
      const stamp = formatTimestamp(when);
      assert.is(parseTimestamp(stamp)?.getTime(), Math.floor(when.getTime() / 1000) * 1000);
      const refs = [
        { name: deployTag(g, v, stamp), sha: commit },
        { name: stateTag(b, stamp, 'stop'), sha: commit },
      ];
      assert.is(latestDeploy(refs, g).latest?.imageVersion, v);
      assert.equal(latestStates(refs)(b, commit), { state: 'stop', forceBounce: stamp });
      assert.is(newestForceBounce(refs, b), stamp);
    }),
    SETTINGS,
  );
});

test('the order in which refs are listed matters only between equal time stamps', () => {
  fc.assert(
    fc.property(deployRefs, nearGroup, (refs, wanted) => {
      const times = new Set(refs.map((ref) => /-(\d{8}T\d{6})-deploy$/.exec(ref.name)![1]));
      fc.pre(times.size === refs.length);
      assert.equal(latestDeploy([...refs].reverse(), wanted).latest, latestDeploy(refs, wanted).latest);
    }),
    SETTINGS,
  );
});

test('both styles say the same, and what is written is read back', () => {
  fc.assert(
    fc.property(deployRefs, fc.array(fc.record({ branch, group: nearGroup }), { maxLength: 6 }), (refs, branches) => {
      const { document } = deploymentsFromRefs('web', branches, refs);
      const pretty = deploymentsText(document, 'pretty');
      const paasta = deploymentsText(document, 'paasta');
      assert.ok(isSameJson(JSON.parse(pretty), JSON.parse(paasta)));
      assert.not.match(paasta, '\n');
      const read = readDeployments(pretty);
      assert.ok('document' in read && isSameJson(read.document, document));
    }),
    SETTINGS,
  );
});

test("Python's JSON is JSON of ASCII only", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = pythonJson(value);
      assert.equal(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.match(text, /^[\x20-\x7e]*$/);
    }),
    SETTINGS,
  );
});

test('commits to deployments.json keep v1 and v2 in step, and other groups as they are', () => {
  const step = fc.oneof(
    fc.record({ group: nearGroup, sha, stop: fc.constant(false) }),
    fc.record({ group: nearGroup, sha: fc.constant(''), stop: fc.constant(true) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
      let document = EMPTY_DEPLOYMENTS;
      for (const { group: g, sha: commit, stop } of steps) {
        const before = document;
        const b = `eu.${g}`;
        if (stop && !(g in document.v2.deployments)) continue;
        document = stop
          ? withState(document, { service: 'web', branch: b, group: g, state: 'stop', timestamp: '20260101T000000' })
          : withDeployment(document, {
              service: 'web',
              group: g,
              version: { sha: commit, imageVersion: null },
              digest: null,
              branches: [b],
            });
        for (const other of Object.keys(before.v2.deployments).filter((key) => key !== g)) {
          assert.equal(document.v2.deployments[other], before.v2.deployments[other]);
        }
      }
      for (const [key, control] of Object.entries(document.v2.controls)) {
        const b = key.slice('web:'.length);
        const image = document.v2.deployments[b.slice('eu.'.length)]!.docker_image;
        assert.equal(document.v1[`web:paasta-${b}`], { docker_image: image, ...control });
      }
    }),
    SETTINGS,
  );
});

test('no text from a server makes ls-remote parsing fail or invents refs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const ref of parseLsRemote(text)) assert.match(ref.sha, /^[0-9a-f]{40,64}$/);
    }),
    SETTINGS,
  );
});

test('an accepted URL is one word that no shell and no ssh reads as more', () => {
  const piece = fc.constantFrom(
    'https://',
    'ssh://',
    'git@',
    'host',
    ':',
    '/',
    'x',
    '-o',
    '..',
    '::',
    'ext',
    ' ',
    '$(id)',
    '\n',
    '@',
    '%00',
    '[::1]',
    '~',
    '-',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.boolean(),
      (url, allowFile) => {
        if (checkGitUrl(url, allowFile) !== null) return;
        assert.match(url, /^[A-Za-z0-9._~:/@%+=,[\]-]+$/);
        assert.not.match(url, /^[a-z]+::/);
        const parts = /^(?:https|ssh):\/\/([^/]*)(\/.*)$|^(?:file:\/\/)?()(\/.*)$|^([^[:]*(?:\[[^\]]*\])?):(.*)$/.exec(
          url,
        );
        assert.ok(parts !== null, url);
        const [authority = '', path = ''] = parts.slice(1).filter((part) => part !== undefined);
        for (const word of [authority, authority.slice(authority.lastIndexOf('@') + 1), path])
          assert.not.match(word, /^-/, url);
      },
    ),
    { ...SETTINGS, numRuns: 5000 },
  );
});

test('no password survives printing', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9:@%!$&*()+=-]{1,20}$/), (userinfo) => {
      fc.pre(userinfo !== 'git');
      const shown = withoutCredentials(`fatal: unable to access 'https://${userinfo}@host.example/x/': refused`);
      assert.is(shown, "fatal: unable to access 'https://host.example/x/': refused");
    }),
    SETTINGS,
  );
});

test.run();
