import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createForeignCache, listServices, loadService, loadSystemConfig } from '../compiler/load/index.ts';
import { duplicateInstances, workloadInstances } from '../compiler/model/instances.ts';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { GOLDEN, goldenReader } from './support/golden-tree.ts';

const system = loadSystemConfig(goldenReader('etc-paasta'));
const reader = goldenReader('soa-configs');
const options = { clusters: new Set(system.universe), foreign: createForeignCache() };
const company: readonly ServiceSources[] = listServices(reader).services.map((s) => loadService(reader, s, options));

function golden(path: string): unknown {
  return JSON.parse(readFileSync(join(GOLDEN, path), 'utf8'));
}

for (const { cluster } of system.clusters) {
  test(`PaaSTA lists the same instances in ${cluster}, by type`, () => {
    const expected = golden(`expected/${cluster}/_services.json`) as Record<string, string[]>;
    const files = company.flatMap((s) => s.instanceFiles.map((file) => ({ service: s.service, file })));
    const here = files.filter(({ file }) => file.cluster === cluster);
    const all = here.flatMap(({ service, file }) =>
      file.instances.map((i) => ({ type: file.type, id: `${service}.${i}` })),
    );
    assert.equal(all.map(({ id }) => id).sort(), expected['all']);
    for (const [type, ids] of Object.entries(expected).filter(([type]) => type !== 'all')) {
      assert.equal(
        all
          .filter((i) => i.type === type)
          .map(({ id }) => id)
          .sort(),
        ids,
        type,
      );
    }
  });
}

test('the example company loads without an error', () => {
  const findings = company.flatMap((s) => s.diagnostics);
  assert.equal(
    findings.filter((d) => d.severity === 'error' || d.policy),
    [],
  );
});

test('its deployments.json files hold what PaaSTA generated', () => {
  for (const { service, deployments } of company) {
    const path = `expected/deployments/${service}.json`;
    if (!existsSync(join(GOLDEN, path))) continue;
    const { v2 } = golden(path) as { v2: { deployments: Record<string, { git_sha: string }>; controls: object } };
    assert.is(deployments.kind, 'read', service);
    if (deployments.kind !== 'read') continue;
    const shas = Object.entries(deployments.deployments).map(([group, version]) => [group, version?.gitSha]);
    assert.equal(
      shas,
      Object.entries(v2.deployments).map(([group, version]) => [group, version.git_sha]),
      service,
    );
    assert.equal(Object.keys(deployments.controls), Object.keys(v2.controls), service);
  }
});

test('no long-running instance of the company is defined twice', () => {
  for (const { instanceFiles } of company) assert.equal(duplicateInstances(instanceFiles), []);
});

test('a name in both kubernetes and eks is the one of kubernetes, and is told', () => {
  const double = goldenReader('soa-configs', {
    'docs-site/eks-pnw-prod.yaml': 'main: {cpus: 1}\nother: {cpus: 1}\n',
    'docs-site/adhoc-pnw-prod.yaml': 'other: {cpus: 1}\n',
  });
  const { instanceFiles } = loadService(double, 'docs-site', { ...options, foreign: createForeignCache() });
  assert.equal(
    workloadInstances(instanceFiles, 'pnw-prod').map((i) => [i.instance, i.type]),
    [
      ['main', 'kubernetes'],
      ['other', 'eks'],
    ],
  );
  const duplicates = duplicateInstances(instanceFiles);
  assert.equal(
    duplicates.map((d) => [d.cluster, d.instance, d.files.map((f) => f.type)]),
    [['pnw-prod', 'main', ['kubernetes', 'eks']]],
  );
  const overAll = duplicateInstances(instanceFiles, ['adhoc', 'kubernetes', 'eks']);
  assert.equal(
    overAll.map((d) => [d.instance, d.files.map((f) => f.type)]),
    [
      ['other', ['adhoc', 'eks']],
      ['main', ['kubernetes', 'eks']],
    ],
  );
});

test.run();
