import { ApiObject } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { type AggregateInput, type Aggregates, aggregateFiles, type KeptOutput } from '../compiler/render/index.ts';
import type { ExtendInstance } from '../constructs/index.ts';
import { autoscaledBy, instanceWith } from './support/instance.ts';
import { objectsIn } from './support/objects-in.ts';
import { clusterConfig, summaryOf } from './support/summary.ts';

const CLUSTER = 'clusters/norcal-prod';
const ROLE = 'arn:aws:iam::1:role/Shop';
const ACCOUNT = { name: 'paasta--arn-aws-iam-1-role-shop', roleArn: ROLE };

function aggregate(summaries: AggregateInput['summaries'], options: Partial<AggregateInput> = {}): Promise<Aggregates> {
  return aggregateFiles({ config: clusterConfig(), filePer: 'instance', kept: null, ...options, summaries });
}

function paths({ files }: Aggregates): readonly string[] {
  return files.map(({ path }) => path);
}

function objectsAt({ files }: Aggregates, path: string): readonly KubeObject[] {
  return objectsIn(files.find((file) => file.path === path)!);
}

/** Earlier output with kept instances in some namespaces. */
function kept(
  namespaces: readonly string[],
  files: Readonly<Record<string, readonly KubeObject[] | null>>,
): KeptOutput {
  return {
    namespaces,
    paths: Object.keys(files),
    objects: (path) => files[path] ?? null,
    parse: (text) => parse(text) as unknown,
  };
}

test('a namespace of PaaSTA has a file for itself and one for what its instances share', async () => {
  const result = await aggregate([await summaryOf([instanceWith(), instanceWith({ instance: 'other' })])]);
  assert.equal(paths(result), [
    `${CLUSTER}/_cluster/namespace-paastasvc-shop.yaml`,
    `${CLUSTER}/paastasvc-shop/namespace.yaml`,
  ]);
  assert.ok(result.files.every(({ service, instance, cluster }) => !service && !instance && cluster === 'norcal-prod'));
  assert.equal(
    objectsAt(result, `${CLUSTER}/paastasvc-shop/namespace.yaml`).map(({ kind }) => kind),
    ['LimitRange'],
  );
  assert.equal([result.diagnostics, result.untouched], [[], []]);
});

test('a namespace of one’s own gets no limits', async () => {
  const result = await aggregate([await summaryOf([instanceWith({ namespace: 'mine' })])]);
  assert.equal(paths(result), [`${CLUSTER}/_cluster/namespace-mine.yaml`]);
});

test('the role binding is rendered only when asked for', async () => {
  const config = clusterConfig({ defaults: { api_role_binding: true } });
  const result = await aggregate([await summaryOf([instanceWith({ namespace: 'mine' })])], { config });
  assert.equal(
    objectsAt(result, `${CLUSTER}/mine/namespace.yaml`).map(({ kind }) => kind),
    ['RoleBinding'],
  );
});

test('service accounts of a namespace are rendered once each, of all services that share it', async () => {
  const namespace = 'mine';
  const second = { name: 'paasta--b', roleArn: 'b' };
  const result = await aggregate([
    await summaryOf([
      instanceWith({ namespace, serviceAccount: ACCOUNT }),
      instanceWith({ namespace, instance: 'other', serviceAccount: ACCOUNT }),
    ]),
    await summaryOf([instanceWith({ namespace, service: 'web', serviceAccount: second })]),
    await summaryOf([instanceWith({ namespace, service: 'api', serviceAccount: ACCOUNT })]),
  ]);
  const accounts = objectsAt(result, `${CLUSTER}/mine/namespace.yaml`);
  assert.equal(
    accounts.map(({ metadata }) => metadata.name),
    [ACCOUNT.name, second.name],
  );
  assert.is(accounts[0]!.metadata.annotations!['eks.amazonaws.com/role-arn'], ROLE);
});

test('two roles behind one account are an error of every service that uses it', async () => {
  const other = { ...ACCOUNT, roleArn: ROLE.toLowerCase() };
  const { diagnostics } = await aggregate([
    await summaryOf([instanceWith({ namespace: 'mine', serviceAccount: ACCOUNT })]),
    await summaryOf([instanceWith({ namespace: 'mine', service: 'web', serviceAccount: other })]),
  ]);
  assert.equal(
    diagnostics.map(({ severity, code, service, cluster }) => [severity, code, service, cluster]),
    ['shop', 'web'].map((service) => ['error', 'service-account-collision', service, 'norcal-prod']),
  );
});

test('files can hold one object each', async () => {
  const summary = await summaryOf([instanceWith({ serviceAccount: ACCOUNT })]);
  assert.equal(paths(await aggregate([summary], { filePer: 'object' })), [
    `${CLUSTER}/_cluster/namespace-paastasvc-shop.yaml`,
    `${CLUSTER}/paastasvc-shop/limitrange-limit-mem-cpu-disk-per-container.yaml`,
    `${CLUSTER}/paastasvc-shop/serviceaccount-${ACCOUNT.name}.yaml`,
  ]);
});

