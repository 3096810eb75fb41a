import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGitUrl, withoutCredentials } from '../git/git-url.ts';

const GOOD = [
  'https://git.example.com/services/web.git',
  'https://token@git.example.com:8443/services/web',
  'https://user:p%40ss@git.example.com/web',
  'ssh://git@git.example.com:2222/services/web',
  'ssh://git@[2001:db8::1]:22/services/web',
  'git@git.example.com:services/web',
  'git.example.com:services/web_1.git',
  'git@github.yelpcorp.com:services/pulse',
];

const BAD = [
  '',
  '-oProxyCommand=id',
  '--upload-pack=touch /tmp/x',
  'ext::sh -c id',
  'ext::id',
  'fd::17/x',
  'https://[::1::ext]/x::y',
  'git@host:-oops',
  '-git@host:x',
  'ssh://-oProxyCommand=id/x',
  'ssh://-oProxyCommand=id@host/x',
  'ssh://git@-oProxyCommand=id/x',
  '-oProxyCommand=id@host:x',
  'git@-oProxyCommand=id:x',
  'https:///path',
  'https://host',
  'https://host/-x',
  'http://git.example.com/web',
  'git://git.example.com/web',
  'ftp://git.example.com/web',
  'https://host/$(id)',
  'https://host/`id`',
  'git@host:web;id',
  'git@host:web id',
  'git@host:web\nid',
  'git@host:web\x00',
  'https://host/a b',
  'https://host/a\u202eb',
  'https://host/../../etc',
  './relative',
  'relative',
  '..',
];

for (const url of GOOD) test(`${url} is accepted`, () => assert.is(checkGitUrl(url), null));

for (const url of BAD) {
  test(`${JSON.stringify(url)} is refused with a hint`, () => {
    for (const allowFile of [false, true]) {
      const problem = checkGitUrl(url, allowFile);
      assert.ok(problem !== null && problem.problem !== '' && problem.hint !== '');
    }
  });
}

test('a local repository needs to be allowed', () => {
  for (const url of ['/srv/git/web.git', 'file:///srv/git/web.git']) {
    assert.match(checkGitUrl(url)!.hint, '--allow-file');
    assert.is(checkGitUrl(url, true), null);
  }
  assert.ok(checkGitUrl('file://host/x', true) !== null);
  assert.ok(checkGitUrl('/-x', true) !== null);
});

test('credentials never reach a printed URL', () => {
  assert.is(withoutCredentials('https://user:secret@host/x'), 'https://host/x');
  assert.is(withoutCredentials('https://ghs_token@host/x'), 'https://host/x');
  assert.is(withoutCredentials("fatal: 'https://a:b@c@host/x' not found"), "fatal: 'https://host/x' not found");
  assert.is(withoutCredentials('ssh://git@host/x and ssh://me:pw@host/x'), 'ssh://git@host/x and ssh://host/x');
  assert.is(withoutCredentials('git@host:services/web'), 'git@host:services/web');
});

test.run();
