/**
 * Every kind that the compiler renders, on real API servers: created, compared, changed; and what our apply creates against what
 * `kubectl apply --server-side` creates from the same files.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { emitObjects } from '../compiler/emit/yaml.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { callIn } from './support/example-company.ts';
import { startFaultProxy, type FaultProxy } from './support/fault-proxy.ts';
import { tempDir } from './support/git-repository.ts';
import { GOLDEN } from './support/golden-tree.ts';
import { skipSuite } from './support/skip.ts';

const CLUSTER = 'pnw-prod';
const COLLECTIONS = [
  ...['api/v1/namespaces', 'api/v1/configmaps', 'api/v1/serviceaccounts', 'api/v1/limitranges'],
  ...['apis/apps/v1/deployments', 'apis/apps/v1/statefulsets', 'apis/policy/v1/poddisruptionbudgets'],
  ...['apis/autoscaling/v2/horizontalpodautoscalers', 'apis/rbac.authorization.k8s.io/v1/rolebindings'],
];

interface Stored {
  metadata: Record<string, unknown> & { name: string; namespace?: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  status?: unknown;
}

let [ours, theirs]: ControlPlane[] = [];
let proxy: FaultProxy;
let dir = '';
const folder = tempDir('kinds');

function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const target = ['--cluster', CLUSTER, '--context', 'test', '--qps', '1000', '--burst', '1000'];
  return callIn(dir, [args[0]!, ...target, ...args.slice(1)], { KUBECONFIG: proxy.kubeconfigPath });
}

/** What a cluster stores under our namespaces, without what the server numbers and dates. */
async function stored(plane: ControlPlane, names: ReadonlySet<string>): Promise<Record<string, Stored>> {
  const found: Record<string, Stored> = {};
  for (const path of COLLECTIONS) {
    const { json } = await plane.request('GET', `/${path}`);
    for (const item of (json as { items: Stored[] }).items) {
      const { name, namespace } = item.metadata;
      const key = `${path} ${namespace ?? ''}/${name}`;
      if (names.has(key)) found[key] = withoutMarks(item);
    }
  }
  return found;
}

/** The differences that are meant: our label and annotations, and the first replicas of what an autoscaler sizes. */
function withoutMarks({ metadata, spec, status: _status, ...rest }: Stored): Stored {
  const { uid: _u, resourceVersion: _r, creationTimestamp: _c, generation: _g, managedFields: _m, ...kept } = metadata;
  const { 'applyset.kubernetes.io/part-of': _part, ...labels } = metadata.labels ?? {};
  const given = (metadata['annotations'] ?? {}) as Record<string, string>;
  const { 'paasta.yelp.com/applied-hash': _hash, 'paasta.yelp.com/owner': _owner, ...annotations } = given;
  const { replicas, ...others } = spec ?? {};
  const isAutoscaled = labels['paasta.yelp.com/autoscaled'] === 'true';
  return {
    ...rest,
    metadata: { ...kept, labels, annotations },
    ...(spec && { spec: isAutoscaled || replicas === undefined ? others : { replicas, ...others } }),
  };
}

