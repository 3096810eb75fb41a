/**
 * A throw-away Kubernetes control plane on loopback for tests: etcd and kube-apiserver, and on demand the controllers, the
 * scheduler and kwok with fake nodes, from the folder that `KUBEBUILDER_ASSETS` names.
 *
 * Every program runs under a shell that kills it when this process ends, however it ends: nothing is left behind.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiAnswer, requestApi } from './api-request.ts';
import { freePorts } from './free-ports.ts';
import { fakeNodes } from './fake-nodes.ts';
import { PortTaken, Programs } from './programs.ts';

/** Users with a bearer token. `admin` may do everything; `reader` and `deployer` may do nothing until a test binds a role. */
const USERS = {
  admin: 'system:masters',
  reader: 'test:readers',
  deployer: 'test:deployers',
  'system:kube-controller-manager': 'system:masters',
  'system:kube-scheduler': 'system:authenticated',
  kwok: 'system:masters',
} as const;
export type User = keyof typeof USERS;

export interface ControlPlaneOptions {
  /** Also run kube-controller-manager and kube-scheduler. Default false. */
  readonly controllers?: boolean;
  /** Fake nodes, kept alive by kwok, on which pods become ready at once (see kwok-stages.yaml). Default 0: no kwok. */
  readonly nodes?: number;
  /** More labels for every fake node. */
  readonly nodeLabels?: Readonly<Record<string, string>>;
  /** More flags for kube-apiserver. */
  readonly apiserverArgs?: readonly string[];
  /** How long everything may take to get ready. Default 90 seconds. */
  readonly timeoutMs?: number;
}

export interface ControlPlane {
  readonly url: string;
  /** Bearer token of `admin`. */
  readonly token: string;
  /** PEM text that the serving certificate verifies against. */
  readonly ca: string;
  /** kubeconfig of `admin`. */
  readonly kubeconfigPath: string;
  /** Path of the folder with kubectl and the other programs. */
  readonly assets: string;
  tokenOf(user: User): string;
  kubeconfigOf(user: User): string;
  /** One request as `admin`, with a JSON (or apply-patch) body; throws only when there is no answer at all. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer>;
  /** Ends all programs and removes the state. May be called twice. */
  stop(): Promise<void>;
}

/** The folder of the programs; undefined when the tests that need a control plane cannot run here. */
export function controlPlaneAssets(): string | undefined {
  const folder = process.env['KUBEBUILDER_ASSETS'];
  return folder && existsSync(join(folder, 'kube-apiserver')) && existsSync(join(folder, 'etcd')) ? folder : undefined;
}

