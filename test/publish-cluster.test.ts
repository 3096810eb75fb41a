/** The published tree of the golden company, given to the real kubectl and a real API server. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { callIn } from './support/example-company.ts';
import { bareRepository, cloneOf, workRepository } from './support/git-repository.ts';
import { GOLDEN } from './support/golden-tree.ts';
import { skipSuite } from './support/skip.ts';

if (controlPlaneAssets() === undefined) {
  skipSuite('publish-cluster', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  let clusters = '';
  const kubectl = (...args: readonly string[]): string =>
    execFileSync(join(plane.assets, 'kubectl'), ['--kubeconfig', plane.kubeconfigPath, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });

  test.before(async () => {
    plane = await startControlPlane();
    const input = workRepository('golden-input');
    for (const folder of ['soa-configs', 'etc-paasta'])
      cpSync(join(GOLDEN, folder), join(input.dir, folder), { recursive: true });
    writeFileSync(join(input.dir, 'etc-paasta/pnw-prod/defaults.json'), '{"defaults": {"api_role_binding": true}}');
    const remote = bareRepository('golden-output');
    const settings = 'soa_dir: soa-configs\nsystem_config_dir: etc-paasta\n';
    input.commit('all', { 'paasta-gitops.yaml': `${settings}publish: {repo: "${remote.dir}"}\n` });
    const { out, err } = await callIn(input.dir, ['publish', '--allow-file']);
    assert.match(out, 'Published', err);
    clusters = join(cloneOf(remote, 'golden-clone').dir, 'clusters');
  });
  test.after(() => plane.stop());

  test('every kustomization lists exactly what stands beside it, and kustomize builds all objects', () => {
    const lists = (readdirSync(clusters, { recursive: true }) as string[]).filter((path) =>
      path.endsWith('kustomization.yaml'),
    );
    assert.ok(lists.length > 30);
    for (const path of lists) {
      const folder = join(clusters, path, '..');
      const { resources } = load(readFileSync(join(clusters, path), 'utf8')) as { resources: string[] };
      const beside = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');
      assert.equal([...resources].sort(), beside.sort(), path);
    }
    for (const cluster of readdirSync(clusters)) {
      const built = loadAll(kubectl('kustomize', join(clusters, cluster))).length;
      const files = (readdirSync(join(clusters, cluster), { recursive: true }) as string[]).filter(
        (path) => path.endsWith('.yaml') && !path.endsWith('kustomization.yaml'),
      );
      const written = files.flatMap((path) => loadAll(readFileSync(join(clusters, cluster, path), 'utf8'))).length;
      assert.is(built, written, cluster);
    }
  });

  test('the server takes the whole tree of each cluster, and a second apply moves no resourceVersion', async () => {
    const adapter = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'custom-metrics' } };
    await plane.request('POST', '/api/v1/namespaces', adapter);
    const names = readdirSync(clusters);
    assert.is(names.length, 3);
    for (const cluster of names) {
      const tree = join(clusters, cluster);
      const built = join(clusters, '..', `${cluster}.yaml`);
      writeFileSync(built, kubectl('kustomize', tree));
      const objects = loadAll(readFileSync(built, 'utf8')).length;
      const apply = (...flags: readonly string[]): readonly string[] =>
        kubectl('apply', '--server-side', ...flags, '-f', built)
          .trim()
          .split('\n');
      const versions = (): readonly string[] => {
        const columns = 'custom-columns=K:.kind,N:.metadata.namespace,M:.metadata.name,V:.metadata.resourceVersion';
        return kubectl('get', '-f', built, '--no-headers', '-o', columns).trim().split('\n');
      };
      kubectl('apply', '--server-side', '-k', join(tree, '_cluster'));
      assert.is(apply('--dry-run=server').length, objects, cluster);
      apply();
      const first = versions();
      assert.is(first.length, objects, cluster);
      apply();
      assert.equal(versions(), first, cluster);
    }
  });
}

test.run();
