/**
 * `x-class` against the facts: what PaaSTA 1.64.0 and a Kubernetes 1.36 API server made of one value in one key, recorded in
 * fixtures/schemas/paasta-verdicts.json. A letter per value: `.` rendered and accepted, `F` not rendered, `A` refused by the API server;
 * the worse one of an instance in SmartStack and one outside.
 */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { constraintClass } from '../schemas/constraint-class.ts';
import { readSchemas } from '../schemas/schema-files.ts';
import type { Validator } from '../schemas/validator.ts';
import { createAjv } from '../schemas/vocabulary.ts';

interface Verdicts {
  readonly kinds: Readonly<Record<string, unknown>>;
  readonly keys: Readonly<Record<string, string>>;
}
interface Recorded extends Verdicts {
  readonly instances: readonly (readonly [Readonly<Record<string, unknown>>, string])[];
  readonly smartstack: Verdicts & { readonly files: readonly (readonly [unknown, string])[] };
}
interface Case {
  readonly label: string;
  readonly key: string;
  readonly value: unknown;
  readonly kind: 'kubernetes' | 'smartstack';
  readonly document: unknown;
  readonly verdict: string;
}

const recorded = JSON.parse(
  readFileSync(new URL('fixtures/schemas/paasta-verdicts.json', import.meta.url), 'utf8'),
) as Recorded;
const ajv = createAjv();
for (const schema of readSchemas().values()) ajv.addSchema(schema);

const instanceOf = (settings: object): unknown => ({ main: { deploy_group: 'prod', instances: 2, ...settings } });
const namespaceOf = (settings: object): unknown => ({ main: { proxy_port: 20900, ...settings } });
const cases: readonly Case[] = [
  ...perKey(recorded, 'kubernetes', instanceOf),
  ...recorded.instances.map(([settings, verdict]) => whole('kubernetes', settings, instanceOf(settings), verdict)),
  ...perKey(recorded.smartstack, 'smartstack', namespaceOf),
  ...recorded.smartstack.files.map(([file, verdict]) => whole('smartstack', file, file, verdict)),
];

function perKey(verdicts: Verdicts, kind: Case['kind'], document: (settings: object) => unknown): readonly Case[] {
  return Object.entries(verdicts.keys).flatMap(([key, letters]) =>
    Object.entries(verdicts.kinds).map(([name, value], index) => ({
      label: `${kind} ${key}=${name}`,
      key,
      value,
      kind,
      document: document({ [key]: value }),
      verdict: letters[index]!,
    })),
  );
}

function whole(kind: Case['kind'], settings: unknown, document: unknown, verdict: string): Case {
  return { label: `${kind} ${JSON.stringify(settings)}`, key: '', value: undefined, kind, document, verdict };
}

function isError({ kind, document }: Case): boolean {
  const validate = ajv.getSchema(`${kind}.schema.json`) as Validator;
  validate(document);
  return (validate.errors ?? []).some((error) => constraintClass(error) === 'error');
}

/** PaaSTA tests these only for truth, or takes a boolean for a number: such a value is a mistake, and an error here. */
const isAbsurd = (value: unknown): boolean =>
  value === 0 ||
  typeof value === 'boolean' ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Rendered by PaaSTA and an error here all the same, with the reason. */
const STRICTER: Readonly<Record<string, string>> = {
  'kubernetes boto_keys':
    'PaaSTA iterates over the letters of a text; the volume is rendered here without asking a cluster',
  'kubernetes datastore_credentials': 'PaaSTA ignores it without a ConfigMap in the cluster; here it is rendered',
  'kubernetes deploy_whitelist': 'PaaSTA takes a number for no whitelist',
  'kubernetes {"crypto_keys":{"encrypt":"ab"}}': 'PaaSTA iterates over the letters of a text',
  'kubernetes {"crypto_keys":{"encrypt":[1]}}': 'a key name is text',
  'kubernetes {"datastore_credentials":{"mysql":[1]}}': 'a credential name is text',
  'kubernetes {"deploy_blacklist":["ab","cd"]}': 'PaaSTA takes a text of two letters for a pair',
  'smartstack {"main":{"proxy_port":20900},"other":["x"]}': 'nerve-tools and synapse-tools fail on the namespace',
};