test('a cluster without rules has no adapter configuration, one with rules has no namespace for it', async () => {
  const without = await aggregate([await summaryOf([instanceWith()])]);
  assert.not.ok(paths(without).some((path) => path.includes('custom-metrics')));
  const providers = autoscaledBy({ type: 'uwsgi' });
  const result = await aggregate([await summaryOf([instanceWith({ scaling: providers })])]);
  const path = `${CLUSTER}/custom-metrics/configmap-adapter-config.yaml`;
  assert.ok(paths(result).includes(path));
  assert.not(paths(result).some((each) => each.includes('namespace-custom-metrics')));
  const { data } = objectsAt(result, path)[0] as unknown as { data: Record<string, string> };
  assert.match(data['config.yaml']!, /^---\nrules:\n/);
});

test('two services that render the same name in one namespace are both held back', async () => {
  const { diagnostics } = await aggregate([
    await summaryOf([instanceWith({ namespace: 'mine', service: 'a-b', instance: 'c' })]),
    await summaryOf([instanceWith({ namespace: 'mine', service: 'a', instance: 'b-c' })]),
    await summaryOf([instanceWith({ namespace: 'mine', service: 'x', instance: 'b-c' })]),
  ]);
  assert.equal(
    diagnostics.map(({ severity, code, service, instance }) => [severity, code, service, instance]),
    [
      ['error', 'name-collision', 'a', 'b-c'],
      ['error', 'name-collision', 'a-b', 'c'],
    ],
  );
});

test('two services whose constructs render one object are both held back', async () => {
  const extend: ExtendInstance = (chart) => {
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    new ApiObject(chart, 'role', { apiVersion, kind: 'ClusterRole', metadata: { name: 'shared' } });
  };
  const { diagnostics } = await aggregate([
    await summaryOf([instanceWith()], clusterConfig(), extend),
    await summaryOf([instanceWith({ service: 'web' })], clusterConfig(), extend),
  ]);
  assert.equal(
    diagnostics.map(({ code, service }) => [code, service]),
    [
      ['name-collision', 'shop'],
      ['name-collision', 'web'],
    ],
  );
});

test('constructs that render what the namespace holds already are refused', async () => {
  const extend: ExtendInstance = (chart) => {
    new ApiObject(chart, 'x', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'paastasvc-shop' } });
  };
  const { diagnostics } = await aggregate([await summaryOf([instanceWith()], clusterConfig(), extend)]);
  assert.equal(
    diagnostics.map(({ code, instance }) => [code, instance]),
    [['name-collision', 'main']],
  );
});

test('secrets are references by default, and external secrets when configured', async () => {
  const secretReferences = [
    { secretName: 'ns-secret-shop-db', key: 'db', service: 'shop', kind: 'env' as const },
    { secretName: 'ns-secret-underscore-shared-tok', key: 'tok', service: '_shared', kind: 'env' as const },
  ];
  const instances = ['main', 'other'].map((instance) => instanceWith({ instance, secretReferences }));
  assert.not(paths(await aggregate([await summaryOf(instances)])).some((path) => path.includes('externalsecret')));
  const config = clusterConfig({
    vault_environment: 'prod',
    secrets: { provider: 'external-secrets', store: { name: 'vault' }, remote_key: '{environment}/{service}/{secret}' },
  });
  const result = await aggregate([await summaryOf(instances, config)], { config });
  const files = paths(result).filter((path) => path.includes('externalsecret'));
  assert.equal(files, [
    `${CLUSTER}/paastasvc-shop/externalsecret-ns-secret-shop-db.yaml`,
    `${CLUSTER}/paastasvc-shop/externalsecret-ns-secret-underscore-shared-tok.yaml`,
  ]);
  assert.equal(
    files.map((path) => objectsAt(result, path)[0]!['spec']),
    [
      {
        secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
        data: [{ secretKey: 'db', remoteRef: { key: 'prod/shop/db' } }],
      },
      {
        secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
        data: [{ secretKey: 'tok', remoteRef: { key: 'prod/_shared/tok' } }],
      },
    ],
  );
});

test('a parameter of the AWS store is referred to by its own name', async () => {
  const config = clusterConfig({
    secrets: { provider: 'external-secrets', ssm_store: { name: 'parameters', kind: 'SecretStore' } },
  });
  const reference = {
    secretName: 'ns-ssm-secret-x',
    key: 'DB',
    service: 'shop',
    kind: 'ssm',
    source: '/a/db',
  } as const;
  const summary = await summaryOf([instanceWith({ secretReferences: [reference] })], config);
  const result = await aggregate([summary], { config });
  assert.equal(objectsAt(result, `${CLUSTER}/paastasvc-shop/externalsecret-ns-ssm-secret-x.yaml`)[0]!['spec'], {
    secretStoreRef: { name: 'parameters', kind: 'SecretStore' },
    data: [{ secretKey: 'DB', remoteRef: { key: '/a/db' } }],
  });
});

