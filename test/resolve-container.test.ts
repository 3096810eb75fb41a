import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instanceWith } from './support/instance.ts';
import { findingsOfMain, resolveMain } from './support/sources.ts';

/** Command and arguments. */
function commandLine(keys: string): readonly unknown[] {
  const { command, args } = resolveMain(keys).pod.main;
  return [command, args];
}

for (const [keys, command, args] of [
  ['', null, []],
  ['cmd: run --fast', ['sh', '-c', 'run --fast'], null],
  ['cmd: [run, --fast]', ['run', '--fast'], null],
  ['cmd: ""', null, []],
  ['cmd: []', null, []],
  ['cmd: null\nargs: [a]', null, ['a']],
  ['cmd: ""\nargs: [a]', null, ['a']],
  ['args: []', null, []],
  ['args: null', null, null],
  ['cmd: run\nargs: null', ['sh', '-c', 'run'], null],
] as const) {
  test(`command and arguments of {${keys.replace('\n', ', ')}}`, () => {
    assert.equal(commandLine(keys), [command, args]);
  });
}

test('cmd together with args is an error at args, even when they are empty', () => {
  for (const args of ['[a]', '[]']) {
    assert.equal(findingsOfMain(`cmd: run\nargs: ${args}`), [
      'error shop/kubernetes-norcal-prod.yaml:3:9 cmd-and-args: args is set beside cmd, and only one of them may be',
    ]);
  }
});

test('cmd and args of other types are errors', () => {
  assert.match(findingsOfMain('cmd: 5')[0]!, 'cmd is 5, expected a list of strings');
  assert.match(findingsOfMain('cmd: [5]')[0]!, 'cmd[0] is 5, expected a string');
  assert.match(findingsOfMain('args: a')[0]!, 'args is "a", expected a list of strings');
});

test('the container port is 8888; prometheus_port follows when it is another one', () => {
  const ports = (keys: string): readonly number[] => resolveMain(keys).pod.main.ports;
  assert.equal(ports(''), [8888]);
  assert.equal(ports('container_port: 80\nprometheus_port: 9090'), [80, 9090]);
  assert.equal(ports('prometheus_port: 8888'), [8888]);
  assert.equal(ports('prometheus_port: 0'), [8888]);
  assert.match(findingsOfMain('prometheus_port: 65536')[0]!, 'a whole number from 0 to 65535');
});

const FIXED =
  'SETPCAP MKNOD AUDIT_WRITE CHOWN NET_RAW DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID NET_BIND_SERVICE SYS_CHROOT SETFCAP';

test('capabilities are dropped in PaaSTA’s order, sorted as soon as cap_add is a list', () => {
  const capabilities = (keys: string) => resolveMain(keys).pod.main.capabilities;
  assert.equal(capabilities(''), { add: null, drop: FIXED.split(' ') });
  assert.equal(capabilities('cap_add: null'), { add: null, drop: FIXED.split(' ') });
  assert.equal(capabilities('cap_add: []'), { add: [], drop: FIXED.split(' ').sort() });
  const { add, drop } = capabilities('cap_add: [SYS_PTRACE, CHOWN]');
  assert.equal([add, drop.includes('CHOWN'), drop.length], [['SYS_PTRACE', 'CHOWN'], false, 13]);
});

test('privileged is rendered when the key is there', () => {
  const isPrivileged = (keys: string): boolean | null => resolveMain(keys).pod.main.isPrivileged;
  assert.equal(
    [isPrivileged(''), isPrivileged('privileged: false'), isPrivileged('privileged: true')],
    [null, false, true],
  );
});

test('fs_group counts with 0; its policy only together with it', () => {
  const fsGroup = (keys: string) => resolveMain(keys).pod.fsGroup;
  assert.is(fsGroup('fs_group_change_policy: Always'), null);
  assert.equal(fsGroup('fs_group: 0'), { id: 0, changePolicy: null });
  assert.equal(fsGroup('fs_group: 7\nfs_group_change_policy: OnRootMismatch'), {
    id: 7,
    changePolicy: 'OnRootMismatch',
  });
  assert.match(findingsOfMain('fs_group: 7\nfs_group_change_policy: Sometimes')[0]!, 'one of Always, OnRootMismatch');
});

const ROLE = 'arn:aws:iam::123456789012:role/My_Role.x';
const ACCOUNT = 'paasta--arn-aws-iam-123456789012-role-my-role-x';

test('an iam_role makes a ServiceAccount, which the pod uses, and a group that may read its token', () => {
  const { serviceAccount, pod } = resolveMain(`iam_role: ${ROLE}\nservice_account_name: other`);
  assert.equal(serviceAccount, { name: ACCOUNT, roleArn: ROLE });
  assert.equal([pod.serviceAccountName, pod.marks.iamRole], [ACCOUNT, '']);
  assert.equal(pod.fsGroup, { id: 65534, changePolicy: null });
  assert.equal(resolveMain(`iam_role: ${ROLE}\nfs_group: 1`).pod.fsGroup!.id, 1);
  const policy = resolveMain(`iam_role: ${ROLE}\nfs_group_change_policy: Always`).pod.fsGroup;
  assert.equal(policy, { id: 65534, changePolicy: 'Always' });
});

