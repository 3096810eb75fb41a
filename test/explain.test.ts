/** The verbs `explain` and `dump` as people run them. */
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli, type CalledCli } from './support/call-cli.ts';

const INSTANCES = `_base: &base
  cpus: 1
  mem: 512
_web: &web
  <<: *base
  cpus: 2
main:
  <<: *web
  mem: 1024
  env: {MODE: fast, DB_PASSWORD: hunter22}
  args: [--token, hunter44]
  monitoring: {page: false}
  max_instances: 4
  min_instances: 2
`;
const FILES: Readonly<Record<string, string>> = {
  'soa/shop/kubernetes-prod.yaml': INSTANCES,
  'soa/shop/autotuned_defaults/kubernetes-prod.yaml': 'main:\n  mem: 700\n  disk: 2048\n',
  'soa/shop/service.yaml': 'description: x\nenv: {REGION: west}\n',
  'soa/shop/monitoring.yaml': 'team: web\npage: true\n',
  'soa/shop/deployments.json': JSON.stringify({
    v2: {
      deployments: { 'prod.main': { docker_image: 'services-shop:paasta-abcdef1', git_sha: 'abcdef1' } },
      controls: { 'shop:prod.main': { desired_state: 'start', force_bounce: null } },
    },
  }),
  'etc/system.json': JSON.stringify({
    cluster: 'prod',
    clusters: ['prod'],
    docker_registry: 'registry.example.com',
    volumes: [],
    auto_config_instance_types_enabled: { kubernetes: true },
    api_token: 'hunter33',
    sensu: { team_data: 'teams.json', handlers: { slack: { command: 'tell-slack' } } },
  }),
  'etc/teams.json': JSON.stringify({ team_data: { web: { slack_channels: '#hunter55' } } }),
  'paasta-gitops.yaml': 'soa_dir: soa\nsystem_config_dir: etc\n',
};

const folder = mkdtempSync(join(tmpdir(), 'explain-'));
for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
test.after(() => rmSync(folder, { recursive: true }));

const call = (...args: string[]): Promise<CalledCli> => callCli(args, { cwd: folder });
const key = (...args: string[]): Promise<CalledCli> => call('explain', '-s', 'shop', '-i', 'main', ...args);
const field = (...args: string[]): Promise<CalledCli> => call('explain', '--object', ...args);

test('a key that a template sets names the template and the weaker one that lost', async () => {
  const { status, stdout } = await key('cpus');
  assert.is(status, 0);
  assert.is(
    stdout,
    [
      'cpus of shop.main in prod: 2',
      '  set     soa/shop/kubernetes-prod.yaml:6:9  _web.cpus: 2  (template, named at 8:3)',
      '',
    ].join('\n'),
  );
});

test('an own key wins over its template and over autotuned defaults', async () => {
  const { stdout } = await key('mem', '-c', 'prod');
  assert.equal(stdout.split('\n').slice(0, 4), [
    'mem of shop.main in prod: 1024',
    '  set     soa/shop/kubernetes-prod.yaml:9:8                     main.mem: 1024',
    '  lost    soa/shop/kubernetes-prod.yaml:3:8                     _base.mem: 512  (template, named at 5:3)',
    '  lost    soa/shop/autotuned_defaults/kubernetes-prod.yaml:2:8  main.mem: 700',
  ]);
});

test('maps of several layers are merged, and a key of them is followed into its file', async () => {
  const merged = await key('env');
  assert.match(merged.stdout, /^ {2}merged {2}soa\/shop\/kubernetes-prod\.yaml:10:8 /m);
  assert.match(merged.stdout, /^ {2}merged {2}soa\/shop\/service\.yaml:2:6 /m);
  const page = await key('monitoring.page');
  assert.match(
    page.stdout,
    /set .*kubernetes-prod\.yaml:12:22 +main\.monitoring\.page: false\n {2}lost .*monitoring\.yaml:2:7 +page: true/,
  );
});

