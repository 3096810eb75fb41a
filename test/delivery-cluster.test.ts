/** The whole story on a real API server with its controllers: mark, generate, synth, apply and wait, one way and back. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../cli/main.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { testCompany, type CallResult } from './support/delivery-company.ts';
import { tempDir } from './support/git-repository.ts';
import { skipSuite } from './support/skip.ts';

const CLUSTER = 'eu-prod';
const FILES = {
  'kubernetes-eu-prod.yaml': 'main:\n  deploy_group: prod\n  cpus: 0.1\n  mem: 256\n  instances: 2\n',
  'deploy.yaml': 'pipeline: [{step: prod}]\n',
};

let plane: ControlPlane;

async function images(): Promise<readonly string[]> {
  const { json } = await plane.request('GET', '/api/v1/namespaces/paastasvc-web/pods');
  const pods = json as { items: { spec: { containers: { image: string }[] } }[] };
  return pods.items.map((pod) => pod.spec.containers[0]!.image);
}

if (controlPlaneAssets() === undefined) {
  skipSuite('delivery-cluster', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane({ controllers: true, nodes: 2, nodeLabels: { 'yelp.com/pool': 'default' } });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'paasta' } };
    await plane.request('POST', '/api/v1/namespaces', namespace);
  });
  test.after(() => plane.stop());

  test('wait ends when the marked version runs in the cluster, and only then', async () => {
    const company = testCompany('cluster-story');
    const web = company.addService('web', FILES);
    company.publishConfig();
    const out = tempDir('cluster-story-out');
    const env = { KUBECONFIG: plane.kubeconfigPath };
    const call = (...args: readonly string[]): Promise<CallResult> => company.callWith(env, ...args);
    const done = async (...args: readonly string[]): Promise<string> => {
      const result = await call(...args);
      assert.is(result.status, 0, `${args.join(' ')}: ${result.out}${result.err}`);
      return result.out.trim();
    };
    const group = ['-s', 'web', '-l', 'prod'];
    const wait = (sha: string, seconds: number): Promise<CallResult> =>
      call('wait', ...group, '-c', sha, '--context', 'test', '--poll-period', '1', '-t', `${seconds}`, '--allow-file');
    const deploy = async (): Promise<void> => {
      await done('deployments', 'generate', '--allow-file');
      await done('synth', '--out', out, '--cluster', CLUSTER);
      let printed = '';
      const print = (text: string): void => void (printed += text);
      const io = { out: print, err: print, env, cwd: out, isTerminal: false, hasColor: false };
      const status = await main(['apply', '--cluster', CLUSTER, '--context', 'test', '--dir', out, '--no-wait'], io);
      assert.is(status, 0, printed);
    };
    const [first, second] = web.commits as [string, string];
    // GIVEN a first version that was marked and applied
    await done('mark', ...group, '-c', first, '--allow-file');
    await deploy();
    assert.is((await wait(first, 60)).status, 0);
    const before = await images();
    // WHEN another is marked, and nobody applied it
    await done('mark', ...group, '-c', second, '--allow-file');
    const early = await wait(second, 2);
    // THEN wait says what is in its way, and nothing has moved
    assert.is(early.status, 1, early.out);
    assert.match(early.out, `web.main: is still told to run ${first.slice(0, 8)}`);
    assert.equal(await images(), before);
    // WHEN it is applied while someone waits
    const waiting = wait(second, 60);
    await deploy();
    // THEN wait ends with every pod on the new version
    const { status, out: text } = await waiting;
    assert.is(status, 0, text);
    const after = await images();
    assert.is(after.length, 2);
    assert.ok(
      after.every((image) => image.includes(second)),
      after.join(),
    );
    // AND the first is no longer what is marked
    assert.is((await wait(first, 2)).status, 1);
  });
}

test.run();