/** Starts a control plane and waits until it answers; what it started is ended again when that fails. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const assets = controlPlaneAssets();
  if (assets === undefined) throw new Error('KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd');
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(assets, options);
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === 3) throw error;
    }
  }
}

async function start(assets: string, options: ControlPlaneOptions): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-cluster-'));
  const programs = new Programs(assets, folder, Date.now() + (options.timeoutMs ?? 90_000));
  const stop = async (): Promise<void> => {
    await programs.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const plane = await startApi(assets, folder, programs, options, stop);
    if (options.controllers) await startControllers(plane, folder, programs);
    if (options.nodes) await startNodes(plane, programs, options.nodes, options.nodeLabels ?? {});
    return plane;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startApi(
  assets: string,
  folder: string,
  programs: Programs,
  options: ControlPlaneOptions,
  stop: () => Promise<void>,
): Promise<ControlPlane> {
  const [client, peer, secure] = (await freePorts(3)) as [number, number, number];
  const tokens = new Map(Object.keys(USERS).map((user) => [user, randomBytes(16).toString('hex')]));
  const pki = join(folder, 'pki');
  mkdirSync(pki, { mode: 0o700 });
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(pki, 'sa.key'), key.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(pki, 'sa.pub'), key.publicKey.export({ type: 'spki', format: 'pem' }));
  const rows = Object.entries(USERS).map(([user, group]) => `${tokens.get(user)!},${user},${user},"${group}"\n`);
  writeFileSync(join(pki, 'tokens.csv'), rows.join(''), { mode: 0o600 });

  const etcd = `http://127.0.0.1:${client}`;
  programs.start('etcd', [
    ...['--name', 't', '--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync', '--log-level', 'warn'],
    ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
    ...['--listen-peer-urls', `http://127.0.0.1:${peer}`, '--initial-advertise-peer-urls', `http://127.0.0.1:${peer}`],
    ...['--initial-cluster', `t=http://127.0.0.1:${peer}`],
  ]);
  programs.start('kube-apiserver', [
    ...['--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1'],
    ...['--secure-port', String(secure), '--endpoint-reconciler-type', 'none', '--cert-dir', pki],
    ...['--token-auth-file', join(pki, 'tokens.csv'), '--authorization-mode', 'RBAC'],
    ...['--service-account-key-file', join(pki, 'sa.pub'), '--service-account-signing-key-file', join(pki, 'sa.key')],
    ...['--service-account-issuer', 'https://kubernetes.default.svc', '--service-cluster-ip-range', '10.0.0.0/16'],
    ...['--allow-privileged=true', '--profiling=false', ...(options.apiserverArgs ?? [])],
  ]);
  const certificate = join(pki, 'apiserver.crt');
  await programs.waitFor('the serving certificate', () => Promise.resolve(existsSync(certificate)));
  const url = `https://127.0.0.1:${secure}`;
  const token = tokens.get('admin')!;
  await programs.waitFor('the API server', async () => {
    const ca = readFileSync(certificate, 'utf8');
    return (await requestApi({ url, ca, token, method: 'GET', path: '/readyz' })).status === 200;
  });
  const ca = readFileSync(certificate, 'utf8');
  const kubeconfigOf = (user: User): string => writeKubeconfig(folder, user, { url, ca, token: tokens.get(user)! });
  return {
    ...{ url, token, ca, assets, kubeconfigOf, stop },
    kubeconfigPath: kubeconfigOf('admin'),
    tokenOf: (user) => tokens.get(user)!,
    request: (method, path, body, contentType) => requestApi({ url, ca, token, method, path, body, contentType }),
  };
}

function writeKubeconfig(folder: string, user: User, at: { url: string; ca: string; token: string }): string {
  const path = join(folder, `${user.replaceAll(':', '-')}.kubeconfig`);
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
    users: [{ name: user, user: { token: at.token } }],
    clusters: [
      {
        name: 'test',
        cluster: { server: at.url, 'certificate-authority-data': Buffer.from(at.ca).toString('base64') },
      },
    ],
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

async function startControllers(plane: ControlPlane, folder: string, programs: Programs): Promise<void> {
  const quick = ['--leader-elect=false', '--secure-port', '0', '--kube-api-qps', '500', '--kube-api-burst', '1000'];
  programs.start('kube-controller-manager', [
    ...['--kubeconfig', plane.kubeconfigOf('system:kube-controller-manager'), ...quick],
    ...['--root-ca-file', join(folder, 'pki', 'apiserver.crt')],
    ...['--service-account-private-key-file', join(folder, 'pki', 'sa.key')],
    ...['--allocate-node-cidrs=false', '--concurrent-deployment-syncs', '10', '--concurrent-replicaset-syncs', '10'],
  ]);
  programs.start('kube-scheduler', ['--kubeconfig', plane.kubeconfigOf('system:kube-scheduler'), ...quick]);
  await programs.waitFor('the controllers', async () => {
    const account = await plane.request('GET', '/api/v1/namespaces/default/serviceaccounts/default');
    return account.status === 200;
  });
}

async function startNodes(
  plane: ControlPlane,
  programs: Programs,
  count: number,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const [port] = (await freePorts(1)) as [number];
  for (const node of fakeNodes(count, labels)) {
    const answer = await plane.request('POST', '/api/v1/nodes', node);
    if (answer.status !== 201) throw new Error(`node ${node.metadata.name}: ${answer.status} ${answer.text}`);
  }
  programs.start('kwok', [
    ...['--kubeconfig', plane.kubeconfigOf('kwok'), '--manage-all-nodes=false'],
    ...['--config', fileURLToPath(new URL('kwok-stages.yaml', import.meta.url))],
    ...['--manage-nodes-with-annotation-selector', 'kwok.x-k8s.io/node=fake', '--server-address', `127.0.0.1:${port}`],
    ...['--cidr', '10.244.0.0/16', '--node-ip', '10.64.0.1', '--node-lease-duration-seconds', '40'],
  ]);
  await programs.waitFor(`${count} fake nodes`, async () => {
    const { json } = await plane.request('GET', '/api/v1/nodes');
    const { items } = json as { items: { status: { conditions?: { type: string; status: string }[] } }[] };
    const ready = items.filter((n) => n.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'));
    return ready.length >= count;
  });
}
