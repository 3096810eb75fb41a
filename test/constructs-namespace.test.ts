import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  AdapterConfigMap,
  ApiRoleBinding,
  ExternalSecret,
  LimitRange,
  PaastaNamespace,
  PaastaServiceAccount,
} from '../constructs/index.ts';
import { manifestOf } from './support/manifests.ts';

const namespace = 'paastasvc-shop';

test('a namespace carries the labels that PaaSTA lists it by, and is never pruned', () => {
  assert.equal(
    manifestOf((chart) => new PaastaNamespace(chart, 'ns', { name: namespace, owner: 'infra' })),
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { name: namespace, 'yelp.com/owner': 'infra', 'paasta.yelp.com/managed': 'true' },
        annotations: {
          'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
          'argocd.argoproj.io/sync-wave': '-3',
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
        },
      },
    },
  );
});

test('containers without requests get PaaSTA’s defaults in its namespaces', () => {
  const amounts = { cpu: '1', memory: '1024Mi', 'ephemeral-storage': '1Gi' };
  assert.equal(
    manifestOf((chart) => new LimitRange(chart, 'limits', { namespace })),
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: {
        name: 'limit-mem-cpu-disk-per-container',
        namespace,
        annotations: { 'argocd.argoproj.io/sync-wave': '-2' },
      },
      spec: { limits: [{ type: 'Container', default: amounts, defaultRequest: amounts }] },
    },
  );
});

test('PaaSTA’s API server is bound to its role in a namespace', () => {
  const group = 'rbac.authorization.k8s.io';
  const name = 'paasta-api-server-per-namespace';
  assert.equal(
    manifestOf((chart) => new ApiRoleBinding(chart, 'binding', { namespace })),
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { name, namespace, annotations: { 'argocd.argoproj.io/sync-wave': '-2' } },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [{ apiGroup: group, kind: 'User', name: 'yelp.com/paasta-api-server' }],
    },
  );
});

test('a service account names its role in the case of the configuration', () => {
  const account = { namespace, name: 'paasta--arn-aws-iam-1-role-shop', roleArn: 'arn:aws:iam::1:role/Shop' };
  const { metadata } = manifestOf((chart) => new PaastaServiceAccount(chart, 'sa', account));
  assert.equal(metadata, {
    name: account.name,
    namespace,
    annotations: { 'argocd.argoproj.io/sync-wave': '-2', 'eks.amazonaws.com/role-arn': account.roleArn },
  });
});

test('the adapter’s rules stand in the ConfigMap that it mounts', () => {
  assert.equal(
    manifestOf((chart) => new AdapterConfigMap(chart, 'rules', { configYaml: 'rules: []\n' })),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'adapter-config',
        namespace: 'custom-metrics',
        annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
      },
      data: { 'config.yaml': 'rules: []\n' },
    },
  );
});

test('an external secret refers to its values by name', () => {
  const manifest = manifestOf(
    (chart) =>
      new ExternalSecret(chart, 'secret', {
        namespace,
        name: 'paastasvc-shop-secret-underscore-shared-edge--token',
        service: '_shared',
        store: { name: 'vault', kind: 'ClusterSecretStore' },
        keys: [
          { key: 'edge_token', remoteKey: 'paasta/_shared/edge_token' },
          { key: 'other', remoteKey: 'paasta/_shared/other', remoteProperty: 'value' },
        ],
      }),
  );
  assert.equal(manifest, {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: {
      name: 'paastasvc-shop-secret-underscore-shared-edge--token',
      namespace,
      labels: { 'yelp.com/paasta_service': 'underscore-shared', 'paasta.yelp.com/service': 'underscore-shared' },
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
    },
    spec: {
      secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
      data: [
        { secretKey: 'edge_token', remoteRef: { key: 'paasta/_shared/edge_token' } },
        { secretKey: 'other', remoteRef: { key: 'paasta/_shared/other', property: 'value' } },
      ],
    },
  });
});

test.run();