function files(): string[] {
  const root = join(dir, 'dist/clusters', CLUSTER);
  return (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.yaml') && !path.endsWith('kustomization.yaml'))
    .sort()
    .map((path) => join(root, path));
}

/** Collection and name of every object of the tree. */
function namesInTree(): Set<string> {
  const names = new Set<string>();
  for (const file of files()) {
    for (const object of loadAll(readFileSync(file, 'utf8')) as { kind: string; metadata: Stored['metadata'] }[]) {
      const plural = `${object.kind.toLowerCase()}s`;
      const path = COLLECTIONS.find((one) => one.endsWith(`/${plural}`));
      assert.ok(path, `${object.kind} is compared`);
      names.add(`${path} ${object.metadata.namespace ?? ''}/${object.metadata.name}`);
    }
  }
  return names;
}

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-kinds', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    dir = tempDir('golden');
    for (const name of ['soa-configs', 'etc-paasta']) cpSync(join(GOLDEN, name), join(dir, name), { recursive: true });
    writeFileSync(join(dir, `etc-paasta/${CLUSTER}/defaults.json`), '{"defaults": {"api_role_binding": true}}');
    writeFileSync(join(dir, 'paasta-gitops.yaml'), 'soa_dir: soa-configs\nsystem_config_dir: etc-paasta\nout: dist\n');
    await callIn(dir, ['synth']);
    [ours, theirs] = (await Promise.all([startControlPlane(), startControlPlane()])) as [ControlPlane, ControlPlane];
    proxy = await startFaultProxy(ours!, folder);
    for (const plane of [ours!, theirs!]) {
      for (const name of ['paasta', 'custom-metrics'])
        await plane.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  });
  test.after(async () => {
    await proxy.stop();
    await Promise.all([ours!.stop(), theirs!.stop()]);
  });

  test('a tree with every kind is created by one write an object, and then nothing differs', async () => {
    const names = namesInTree();
    assert.is(new Set([...names].map((name) => name.split(' ')[0])).size, COLLECTIONS.length);
    const { status, out, err } = await run('apply', '--no-wait');
    assert.is(status, 0, out + err);
    assert.is(proxy.writes.length, names.size + 4, 'lock, record, the objects, record, lock');
    await run('apply', '--no-wait');
    for (const verb of ['diff', 'apply']) {
      [proxy.requests, proxy.writes.length] = [0, 0];
      const again = await run(verb);
      assert.is(again.status, 0, again.out);
      assert.equal(proxy.writes, []);
      assert.ok(proxy.requests <= 2 * COLLECTIONS.length + names.size / 400 + 10, `${proxy.requests} requests`);
    }
  });

  test('what we create is what kubectl creates from the same files, our marks aside', async () => {
    const kubectl = (path: string): string =>
      execFileSync(
        join(theirs!.assets, 'kubectl'),
        ['--kubeconfig', theirs!.kubeconfigPath, 'apply', '--server-side', '-f', path],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      );
    for (const path of files().filter((file) => file.includes('/_cluster/'))) kubectl(path);
    const args = files().filter((file) => !file.includes('/_cluster/'));
    kubectl(args.join(','));
    const names = namesInTree();
    const [mine, peers] = [await stored(ours!, names), await stored(theirs!, names)];
    assert.is(Object.keys(mine).length, names.size);
    for (const key of names) assert.equal(mine[key], peers[key], key);
  });

  test('kustomize builds the objects of the files, all of them and as they are', () => {
    const built = execFileSync(join(theirs!.assets, 'kubectl'), ['kustomize', join(dir, 'dist/clusters', CLUSTER)], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const read = (text: string): unknown[] => loadAll(text, { schema: YAML11_SCHEMA });
    const byText = (objects: readonly unknown[]): string[] => objects.map((object) => canonicalJson(object)).sort();
    assert.equal(byText(read(built)), byText(files().flatMap((path) => read(readFileSync(path, 'utf8')))));
  });

  test('every kind is changed in place, and then nothing differs', async () => {
    for (const path of files()) {
      const objects = loadAll(readFileSync(path, 'utf8'), { schema: YAML11_SCHEMA }) as KubeObject[];
      const labelled = objects.map(({ metadata, ...rest }) => ({
        ...rest,
        metadata: { ...metadata, labels: { ...metadata.labels, changed: 'yes' } },
      }));
      writeFileSync(path, emitObjects(labelled as KubeObject[]));
    }
    const names = namesInTree();
    const report = JSON.parse((await run('diff', '-o', 'json')).out) as {
      summary: { change: number; rollouts: number };
      objects: { restart: boolean; diff: string[] }[];
    };
    assert.is(report.summary.change, names.size, JSON.stringify(report.summary));
    const restarted = report.objects.filter(({ restart }) => restart);
    assert.equal(
      restarted.map(({ diff }) => diff),
      [],
      'labels of objects are not labels of pods',
    );
    assert.is((await run('apply', '--no-wait')).status, 0);
    assert.is((await run('diff')).status, 0);
  });
}

test.run();