/** Not rendered by PaaSTA, or refused by the API server, and left to the rules that see the merged instance and the objects. */
const LEFT_TO_RULES: readonly string[] = [
  'kubernetes registrations=list',
  'kubernetes {"registrations":["a.b.c"]}',
  'kubernetes {"registrations":["ab"]}',
  'kubernetes {"registrations":["probe.Main space"]}',
  'kubernetes nerve_ns=float',
  'kubernetes deploy_group=null',
  'kubernetes {"deploy_group":"a b"}',
  'kubernetes {"cmd":"a","args":["b"]}',
  'kubernetes healthcheck_grace_period_seconds=float',
  'kubernetes healthcheck_interval_seconds=float',
  'kubernetes healthcheck_timeout_seconds=float',
  'kubernetes {"healthcheck_mode":"tcp","healthcheck_grace_period_seconds":1.5}',
  'kubernetes {"healthcheck_mode":"tcp","healthcheck_interval_seconds":1.5}',
  'kubernetes {"healthcheck_mode":"tcp","healthcheck_timeout_seconds":1.5}',
  'kubernetes {"env":{"A B=":"x"}}',
  'kubernetes {"service_account_name":"A_b"}',
  'kubernetes {"ssm_secrets":[{"source":"a","secret_name":"1 b"}]}',
  'kubernetes {"node_selectors":{"a b":"x"}}',
  'kubernetes {"node_selectors":{"aa":"x y"}}',
  'kubernetes {"node_selectors":{"aa":["x y"]}}',
  'kubernetes {"sidecar_resource_requirements":{"hacheck":{"requests":{"memory":"x"}}}}',
  'kubernetes {"sidecar_resource_requirements":{"hacheck":{"limits":{"cpu":0.01}}}}',
  'kubernetes {"pool":"a b"}',
  'kubernetes {"prometheus_shard":"a b"}',
  'kubernetes {"cost_owner":"A_"}',
  'kubernetes {"cost_owner":"A b"}',
  'kubernetes {"aws_ebs_volumes":[{"volume_id":"v","fs_type":"ext4","partition":1,"container_path":"/a"}],"instances":1}',
  'kubernetes {"aws_ebs_volumes":[{"volume_id":"v","fs_type":"ext4","partition":1,"container_path":"/a"}],"bounce_method":"downthenup","instances":2}',
  'kubernetes {"min_instances":1,"max_instances":3,"autoscaling":{"metrics_providers":[{"type":"cpu","setpoint":0.001}]}}',
  'kubernetes {"min_instances":7,"max_instances":5}',
];

/** PaaSTA fails on them by defects of its own; here they are rendered as meant. */
const RENDERED_HERE: readonly string[] = [
  'kubernetes deploy_whitelist=elist',
  'kubernetes {"deploy_whitelist":[]}',
  'kubernetes {"anti_affinity_preferred":[{"service":"a","weight":5}]}',
];

/** Not in the record: no part of PaaSTA that makes manifests reads them. */
const READ_BY_ENVOY_ONLY: readonly string[] = [
  'idle_timeout',
  'fixed_delay',
  'clb_proxy',
  'allow_websocket_upgrade',
  'vip_upgrade',
];

test('what PaaSTA renders and Kubernetes takes is no error, named absurdities aside', () => {
  const wrong = cases
    .filter((one) => one.verdict === '.' && !isAbsurd(one.value) && isError(one))
    .map(({ label }) => label)
    .filter((label) => STRICTER[label] === undefined && STRICTER[label.split('=')[0]!] === undefined);
  assert.equal(wrong, []);
});

test('what PaaSTA cannot render or Kubernetes refuses is an error, or named as a matter of rules', () => {
  const missed = cases.filter((one) => one.verdict !== '.' && !isError(one)).map(({ label }) => label);
  assert.equal([...missed].sort(), [...LEFT_TO_RULES, ...RENDERED_HERE].sort());
});

test('every named exception is one', () => {
  const stricter = cases.filter((one) => one.verdict === '.' && isError(one)).map(({ label }) => label);
  const unused = Object.keys(STRICTER).filter(
    (name) => !stricter.some((label) => label === name || label.split('=')[0] === name),
  );
  assert.equal(unused, []);
});

test('the record covers every key of an instance and of a namespace', () => {
  const known = (file: string, pointer: string): readonly string[] =>
    Object.keys(readSchemas().get(file)!.$defs![pointer]!.properties!);
  const missing = [
    ...known('kubernetes.schema.json', 'instance').filter((key) => recorded.keys[key] === undefined),
    ...known('smartstack.schema.json', 'namespace').filter((key) => recorded.smartstack.keys[key] === undefined),
  ];
  assert.equal(missing, READ_BY_ENVOY_ONLY);
});

test.run();