test('a key that nothing sets shows its default and where it comes from', async () => {
  const { status, stdout } = await key('healthcheck_uri');
  assert.is(status, 0);
  assert.match((await key('gpus')).stdout, /^gpus of shop\.main in prod: not set\n {2}default PaaSTA: gpus unset$/m);
  assert.match(stdout, /^healthcheck_uri of shop\.main in prod: not set/);
});

test('a misspelt key, instance or field is answered with the nearest right one', async () => {
  const misspelt = await key('cpu');
  assert.is(misspelt.status, 1);
  assert.match(misspelt.stderr, /did you mean "cpus"\?/);
  assert.match((await key('monitorin.team')).stderr, /did you mean "monitoring\.team"\?/);
  const instance = await call('explain', '-s', 'shop', '-i', 'mian', 'cpus');
  assert.is(instance.status, 1);
  assert.match(instance.stderr, /did you mean "main"\?/);
  const object = await field('Deployment/shop-mian');
  assert.is(object.status, 1);
  assert.match(object.stderr, /did you mean "Deployment\/shop-main"\?/);
  const path = await field('Deployment/shop-main', 'spec.revisionHistoryLimits');
  assert.is(path.status, 1);
  assert.match(path.stderr, /did you mean "spec\.revisionHistoryLimit"/);
  assert.is((await call('explain', 'cpus')).status, 2);
});

test('a field leads back to the line, the default and the code that make it', async () => {
  const { status, stdout } = await field(
    'Deployment/shop-main',
    'spec.template.spec.containers[name=main].resources.limits.cpu',
  );
  assert.is(status, 0);
  assert.match(stdout, /resources\.limits\.cpu = "3"\n/);
  assert.match(stdout, /^ {2}from +soa\/shop\/kubernetes-prod\.yaml:6:9 +_web\.cpus: 2$/m);
  assert.match(stdout, /^ {2}from +soa\/shop\/kubernetes-prod\.yaml +default, PaaSTA: cpu_burst_add 1$/m);
  assert.match(stdout, /^ {2}rule +constructs\/_resources\.ts/m);
});

test('system keys, versions and names are causes too, and an item is found by place or name', async () => {
  const byPlace = await field('Deployment/paastasvc-shop/shop-main', 'spec.template.spec.containers[0].image');
  const byName = await field('deployment/shop-main', 'spec.template.spec.containers[main].image');
  assert.is(byPlace.stdout, byName.stdout);
  assert.match(byPlace.stdout, /from +etc\/system\.json:1:\d+ +docker_registry: "registry\.example\.com"/);
  assert.match(byPlace.stdout, /from +soa\/shop\/deployments\.json:1:\d+ +v2\.deployments\.prod\.main\.docker_image/);
  const name = await field('Deployment/shop-main', 'metadata.name');
  assert.match(name.stdout, /from +soa\/shop\/kubernetes-prod\.yaml:7:1 +the name of the instance/);
  assert.match(name.stdout, /from +soa\/shop\/ +the name of the service/);
});

test('an object says what it is there for, and what several services share is explained too', async () => {
  const autoscaler = await field('HorizontalPodAutoscaler/shop-main', 'spec.maxReplicas');
  assert.match(
    autoscaler.stdout,
    /^HorizontalPodAutoscaler .*\n(?: {2}needs .*\n)* {2}needs .*main\.max_instances: 4\n/,
  );
  const shared = await field('LimitRange/limit-mem-cpu-disk-per-container', 'metadata.namespace', '-s', 'shop');
  assert.is(shared.status, 0);
  assert.match(shared.stdout, /the name of the service/);
});

test('a check of Sensu is an object too, and the data of teams stay hidden', async () => {
  const { status, stdout } = await field('CheckConfig/check_paasta_services_replication.shop.main');
  assert.is(status, 0);
  assert.match(stdout, /labels\.page = "false"\n {2}from +soa\/shop\/kubernetes-prod\.yaml:12:22 /);
  assert.match(
    stdout,
    /annotations\.realert_every = "-1"\n {2}from .* default, PaaSTA: monitoring\.realert_every -1\n/,
  );
  assert.not.match(stdout, 'hunter');
});

