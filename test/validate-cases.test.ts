/**
 * The validator on the cases that PaaSTA's own `validate` was run on. Each case is a small tree with one mistake (mostly);
 * the table says which finding names it and where. PaaSTA's verdicts stand in expected/validate.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseEtcServices } from '../cli/etc-services.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { GOLDEN } from './support/golden-tree.ts';
import { findingLine, validateTree } from './support/validate.ts';

interface Verdict {
  readonly accepted: boolean;
}

const EKS = 'widget/eks-pnw-prod.yaml';
const MESH = 'widget/smartstack.yaml';

/** The finding that names the mistake of each case; an empty list where there is none to name. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  '00-valid': [],
  '01-unknown-key': [`policy ${EKS}:6:3 unknown-key`],
  '02-cpus-zero': [`policy ${EKS}:5:9 bad-value`],
  '03-cpus-string': [`error ${EKS}:5:9 bad-value`],
  '04-mem-too-small': [`policy ${EKS}:5:8 bad-value`],
  '05-instances-negative': [`error ${EKS}:5:14 bad-value`],
  '06-instances-float': [`error ${EKS}:5:14 bad-value`],
  '07-bounce-method': [`error ${EKS}:6:18 bad-value`],
  '08-margin-above-one': [`error ${EKS}:6:25 bad-value`],
  '09-overprovision-too-low': [`policy ${EKS}:6:32 bad-value`],
  '10-env-number': [`policy ${EKS}:6:15 bad-value`],
  '11-env-name': [`error ${EKS}:6:9 bad-env-name`],
  '12-healthcheck-mode': [`error ${EKS}:6:21 bad-value`],
  '13-healthcheck-cmd-missing': [`error ${EKS}:6:21 missing-key`],
  '14-drain-http-without-params': [`policy ${EKS}:6:17 missing-key`],
  '15-role-and-account': [`policy ${EKS}:7:3 conflicting-key`],
  '16-bad-arn': [`policy ${EKS}:6:13 bad-value`],
  '17-persistent-size-string': [`error ${EKS}:7:34 bad-value`],
  '18-secret-volume-no-name': [`error ${EKS}:7:7 missing-key`],
  '19-cost-owner-upper': [`policy ${EKS}:6:15 bad-value`],
  '20-instance-upper': [`policy ${EKS}:1:1 bad-name`],
  '21-instance-dot': [`error ${EKS}:1:1 bad-part-name`, `error ${EKS}:1:1 bad-registration`],
  '22-instance-too-long': [`error ${EKS}:1:1 bad-label-value`, `policy ${EKS}:1:1 long-name`],
  '23-instance-underscores-too-long': [`error ${EKS}:1:1 bad-part-name`, `policy ${EKS}:1:1 long-name`],
  '24-empty-file': ['warning widget/deploy.yaml:2:11 unused-deploy-group', `policy ${EKS}:1:1 bad-value`],
  '25-not-a-mapping': [`error ${EKS}:1:1 not-a-map`],
  '26-yaml-syntax': [`error ${EKS}:2:9 yaml-syntax`],
  '27-deploy-group-unknown': [
    'warning widget/deploy.yaml:2:11 unused-deploy-group',
    `policy ${EKS}:5:17 unknown-deploy-group`,
  ],
  '28-min-above-max': [`error ${EKS}:4:18 min-above-max`],
  '29-autoscaling-type': [`error ${EKS}:6:32 bad-value`],
  '30-autoscaling-twice': [`policy ${EKS}:6:47 duplicate-provider`],
  '31-active-requests-setpoint': [`policy ${EKS}:6:59 bad-setpoint`],
  '32-promql-without-query': [`error ${EKS}:6:25 missing-key`],
  '33-bespoke-plus-other': [`policy ${EKS}:7:54 mixed-bespoke`],
  '34-cpu-without-comment': [`policy ${EKS}:3:9 cpu-setting`],
  '35-window-too-short': [`policy ${EKS}:6:72 bad-value`],
  '36-cpu-burst-no-comment': [`policy ${EKS}:6:18 cpu-burst`],
  '37-single-replica': [`policy ${EKS}:5:14 single-replica`],
  '37b-single-replica-not-deployed': [],
  '38-secret-missing': [`policy ${EKS}:6:12 missing-secret`],
  '39-secret-not-for-ecosystem': [
    `policy ${EKS}:6:12 missing-secret`,
    'warning widget/secrets/half.json unsigned-secret',
  ],
  '40-smartstack-port-low': [`policy ${MESH}:2:15 bad-value`],
  '41-smartstack-no-port': [`policy ${MESH}:1:1 missing-key`],
  '42-smartstack-port-taken': [`policy ${MESH}:2:15 taken-proxy-port`],
  '43-discover-not-advertised': [`error ${MESH}:3:13 smartstack-discover-not-advertised`],
  '44-advertise-unknown-type': [`error ${MESH}:3:23 smartstack-unknown-location-type`],
  '45-extra-advertise-narrower': [`policy ${MESH}:4:29 smartstack-extra-advertise-narrow`],
  '46-extra-advertise-unknown': [`error ${MESH}:4:5 smartstack-unknown-location-type`],
  '47-proxied-through-missing': [`error ${MESH}:3:20 smartstack-proxied-through`],
  '48-smartstack-unknown-key': [`policy ${MESH}:3:3 unlisted-key`],
  '49-healthcheck-uri-relative': [`policy ${MESH}:3:20 bad-value`],
  '50-smartstack-name-too-long': [`policy ${MESH}:1:1 long-name`, `policy ${MESH}:2:15 taken-proxy-port`],
  '51-no-monitoring': ['policy widget/monitoring.yaml missing-monitoring-file'],
  '52-service-no-link': ['policy widget/service.yaml:1:1 missing-key'],
  '53-service-git-url': [],
  '54-duplicate-instance': [`policy ${EKS}:1:1 duplicate-instance`],
  '55-registration-no-dot': [`error ${EKS}:6:19 bad-registration`],
  '56-registrations-duplicate': [`policy ${EKS}:6:32 duplicate-item`],
  '57-alert-after-format': [`policy ${EKS}:6:29 bad-value`],
  '58-alert-after-two-units': [`policy ${EKS}:6:29 bad-value`],
  '59-dependencies-reference': [`policy ${EKS}:6:27 unknown-dependencies`],
  '60-pool-limit': [`policy ${EKS}:5:9 pool-cpu-limit`],
  '61-cmd-and-args': [`error ${EKS}:7:9 cmd-and-args`],
  '62-anti-affinity-preferred': [],
  '63-privileged': [`policy ${EKS}:6:3 unlisted-key`],
  '64-eks-only-key': ['policy widget/kubernetes-pnw-stage.yaml:3:3 eks-only-key'],
  '65-template-anything': [],
  '66-unknown-cluster-file': ['policy widget/eks-nowhere.yaml unknown-cluster'],
  '67-monitoring-typo': [
    'policy widget/monitoring.yaml:1:1 missing-key',
    'warning widget/monitoring.yaml:1:1 unknown-key',
  ],
  '68-deploy-typo': ['policy widget/deploy.yaml:3:5 unknown-key'],
  '69-autotuned-unknown': ['policy widget/autotuned_defaults/kubernetes-pnw-prod.yaml:2:3 unknown-key'],
  '70-instance-named-on': [`error ${EKS}:1:1 non-string-instance`],
  '71-monitoring-number-team': [`error ${EKS}:6:22 bad-value`],
};

/** Verdicts that differ from PaaSTA's (a finding of class error or policy is a refusal), with the reason. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  '53-service-git-url': "PaaSTA's pattern allows repositories of one company's host only; here any git URL is one",
  '61-cmd-and-args': 'PaaSTA accepts it and then cannot render the instance',
  '67-monitoring-typo': 'PaaSTA never looks into monitoring.yaml; without a team nobody is alerted',
  '68-deploy-typo': 'PaaSTA never checks the keys of deploy.yaml, so a misspelt one does nothing',
};

/** Accepted by PaaSTA's validation, and not rendered by it. */
const NOT_RENDERED = ['61-cmd-and-args', '62-anti-affinity-preferred'];

