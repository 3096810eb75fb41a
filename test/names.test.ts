import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  applicationName,
  botoSecretName,
  cryptoSecretName,
  datastoreSecretName,
  defaultNamespace,
  isSafeName,
  limitSize,
  registrationLabelKey,
  sanitise,
  sanitiseVolumeName,
  secretName,
  serviceAccountName,
  SHARED_SERVICE,
  ssmSecretName,
} from '../compiler/model/names.ts';

// Every expected value was printed by the functions of paasta-tools 1.64.0.

const SANITISED = {
  my_svc: 'my--svc',
  A_B: 'a--b',
  a__b: 'a----b',
  a_: 'a--',
  _shared: 'underscore-shared',
  __x: 'underscore---x',
  ___x: 'underscore-----x',
  '--x': 'underscore-x',
  '-x': '-x',
  x: 'x',
  ÄÖ_x: 'äö--x',
};

for (const [name, expected] of Object.entries(SANITISED)) {
  test(`${name} is written ${expected} in Kubernetes`, () => {
    assert.is(sanitise(name), expected);
  });
}

const LIMITED: readonly (readonly [string, string])[] = [
  ['a'.repeat(63), 'a'.repeat(63)],
  ['a'.repeat(64), `${'a'.repeat(58)}-afee`],
  ['a'.repeat(70), `${'a'.repeat(58)}-b5og`],
  [
    'service_with_a_really_long_name_for_testing_purposes.namespace_also_long',
    'service_with_a_really_long_name_for_testing_purposes.names-pdxs',
  ],
  ['ä'.repeat(63), 'ä'.repeat(63)],
  ['ä'.repeat(64), `${'ä'.repeat(58)}-teku`],
  ['𝒳'.repeat(64), `${'𝒳'.repeat(58)}-cyiu`],
];

for (const [name, expected] of LIMITED) {
  test(`${name.slice(0, 12)}… of ${name.length} is limited to ${expected.slice(-8)}`, () => {
    assert.is(limitSize(name), expected);
  });
}

test('a long name ends in as many hash characters as asked for', () => {
  assert.is(limitSize('a'.repeat(70), 20, 8), `${'a'.repeat(11)}-b5ogyttu`);
});

const VOLUMES: readonly (readonly [string, number, string | null])[] = [
  ['/var/tmp_file.json', 0, 'slash-varslash-tmp--filedot-json'],
  ['/var/tmp_file.json', 20, 'slash-varslash--1953'],
  ['host--/a/b///', 63, 'host--slash-aslash-b'],
  ['///', 63, ''],
  [`/${'Deep/'.repeat(20)}`, 63, 'slash-deepslash-deepslash-deepslash-deepslash-deepslash-d--1445'],
  ['host--/_x.Y', 63, 'host--slash---xdot-y'],
  ['secret--a.b_c', 63, 'secret--adot-b--c'],
  ['/é', 63, 'slash-é'],
  ['/é', 6, null],
];

for (const [text, max, expected] of VOLUMES) {
  test(`a volume for ${text.slice(0, 24)} within ${max} is named ${expected ?? 'nothing'}`, () => {
    assert.is(sanitiseVolumeName(text, max), expected);
  });
}

test('an application is its sanitised service and instance', () => {
  assert.is(applicationName('a_b', 'main_2'), 'a--b-main--2');
  assert.is(defaultNamespace('a_b'), 'paastasvc-a--b');
});

test('each kind of Secret has its own name', () => {
  const namespace = 'paastasvc-a--b';
  assert.is(secretName(namespace, 'a_b', 'My_key'), 'paastasvc-a--b-secret-a--b-my--key');
  assert.is(secretName(namespace, SHARED_SERVICE, 'My_key'), 'paastasvc-a--b-secret-underscore-shared-my--key');
  assert.is(ssmSecretName(namespace, 'a--b-main', 'k_1'), 'paastasvc-a--b-ssm-secret-a--b-main-k--1');
  assert.is(cryptoSecretName(namespace, 'a_b', 'm_1'), 'paastasvc-a--b-crypto-key-a--b-m--1');
  assert.is(datastoreSecretName(namespace, 'a_b', 'm_1'), 'paastasvc-a--b-datastore-credentials-a--b-m--1');
});

test('a Secret name has 253 characters at most, the one of boto keys 63', () => {
  const long = secretName('n'.repeat(200), 'a_b', 'k'.repeat(60));
  assert.is(long, `${'n'.repeat(200)}-secret-a--b-${'k'.repeat(35)}-bjyt`);
  assert.is(long.length, 253);
  const application = applicationName('a_b', 'i'.repeat(60));
  assert.is(botoSecretName(application), `paasta-boto-key-a--b-${'i'.repeat(37)}-odn4`);
});

test('a ServiceAccount is named after the IAM role', () => {
  const role = 'arn:aws:iam::123456789012:role/My_Role.x-';
  assert.is(serviceAccountName(role), 'paasta--arn-aws-iam-123456789012-role-my-role-x-');
  assert.is(serviceAccountName('Ünï/x'), 'paasta---n-x');
});

test('a registration label keeps the registration unless it is too long', () => {
  assert.is(registrationLabelKey('web.main'), 'registrations.paasta.yelp.com/web.main');
  assert.is(registrationLabelKey('a'.repeat(70)), `registrations.paasta.yelp.com/${'a'.repeat(58)}-b5og`);
});

test('a safe name has letters, digits, dots, underscores and dashes only', () => {
  for (const name of ['web', 'A.b_c-9', '...', '.hidden', '-x']) assert.ok(isSafeName(name), name);
  for (const name of ['', '.', '..', 'a/b', 'a b', 'a\n', 'ä', 'a\u0000', '$(x)', 'a\\b']) {
    assert.not(isSafeName(name), JSON.stringify(name));
  }
});

test.run();