test('a summary survives JSON', async () => {
  const promql = { type: 'arbitrary-promql', metricsQuery: 'sum(x)' };
  const scaling = autoscaledBy({ type: 'uwsgi' }, promql);
  const summary = await summaryOf([instanceWith({ scaling, serviceAccount: ACCOUNT })]);
  const cached = JSON.parse(JSON.stringify(summary)) as typeof summary;
  assert.equal(cached, summary);
  assert.equal((await aggregate([cached])).files, (await aggregate([summary])).files);
});

test('aggregates do not depend on the order of the services', async () => {
  const summaries = await Promise.all(
    ['a', 'b', 'c'].map((service) =>
      summaryOf([instanceWith({ service, namespace: 'mine', serviceAccount: { name: service, roleArn: service } })]),
    ),
  );
  assert.equal((await aggregate(summaries)).files, (await aggregate([...summaries].reverse())).files);
});

test('accounts of kept instances stay in the file of their namespace, other leftovers do not', async () => {
  const path = `${CLUSTER}/mine/namespace.yaml`;
  const account = (name: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'mine' },
  });
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'x', namespace: 'mine' },
  };
  const earlier = { [path]: [account('old'), account(ACCOUNT.name), binding] };
  const summary = await summaryOf([instanceWith({ namespace: 'mine', serviceAccount: ACCOUNT })]);
  const result = await aggregate([summary], { kept: kept(['mine'], earlier) });
  const objects = objectsAt(result, path);
  assert.equal(
    objects.map(({ kind, metadata }) => [kind, metadata.name]),
    [
      ['ServiceAccount', 'old'],
      ['ServiceAccount', ACCOUNT.name],
    ],
  );
  assert.is(objects[1]!.metadata.annotations!['eks.amazonaws.com/role-arn'], ROLE);
  const elsewhere = await aggregate([summary], { kept: kept(['other'], earlier) });
  assert.is(objectsAt(elsewhere, path).length, 1);
});

test('a namespace with nothing but kept instances keeps its files', async () => {
  const secret = `${CLUSTER}/gone/externalsecret-x.yaml`;
  const result = await aggregate([], {
    kept: kept(['gone'], { [secret]: [], [`${CLUSTER}/other/externalsecret-y.yaml`]: [] }),
  });
  assert.equal(paths(result), [`${CLUSTER}/_cluster/namespace-gone.yaml`]);
  assert.equal(result.untouched, [secret]);
});

test('rules of kept instances stay, and rendered ones replace theirs', async () => {
  const path = `${CLUSTER}/custom-metrics/configmap-adapter-config.yaml`;
  const rule = (as: string): object => ({ name: { as }, seriesQuery: 'old', metricsQuery: 'old', resources: {} });
  const text = JSON.stringify({ rules: [rule('kept-active-requests-prom'), rule('uwsgi-prom-1800')] });
  const earlier = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'adapter-config' },
    data: { 'config.yaml': text },
  };
  const summary = await summaryOf([instanceWith({ scaling: autoscaledBy({ type: 'uwsgi' }) })]);
  const result = await aggregate([summary], { kept: kept(['any'], { [path]: [earlier] }) });
  const { data } = objectsAt(result, path)[0] as unknown as { data: Record<string, string> };
  const { rules } = parse(data['config.yaml']!) as { rules: { name: { as: string }; seriesQuery: string }[] };
  assert.equal(
    rules.map(({ name, seriesQuery }) => [name.as, seriesQuery === 'old']),
    [
      ['kept-active-requests-prom', true],
      ['uwsgi-prom-1800', false],
    ],
  );
});

test('an aggregate that cannot be read is left alone and named', async () => {
  const adapter = `${CLUSTER}/custom-metrics/configmap-adapter-config.yaml`;
  const namespace = `${CLUSTER}/mine/namespace.yaml`;
  const earlier = kept(['mine'], { [adapter]: null, [namespace]: null });
  const result = await aggregate([await summaryOf([instanceWith({ namespace: 'mine' })])], { kept: earlier });
  assert.equal(paths(result), [`${CLUSTER}/_cluster/namespace-mine.yaml`]);
  assert.equal(result.untouched, [adapter, namespace]);
  assert.equal(
    result.diagnostics.map(({ severity, code, file }) => [severity, code, file]),
    [namespace, adapter].map((file) => ['warning', 'aggregate-kept', file]),
  );
});

test.run();