const CASES = join(GOLDEN, 'validate/cases');
const names = readdirSync(CASES).sort();
const etcServices = parseEtcServices(readFileSync(join(GOLDEN, 'validate/etc-services'), 'utf8'));
const system = createDiskReader(join(GOLDEN, 'etc-paasta'));
const SHARED = ['location_types.json', 'location_mapping.json'];

/** A case's tree beside the files at the top of the golden one. */
function treeOf(name: string): TreeReader {
  const own = createDiskReader(join(CASES, name));
  const company = createDiskReader(join(GOLDEN, 'soa-configs'));
  return { ...own, read: (path) => (SHARED.includes(path) ? company : own).read(path) };
}

const verdictOf = (name: string): Verdict =>
  JSON.parse(readFileSync(join(GOLDEN, 'expected/validate', `${name}.json`), 'utf8')) as Verdict;

async function findingsOf(name: string, strict: boolean): Promise<readonly Diagnostic[]> {
  const found = await validateTree(treeOf(name), system, { strict, checks: { assumeDeployed: true, etcServices } });
  return found.filter(({ root, severity }) => root === 'soa' && severity !== 'info');
}

test('the table has every case', () => {
  assert.equal(Object.keys(EXPECTED).sort(), names);
});

for (const name of names) {
  test(`${name}: the mistake is named at its place, and nothing else`, async () => {
    assert.equal((await findingsOf(name, false)).map(findingLine), EXPECTED[name]);
  });
}

test('strictly, nothing that PaaSTA rejects is accepted, the named differences aside', async () => {
  const differing: string[] = [];
  for (const name of names) {
    const isRefused = (await findingsOf(name, true)).some(({ severity }) => severity === 'error');
    if (isRefused === verdictOf(name).accepted) differing.push(name);
  }
  assert.equal(differing, Object.keys(DIFFERENCES));
});

test('what PaaSTA accepts and renders has no error', async () => {
  const accepted = names.filter((name) => verdictOf(name).accepted && !NOT_RENDERED.includes(name));
  assert.ok(accepted.length > 4);
  for (const name of accepted) {
    const errors = (await findingsOf(name, false)).filter(({ severity }) => severity === 'error');
    assert.equal(errors.map(findingLine), [], name);
  }
});

test('the golden company has no error, but for what PaaSTA rejects itself', async () => {
  const found = await validateTree(createDiskReader(join(GOLDEN, 'soa-configs')), system);
  assert.equal(found.filter(({ severity }) => severity === 'error').map(findingLine), []);
  const refused = new Set(found.filter(({ policy }) => policy === true).map(({ service }) => service));
  assert.equal([...refused], GOLDEN_POLICY);
});

/** Services of the golden company with a policy finding: PaaSTA rejects pulse; storefront's deploy.yaml has a key that nothing reads. */
const GOLDEN_POLICY: readonly string[] = ['pulse', 'storefront'];

test.run();
