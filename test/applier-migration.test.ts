/** docs/migrating-from-paasta.md, command by command, on a real API server with the objects that the real PaaSTA made. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { callIn } from './support/example-company.ts';
import { tempDir } from './support/git-repository.ts';
import { GOLDEN } from './support/golden-tree.ts';
import { documentedRoles, grant } from './support/rights.ts';
import { ROOT } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

const CLUSTER = 'pnw-prod';
const SERVICE = 'storefront';
const NAMESPACE = `/namespaces/paastasvc-${SERVICE}`;
/** Where PaaSTA's client sends each member of its answer. */
const COLLECTIONS = {
  namespace: '/api/v1/namespaces',
  limitrange: '/api/v1/NS/limitranges',
  rolebinding: '/apis/rbac.authorization.k8s.io/v1/NS/rolebindings',
  serviceaccount: '/api/v1/NS/serviceaccounts',
  deployment: '/apis/apps/v1/NS/deployments',
  statefulset: '/apis/apps/v1/NS/statefulsets',
  pdb: '/apis/policy/v1/NS/poddisruptionbudgets',
  hpa: '/apis/autoscaling/v2/NS/horizontalpodautoscalers',
} as const;

interface Body {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
interface Live {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly managedFields: readonly { manager: string; operation: string; subresource?: string }[];
  };
  readonly spec: { readonly template: unknown };
}

let plane: ControlPlane;
let dir = '';
const roles = documentedRoles();

/** The commands of the document, in order, for the golden cluster and one service of it. */
function commands(): string[][] {
  const text = readFileSync(join(ROOT, 'docs/migrating-from-paasta.md'), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block!);
  return blocks
    .flatMap((block) => block.trim().split('\n'))
    .map((line) => line.replace('north-stage', CLUSTER).replace('catalog', SERVICE).split(' '));
}

const run = (user: 'admin' | 'reader' | 'deployer', args: readonly string[]): ReturnType<typeof callIn> =>
  callIn(dir, args, { KUBECONFIG: plane.kubeconfigOf(user) });

const made: { readonly path: string; readonly body: Body }[] = [];

/** What the setup job sent, in its order, by its field manager. */
async function paastaRuns(): Promise<void> {
  const folder = join(GOLDEN, 'expected', CLUSTER);
  const seen = new Set<string>();
  for (const name of readdirSync(folder).filter((one) => !one.startsWith('_'))) {
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, Body | undefined>;
    for (const [member, place] of Object.entries(COLLECTIONS)) {
      const body = file[member];
      if (body === undefined) continue;
      const path = place.replace('NS', `namespaces/${body.metadata.namespace ?? ''}`);
      if (seen.has(`${path} ${body.metadata.name}`)) continue;
      seen.add(`${path} ${body.metadata.name}`);
      const answer = await plane.request('POST', `${path}?fieldManager=paasta`, body);
      assert.is(answer.status, 201, `${name} ${member}: ${answer.text.slice(0, 300)}`);
      made.push({ path: `${path}/${body.metadata.name}`, body });
    }
  }
}

async function versions(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { path } of made) found[path] = ((await plane.request('GET', path)).json as Live).metadata.resourceVersion;
  return found;
}

