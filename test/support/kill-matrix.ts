/** A run of the applier that is killed before or after its nth write, and the run that completes it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { instanceFiles, namespaceFile, RenderedTree, runVerb, type TreeFiles } from './applier-cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { ROOT } from './run-cli.ts';

const BEFORE: TreeFiles = {
  ...instanceFiles('change', 'main', { replicas: 1 }),
  ...instanceFiles('scale', 'main', { replicas: 1 }),
  ...instanceFiles('switch', 'main', { replicas: 1 }),
  ...instanceFiles('gone', 'main', { replicas: 0 }),
};
/** One change of version, one hand-over, one switch of kind, one new instance, one that is pruned. */
const AFTER: TreeFiles = {
  ...instanceFiles('change', 'main', { replicas: 1, sha: 'bbb' }),
  ...instanceFiles('scale', 'main', { autoscaler: { min: 1, max: 3 } }),
  ...instanceFiles('switch', 'main', { replicas: 1, kind: 'StatefulSet' }),
  ...instanceFiles('new', 'main', { replicas: 1 }),
  ...namespaceFile('paastasvc-gone'),
};
const PRUNE = ['--prune', '--min-age', '0s', '--timeout', '60s'];
const KINDS: Readonly<Record<string, string>> = {
  'api/v1/namespaces': 'Namespace.',
  'apis/apps/v1/deployments': 'Deployment.apps',
  'apis/apps/v1/statefulsets': 'StatefulSet.apps',
  'apis/policy/v1/poddisruptionbudgets': 'PodDisruptionBudget.policy',
  'apis/autoscaling/v2/horizontalpodautoscalers': 'HorizontalPodAutoscaler.autoscaling',
};
const MEMBERS = 'labelSelector=applyset.kubernetes.io%2Fpart-of';

interface Item {
  metadata: {
    name: string;
    namespace?: string;
    labels: object;
    annotations: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec: object;
}

/** A control plane with a proxy, and the states of the scenario. */
export class KillMatrix {
  /** Writes of an undisturbed run. */
  writes = 0;
  private undisturbed = '';
  private readonly plane: ControlPlane;
  private readonly proxy: FaultProxy;
  private readonly tree = new RenderedTree();
  private readonly folder: string;

  private constructor(plane: ControlPlane, proxy: FaultProxy, folder: string) {
    this.plane = plane;
    this.proxy = proxy;
    this.folder = folder;
  }

  static async start(): Promise<KillMatrix> {
    const plane = await startControlPlane({ controllers: true, nodes: 2 });
    const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-kill-'));
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
    const matrix = new KillMatrix(plane, await startFaultProxy(plane, folder), folder);
    await matrix.complete(BEFORE);
    matrix.proxy.writes.length = 0;
    matrix.tree.write(AFTER);
    const { status, out, err } = await runVerb(matrix.proxy, matrix.tree, ['apply', ...PRUNE]);
    assert.is(status, 0, out + err);
    matrix.writes = matrix.proxy.writes.length;
    matrix.undisturbed = await matrix.state();
    return matrix;
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.plane.stop();
    this.tree.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * False when the run was complete before its nth write: how often a delete must be repeated, because the status was written
   * meanwhile, differs from run to run. Kills a run at its nth write; the next run must give the cluster of an undisturbed one, with no member of an unrecorded kind between.
   */
  async kill(at: number, when: 'before' | 'after'): Promise<boolean> {
    await this.complete(BEFORE);
    this.tree.write(AFTER);
    this.proxy.writes.length = 0;
    const wasKilled = await this.killedRun(at, when);
    await this.everyKindIsRecorded();
    await this.complete(AFTER);
    assert.is(await this.state(), this.undisturbed, `killed ${when} write ${at}`);
    return wasKilled;
  }

  private killedRun(at: number, when: 'before' | 'after'): Promise<boolean> {
    const script = `import(${JSON.stringify(`${ROOT}/cli/main.ts`)}).then((m) => m.runProcess());`;
    const target = ['--cluster', 'test', '--context', 'test', '--dir', this.tree.root, '--qps', '1000'];
    const args = ['--import', 'tsx', '--input-type=module', '-e', script, '--', 'x', 'apply', ...target, ...PRUNE];
    const env = { PATH: process.env['PATH'], HOME: this.folder, KUBECONFIG: this.proxy.kubeconfigPath };
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'ignore' });
    this.proxy.fault = { at, when, call: () => child.kill('SIGKILL') };
    return new Promise((resolve, reject) => {
      child.on('exit', (code, signal) => {
        this.proxy.fault = null;
        if (signal === 'SIGKILL' || code === 0) resolve(signal === 'SIGKILL');
        else reject(new Error(`the run ended with ${String(code)} before write ${at}`));
      });
    });
  }

  /** Brings the cluster to a tree. The lease of a killed run expires; here it is taken away, to save the time. */
  private async complete(files: TreeFiles): Promise<void> {
    const lease = '/apis/coordination.k8s.io/v1/namespaces/paasta/leases/paasta-gitops-main';
    await this.plane.request('DELETE', lease);
    this.tree.write(files);
    const { status, out, err } = await runVerb(this.plane, this.tree, ['apply', ...PRUNE, '--force-prune']);
    assert.is(status, 0, out + err);
  }

  private async everyKindIsRecorded(): Promise<void> {
    const { text } = await this.plane.request('GET', '/api/v1/namespaces/paasta/configmaps/paasta-gitops-main');
    for (const [path, items] of await this.members()) {
      assert.ok(items.length === 0 || text.includes(KINDS[path]!), `${KINDS[path]!} is not in the record`);
    }
    for (const { body } of this.proxy.deletions)
      assert.match(body, /"preconditions":\{"uid":"[^"]+","resourceVersion":"/);
    this.proxy.deletions.length = 0;
  }

  private async members(): Promise<readonly (readonly [string, readonly Item[]])[]> {
    return Promise.all(
      Object.keys(KINDS).map(async (path) => {
        const { json } = await this.plane.request('GET', `/${path}?${MEMBERS}`);
        return [path, (json as { items: Item[] }).items] as const;
      }),
    );
  }

  /** What the members say, without what the server numbers and dates, and without annotations of the controllers. */
  private async state(): Promise<string> {
    const lists = (await this.members()).map(([path, items]) => [
      path,
      items.map(({ metadata: { name, namespace, labels, annotations }, spec }) => {
        const { 'deployment.kubernetes.io/revision': _revision, ...own } = annotations;
        return { name, namespace, labels, own, spec };
      }),
    ]);
    return JSON.stringify(lists, null, 1);
  }
}
