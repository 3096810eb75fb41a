/** Sensu's files through whole runs: what is kept, what goes, what a narrowed run leaves alone. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { checkCompany, CLUSTER } from './support/check-company.ts';
import { readTree } from './support/run-cli.ts';
import { HANDLERS, sensuDocuments } from './support/sensu-fleet.ts';
import { sensuProblems } from './support/sensu-rules.ts';

const CHECKS = `sensu/${CLUSTER}/shop.yaml`;
const TEAMS = { ops: { slack_channels: '#ops', pagerduty_api_key: 'k' }, web: { project: 'WEB' } };
const FILE = `soa/shop/kubernetes-${CLUSTER}.yaml`;

async function inCompany(
  play: (folder: string, synth: (...args: string[]) => Promise<Record<string, string>>) => Promise<void>,
  sensu: object = {},
  instances = 'main: {}\nmore: {}\nthird: {}\n',
): Promise<void> {
  const files = { 'soa/other/service.yaml': '{}\n', 'etc/team_data.json': JSON.stringify({ team_data: TEAMS }) };
  const company = checkCompany(instances, { sensu }, files);
  const { folder } = company;
  try {
    await play(folder, async (...args) => {
      await callCli(['synth', ...args], { cwd: folder });
      return readTree(join(folder, 'dist'));
    });
  } finally {
    company.remove();
  }
}

const named = (tree: Record<string, string>): readonly string[] =>
  [...(tree[CHECKS] ?? '').matchAll(/name: check_paasta_services_replication\.shop\.(\w+)/g)].map((match) => match[1]!);

for (const delivery of ['files', 'configmap']) {
  test(`delivered as ${delivery}: Sensu takes every document of a run, and Kubernetes every one under clusters/`, async () => {
    const sensu = { delivery, team_data: 'team_data.json', handlers: HANDLERS };
    await inCompany(
      async (_, synth) => {
        const files = Object.entries(await synth()).filter(([path]) => path.endsWith('.yaml'));
        const inClusters = files.filter(
          ([path]) => path.startsWith('clusters/') && !path.endsWith('/kustomization.yaml'),
        );
        const objects = inClusters.flatMap(([, text]) => sensuDocuments(text) as { kind?: string; data?: object }[]);
        assert.ok(objects.every(({ kind }) => typeof kind === 'string'));
        const inMaps = objects.flatMap(({ data = {} }) => Object.values(data) as string[]);
        const besides = files.flatMap(([path, text]) => (path.startsWith('sensu/') ? [text] : []));
        const documents = (delivery === 'files' ? besides : inMaps).flatMap(sensuDocuments);
        assert.equal(sensuProblems(documents), []);
        assert.is(documents.length, 3 + 3 + 2 + 3, 'checks, handlers of ops and of web, filters');
      },
      sensu,
      'main: {}\nmore: {}\nthird: {monitoring: {team: web}}\n',
    );
  });
}

test('the same input twice changes nothing', async () => {
  await inCompany(async (_, synth) => {
    const first = await synth();
    assert.equal(named(first), ['main', 'more', 'third']);
    assert.ok(first[`sensu/${CLUSTER}/_filters.yaml`]);
    assert.equal(await synth(), first);
  });
});

test('the check of an instance that an error holds back stays; that of one that is gone goes', async () => {
  await inCompany(async (folder, synth) => {
    const first = await synth();
    writeFileSync(join(folder, FILE), 'main: {}\nmore: {instances: many}\n');
    const second = await synth();
    assert.equal(named(second), ['main', 'more']);
    const checkOf = (tree: Record<string, string>) => tree[CHECKS]!.split('---\n')[1];
    assert.is(checkOf(second), checkOf(first));
  });
});

test('a run about one instance leaves the checks alone; one about the service writes them', async () => {
  await inCompany(async (folder, synth) => {
    const first = await synth();
    const monitoring = join(folder, 'soa/shop/monitoring.yaml');
    writeFileSync(monitoring, 'team: other\n');
    assert.is((await synth('-s', 'shop', '-i', 'main'))[CHECKS], first[CHECKS]);
    assert.match((await synth('-s', 'shop'))[CHECKS]!, 'team: other');
  });
});

test('the file goes with the last team, and with the service', async () => {
  await inCompany(async (folder, synth) => {
    await synth();
    writeFileSync(join(folder, 'soa/shop/monitoring.yaml'), 'team: ""\n');
    const without = await synth();
    assert.equal(
      Object.keys(without).filter((path) => path.startsWith('sensu/')),
      [],
    );
    writeFileSync(join(folder, 'soa/shop/monitoring.yaml'), 'team: ops\n');
    await synth();
    rmSync(join(folder, 'soa/shop'), { recursive: true });
    const gone = await synth('--force-prune');
    assert.equal(
      Object.keys(gone).filter((path) => path.startsWith('sensu/')),
      [],
    );
  });
});

test('deployments.json that cannot be read keeps the checks as they are', async () => {
  await inCompany(async (folder, synth) => {
    const first = await synth();
    writeFileSync(join(folder, 'soa/shop/deployments.json'), '{');
    assert.is((await synth())[CHECKS], first[CHECKS]);
    assert.is(readFileSync(join(folder, 'dist', CHECKS), 'utf8'), first[CHECKS]);
  });
});

test.run();