test('as JSON an explanation has the same content, and secrets are hidden everywhere', async () => {
  const { stdout } = await field('Deployment/shop-main', '-o', 'json');
  const told = JSON.parse(stdout) as { fields: { path: string; causes: unknown[]; rules: string[] }[] };
  assert.ok(told.fields.length > 80);
  assert.ok(told.fields.every(({ rules }) => rules.length > 0));
  const all = [
    stdout,
    (await field('Deployment/shop-main')).stdout,
    (await key('env')).stdout,
    (await key('env.DB_PASSWORD')).stdout,
  ];
  for (const text of all) assert.not.match(text, 'hunter');
  assert.match(all[3]!, /<hidden #1>/);
});

test('dump prints what each pass hands on, without secrets', async () => {
  const stages: Record<string, unknown> = {};
  for (const stage of ['load', 'resolve', 'render']) {
    const { status, stdout, stderr } = await call('dump', '--stage', stage, '-s', 'shop', '-i', 'main', '-c', 'prod');
    assert.equal([status, stderr], [0, '']);
    assert.not.match(stdout, 'hunter');
    stages[stage] = (JSON.parse(stdout) as Record<string, unknown>)['prod'];
  }
  const load = stages['load'] as { instanceFiles: { document: { value: Record<string, unknown> } }[] };
  assert.equal(Object.keys(load.instanceFiles[0]!.document.value), ['_base', '_web', 'main']);
  const resolved = stages['resolve'] as { instances: { origins: Record<string, unknown>; name: string }[] };
  assert.is(resolved.instances[0]!.name, 'shop-main');
  assert.ok(Object.keys(resolved.instances[0]!.origins).length > 60);
  const rendered = stages['render'] as Record<string, { kind: string }[]>;
  assert.ok(rendered['main']!.some(({ kind }) => kind === 'Deployment'));
  assert.is((await call('dump', '-s', 'shop')).status, 2);
});

test('synth writes what made every instance, and the same manifests as without', async () => {
  const render = async (out: string, ...extra: string[]): Promise<string> => {
    const { status } = await call('synth', '--out', out, ...extra);
    assert.is(status, 0);
    return readFileSync(join(folder, out, 'clusters/prod/paastasvc-shop/shop-main.yaml'), 'utf8');
  };
  assert.is(await render('traced', '--provenance', 'made.jsonl'), await render('plain'));
  const lines = readFileSync(join(folder, 'made.jsonl'), 'utf8').trimEnd().split('\n');
  assert.is(lines.length, 1);
  const made = JSON.parse(lines[0]!) as { instance: string; sources: string[]; members: Record<string, number[]> };
  assert.is(made.instance, 'main');
  const sourcesOf = (member: string): readonly string[] => made.members[member]!.map((at) => made.sources[at]!);
  assert.ok(sourcesOf('pod.main.env.PAASTA_RESOURCE_CPUS').includes('shop/kubernetes-prod.yaml:6:9 main.cpus'));
  assert.ok(sourcesOf('pod.main.ports').includes('default PaaSTA: container_port 8888'));
});

test('a file that cannot be read is named in place of an instance that is not known for it', async () => {
  const file = join(folder, 'soa/shop/kubernetes-prod.yaml');
  writeFileSync(file, `${INSTANCES}broken: [\n`);
  try {
    const { status, stdout, stderr } = await key('cpus');
    assert.equal([status, stdout], [1, '']);
    assert.match(stderr, /^soa\/shop\/kubernetes-prod\.yaml:\d+:\d+: error: .*\[yaml-syntax\]\n/);
    assert.not.match(stderr, 'no instance');
  } finally {
    writeFileSync(file, INSTANCES);
  }
});

test('an empty key is a wrong call', async () => {
  for (const empty of ['', '.', '[]']) {
    const { status, stderr } = await key(empty);
    assert.is(status, 2);
    assert.match(stderr, 'the KEY is empty');
  }
});

test.run();