const live = async (path: string): Promise<Live> => (await plane.request('GET', path)).json as Live;
const ownPaths = (): string[] => made.map(({ path }) => path).filter((path) => path.includes(`${NAMESPACE}/`));
const isWorkload = (path: string): boolean => /deployments|statefulsets/.test(path);

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-migration', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  const [synth, shadow, namespace, cutOver, status, check, whole, leftOver, forget] = commands();

  test.before(async () => {
    dir = tempDir('migration');
    for (const name of ['soa-configs', 'etc-paasta']) cpSync(join(GOLDEN, name), join(dir, name), { recursive: true });
    writeFileSync(join(dir, `etc-paasta/${CLUSTER}/defaults.json`), '{"defaults": {"api_role_binding": true}}');
    const project = `soa_dir: soa-configs\nsystem_config_dir: etc-paasta\nout: out\nclusters: {${CLUSTER}: {context: test}}\n`;
    writeFileSync(join(dir, 'paasta-gitops.yaml'), project);
    plane = await startControlPlane();
    const metadata = { name: 'custom-metrics' };
    await plane.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
    const role = { metadata: { name: 'paasta-api-server-per-namespace' }, rules };
    await plane.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', role);
    await paastaRuns();
    assert.ok(made.length > 100, `PaaSTA made ${made.length} objects`);
  });
  test.after(() => plane.stop());

  test('the document names these commands, in this order', () => {
    assert.equal(
      commands().map((words) => words.slice(0, 2).join(' ')),
      [
        ...[
          'paasta-gitops synth',
          'paasta-gitops diff',
          'kubectl --context',
          'paasta-gitops apply',
          'paasta-gitops status',
        ],
        ...['paasta-gitops diff', 'paasta-gitops apply', 'paasta-gitops diff', 'paasta-gitops forget'],
      ],
    );
  });

  test('shadow mode shows every object of PaaSTA as one to adopt, and changes nothing', async () => {
    await run('admin', synth!.slice(1));
    await grant(plane, 'reader', [roles.get('ClusterRole paasta-gitops-reader')!]);
    const before = await versions();
    const { status: exit, out, err } = await run('reader', [...shadow!.slice(1), '-o', 'json']);
    assert.is(exit, 2, err + out.slice(0, 500));
    const { objects, summary } = JSON.parse(out) as {
      objects: { action: string; namespace: string | null; name: string; gvk: string; restart: boolean }[];
      summary: { rollouts: number };
    };
    assert.is(objects.filter(({ action }) => action === 'adopt').length, made.length);
    const workloads = made.filter(({ path }) => isWorkload(path)).length;
    assert.is(summary.rollouts, workloads, 'each workload restarts once');
    const created = objects.filter(({ action }) => action === 'create').map(({ gvk, name }) => `${gvk} ${name}`);
    assert.ok(created.length < 10, `only deliberate differences are new: ${created.join(', ')}`);
    assert.equal(await versions(), before);
  });

  test('one service is cut over: its objects are ours, no field of PaaSTA is left, others are as they were', async () => {
    assert.equal(namespace, ['kubectl', '--context', CLUSTER, 'create', 'namespace', 'paasta']);
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
    await grant(plane, 'deployer', [roles.get('ClusterRole paasta-gitops')!, roles.get('Role paasta-gitops')!]);
    const [before, first] = [await versions(), await live(ownPaths().find(isWorkload)!)];
    const result = await run('deployer', [...cutOver!.slice(1), '--no-wait']);
    assert.is(result.status, 0, result.out.slice(0, 1000) + result.err.slice(0, 1000));
    const after = await versions();
    const changed = made.map(({ path }) => path).filter((path) => after[path] !== before[path]);
    assert.ok(changed.length > 5);
    assert.equal(
      changed.filter((path) => !path.includes(`${NAMESPACE}/`)),
      [],
      'other services',
    );
    for (const path of changed) {
      const { labels, managedFields } = (await live(path)).metadata;
      assert.match(labels?.['applyset.kubernetes.io/part-of'] ?? '', /^applyset-/, path);
      const others = managedFields.filter(({ manager, subresource }) => manager === 'paasta' && !subresource);
      assert.equal(others, [], path);
    }
    assert.is((await live(ownPaths().find(isWorkload)!)).metadata.uid, first.metadata.uid, 'nothing is made anew');
    const shown = await run('deployer', status!.slice(1));
    assert.is(shown.status, 0);
    assert.match(shown.out, new RegExp(`${SERVICE}\\.main`));
    assert.not.match(shown.out, /basket/);
    assert.is((await run('deployer', check!.slice(1))).status, 0);
  });

  test('then the whole cluster, and nothing differs or is left over', async () => {
    const result = await run('deployer', [...whole!.slice(1), '--no-wait']);
    assert.is(result.status, 0, result.out.slice(0, 1000) + result.err.slice(0, 1000));
    const again = await run('deployer', [...whole!.slice(1), '--no-wait']);
    assert.is(again.status, 0);
    const rest = await run('deployer', leftOver!.slice(1));
    assert.is(rest.status, 0, rest.out.slice(0, 1000));
  });

  test('the way back: forgotten objects run on untouched, and what PaaSTA writes over them stays', async () => {
    const path = ownPaths().find(isWorkload)!;
    const before = await live(path);
    const result = await run('deployer', forget!.slice(1));
    assert.is(result.status, 0, result.err);
    const after = await live(path);
    assert.equal(after.spec, before.spec, 'no pod is replaced');
    assert.not.match(JSON.stringify([after.metadata.labels, after.metadata.annotations]), /applyset|applied-hash/);
    const { body } = made.find((one) => one.path === path)!;
    assert.is((await plane.request('PUT', `${path}?fieldManager=paasta`, body)).status, 200);
    const sha = 'paasta.yelp.com/config_sha';
    const given = body as unknown as Live;
    assert.is((await live(path)).metadata.labels?.[sha], given.metadata.labels?.[sha]);
    const prune = await run('deployer', ['prune', '--cluster', CLUSTER, '--yes', '--min-age', '0s']);
    assert.is(prune.status, 0, prune.err);
    assert.is((await live(path)).metadata.uid, before.metadata.uid);
    assert.is((await run('deployer', ['apply', '--cluster', CLUSTER, '-s', SERVICE, '--no-wait'])).status, 4);
  });
}

test.run();
