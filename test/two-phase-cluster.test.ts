/** Two commits under Flux's rules, on a real API server with controllers: kubectl plays Flux, with its field manager and its force. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseHolds } from '../compiler/write/holds-file.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { exampleCompany, type ExampleCompany } from './support/example-company.ts';
import { skipSuite } from './support/skip.ts';

const CATALOG = 'soa-configs/catalog/kubernetes-north-prod.yaml';
const LIMITS = /min_instances: 2\n {2}max_instances: 12\n {2}autoscaling:(?:\n {4,}.*)+/;

if (controlPlaneAssets() === undefined) {
  skipSuite('two-phase-cluster', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  let company: ExampleCompany;
  let whole = '';

  test.before(async () => {
    plane = await startControlPlane({ controllers: true, nodes: 3 });
    company = exampleCompany('two-cluster', 'clusters: {north-prod: {delivery: flux, context: test}}\n');
    whole = readFileSync(join(company.repository.dir, CATALOG), 'utf8');
    for (const name of ['catalog', 'web']) {
      await plane.request('POST', '/api/v1/namespaces', { metadata: { name: `paastasvc-${name}` } });
    }
  });
  test.after(() => plane.stop());

  const kubectl = (...args: readonly string[]): string =>
    execFileSync(join(plane.assets, 'kubectl'), ['--kubeconfig', plane.kubeconfigPath, ...args], { encoding: 'utf8' });
  const file = (namespace: string): string =>
    join(company.repository.dir, 'dist/clusters/north-prod', namespace, 'catalog-main.yaml');
  const reconcile = (namespace: string): void => {
    const flux = ['--server-side', '--field-manager=kustomize-controller', '--force-conflicts'];
    kubectl('apply', ...flux, '-f', file(namespace));
    kubectl('rollout', 'status', '-n', namespace, 'deployment/catalog-main', '--timeout=60s');
  };
  const replicas = (): string =>
    kubectl('get', '-n', 'paastasvc-catalog', 'deployment/catalog-main', '-o', 'jsonpath={.spec.replicas}');
  const synth = async (): Promise<string> => (await company.call('synth', '-c', 'north-prod', '--two-phase')).out;
  /** The reason of the only hold, as it is written for the next run; empty when it is over. */
  const seen = async (): Promise<string> => {
    const { status, err } = await company.callWith(
      { KUBECONFIG: plane.kubeconfigPath },
      ...['status', '-c', 'north-prod', '-s', 'catalog', '--write-holds'],
    );
    assert.is(status, 0, err);
    const path = join(company.repository.dir, 'dist/.paasta-gitops/north-prod.holds.yaml');
    const [hold, ...others] = parseHolds(readFileSync(path, 'utf8'))!;
    assert.is(others.length, 0);
    assert.is(hold!.isOver, hold!.reason === '');
    return hold!.reason;
  };

  test('the replicas of a Deployment that becomes autoscaled are dropped once somebody else holds them', async () => {
    company.edit(CATALOG, LIMITS, 'instances: 4');
    await synth();
    reconcile('paastasvc-catalog');
    writeFileSync(join(company.repository.dir, CATALOG), whole);
    assert.match(await synth(), 'hand-over to the autoscaler, first commit');
    assert.match(await seen(), 'HorizontalPodAutoscaler paastasvc-catalog/catalog-main is not there yet');
    reconcile('paastasvc-catalog');
    assert.match(await seen(), 'nobody but kustomize-controller holds the replicas');
    assert.match(await synth(), 'first commit');
    kubectl('scale', '-n', 'paastasvc-catalog', 'deployment/catalog-main', '--replicas=5');
    assert.is(await seen(), '');
    assert.match(await synth(), 'hand-over to the autoscaler, second commit');
    reconcile('paastasvc-catalog');
    assert.is(replicas(), '5');
  });

  test('an instance that moves to another namespace leaves the old one when its new pods are ready', async () => {
    company.edit(CATALOG, 'cpus: 1.5', 'namespace: paastasvc-web\n  cpus: 1.5');
    assert.match(await synth(), 'namespace move, first commit');
    assert.match(await seen(), 'Deployment paastasvc-web/catalog-main is not there yet');
    assert.match(await synth(), 'first commit');
    reconcile('paastasvc-catalog');
    assert.is(replicas(), '5', 'marking what is held changes no pods');
    reconcile('paastasvc-web');
    assert.is(await seen(), '');
    assert.match(await synth(), 'namespace move, second commit');
    assert.not.ok(existsSync(file('paastasvc-catalog')));
    reconcile('paastasvc-web');
  });
}

test.run();