test('with another provider the role is an annotation, and the pod keeps its account', () => {
  const { serviceAccount, pod } = resolveMain(`iam_role: ${ROLE}\niam_role_provider: kiam\nservice_account_name: own`);
  assert.equal([serviceAccount!.name, pod.serviceAccountName], [ACCOUNT, 'own']);
  assert.equal([pod.marks.iamRole, pod.fsGroup], [ROLE, null]);
});

test('without a role there is no ServiceAccount; service_account_name makes none', () => {
  assert.is(resolveMain("service_account_name: ''").pod.serviceAccountName, null, 'takes back a value of service.yaml');
  const { serviceAccount, pod } = resolveMain('service_account_name: own');
  assert.equal([serviceAccount, pod.serviceAccountName, pod.marks.iamRole], [null, 'own', '']);
  assert.is(resolveMain('', { system: { labels: { iam_role_annotation: false } } }).pod.marks.iamRole, null);
});

test('a role or account that gives an illegal name is an error', () => {
  assert.match(
    findingsOfMain('iam_role: arn:aws:iam::1:role/x-')[0]!,
    'bad-object-name: the ServiceAccount would be named',
  );
  assert.match(findingsOfMain('service_account_name: My_Account')[0]!, 'bad-object-name');
});

test('marks are off unless set, as in the plain instance of other tests', () => {
  assert.equal(resolveMain('').pod.marks, instanceWith().pod.marks);
});

test('marks follow their keys', () => {
  const keys = [
    'pool: web',
    'routable_ip: true',
    'prometheus_shard: s1',
    'prometheus_path: /m',
    'prometheus_port: 9090',
    'is_istio_sidecar_injection_enabled: true',
    'enable_aws_lb_readiness_gate: true',
    'cost_owner: web',
  ].join('\n');
  const system = { kubernetes_add_registration_labels: true, enable_cost_owner_label: true };
  const { marks } = resolveMain(keys, { system }).pod;
  assert.equal([marks.pool, marks.prometheusShard, marks.prometheusPath, marks.costOwner], ['web', 's1', '/m', 'web']);
  const { isRoutableIp, hasRegistrationLabels, isIstioInjected, hasAwsLbReadinessGate } = marks;
  assert.equal([isRoutableIp, hasRegistrationLabels, isIstioInjected, hasAwsLbReadinessGate], [true, true, true, true]);
  assert.is(marks.prometheusPort, 9090);
  assert.is(resolveMain(keys).pod.marks.costOwner, null);
});

test('an empty prometheus_shard or _path is none, and port 0 is no port but asks for an address', () => {
  const { marks } = resolveMain('prometheus_shard: ""\nprometheus_path: ""\nprometheus_port: 0').pod;
  assert.equal([marks.prometheusShard, marks.prometheusPath, marks.prometheusPort], [null, null, null]);
  assert.is(marks.isRoutableIp, true);
});

for (const [type, isRoutableIp, usesUwsgi, scrapesPiscina, scrapesGunicorn] of [
  ['uwsgi', true, true, false, false],
  ['uwsgi-v2', false, false, false, false],
  ['gunicorn', true, false, false, true],
  ['worker-load', true, false, false, true],
  ['piscina', false, false, true, false],
  ['cpu', false, false, false, false],
] as const) {
  test(`a ${type} provider marks an autoscaled pod, and only uwsgi one that is not`, () => {
    const keys = `autoscaling: {metrics_providers: [{type: ${type}}]}`;
    const { marks } = resolveMain(`max_instances: 3\n${keys}`).pod;
    assert.equal(
      [marks.isRoutableIp, marks.usesUwsgi, marks.scrapesPiscina, marks.scrapesGunicorn],
      [isRoutableIp, usesUwsgi, scrapesPiscina, scrapesGunicorn],
    );
    const fixed = resolveMain(keys).pod.marks;
    assert.equal(
      [fixed.isRoutableIp, fixed.usesUwsgi, fixed.scrapesPiscina, fixed.scrapesGunicorn],
      [false, usesUwsgi, false, false],
    );
  });
}

for (const keys of ['prometheus_shard: a b', 'pool: a b', `pool: ${'x'.repeat(64)}`]) {
  test(`${keys} cannot be a label`, () => assert.match(findingsOfMain(keys)[0]!, 'bad-label-value'));
}

test('pod_defaults pass through under Kubernetes’ names', () => {
  const system = { pod_defaults: { dns_policy: 'Default', tolerations: [{ key: 'a', operator: 'Exists' }] } };
  assert.equal(resolveMain('', { system }).pod.defaults, {
    dnsPolicy: 'Default',
    tolerations: [{ key: 'a', operator: 'Exists' }],
  });
});

test.run();
