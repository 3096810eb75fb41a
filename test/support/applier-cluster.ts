/** A control plane, a rendered tree in a temporary folder, and the program's verbs on both, inside this process. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../cli/main.ts';
import { emitObjects } from '../../compiler/emit/yaml.ts';
import { compareText } from '../../compiler/diagnostics/diagnostic.ts';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';
import { serialiseIndex } from '../../compiler/write/tree-index.ts';
import { kustomizationText } from '../../compiler/write/kustomization.ts';
import type { ControlPlane } from './control-plane.ts';

export interface VerbResult {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Files of a tree: objects by path below `clusters/test`, with their owner. */
export type TreeFiles = Readonly<
  Record<string, { objects: readonly KubeObject[]; service?: string; instance?: string }>
>;

/** A temporary output tree of the cluster `test`. */
export class RenderedTree {
  readonly root = mkdtempSync(join(tmpdir(), 'paasta-gitops-tree-'));

  /** Replaces the whole tree. */
  write(files: TreeFiles): this {
    rmSync(this.root, { recursive: true, force: true });
    return this.add(files);
  }

  /** Writes files beside what is there, with lists and an index that name only them. */
  add(files: TreeFiles): this {
    const index = new Map<string, { sha256: string; service: string | null; instance: string | null }>();
    const folders = new Map<string, string[]>();
    for (const [path, { objects, service, instance }] of Object.entries(files)) {
      const text = emitObjects(objects);
      const full = `clusters/test/${path}`;
      this.file(full, text);
      index.set(full, {
        sha256: createHash('sha256').update(text).digest('hex'),
        service: service ?? null,
        instance: instance ?? null,
      });
      const folder = dirname(full);
      folders.set(folder, [...(folders.get(folder) ?? []), full.slice(folder.length + 1)]);
    }
    const top = [...folders.keys()].map((folder) => folder.slice('clusters/test/'.length)).sort(compareText);
    this.file('clusters/test/kustomization.yaml', kustomizationText(top));
    for (const [folder, names] of folders) this.file(`${folder}/kustomization.yaml`, kustomizationText(names));
    this.file('.paasta-gitops/test.json', serialiseIndex(index));
    return this;
  }

  file(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Runs a verb of the program on a tree and a cluster. */
export async function runVerb(
  plane: Pick<ControlPlane, 'kubeconfigPath'>,
  tree: RenderedTree,
  args: readonly string[],
): Promise<VerbResult> {
  let [out, err] = ['', ''];
  const [verb, ...rest] = args;
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    env: { PATH: process.env['PATH'], HOME: tree.root, KUBECONFIG: plane.kubeconfigPath },
    cwd: tree.root,
    isTerminal: false,
    hasColor: false,
  };
  const target = [
    '--cluster',
    'test',
    ...(args.includes('--context') ? [] : ['--context', 'test']),
    '--dir',
    tree.root,
    '--qps',
    '1000',
    '--burst',
    '1000',
  ];
  const status = await main([verb!, ...target, ...rest], io);
  return { status, out, err };
}

export interface InstanceOptions {
  readonly namespace?: string;
  readonly kind?: 'Deployment' | 'StatefulSet';
  readonly sha?: string;
  readonly config?: string;
  readonly replicas?: number | null;
  readonly autoscaler?: { readonly min: number; readonly max: number };
  readonly strategy?: object;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly env?: readonly object[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly image?: string;
}

/** The objects of one instance as the compiler renders them, small. */
export function instanceObjects(service: string, instance: string, options: InstanceOptions = {}): KubeObject[] {
  const { namespace = `paastasvc-${service}`, kind = 'Deployment', sha = 'aaa', config = 'c1', autoscaler } = options;
  const name = `${service}-${instance}`;
  const selector = { 'paasta.yelp.com/service': service, 'paasta.yelp.com/instance': instance };
  const labels = {
    ...selector,
    'paasta.yelp.com/cluster': 'test',
    'paasta.yelp.com/managed': 'true',
    'paasta.yelp.com/git_sha': sha,
    'paasta.yelp.com/config_sha': config,
    'paasta.yelp.com/autoscaled': String(autoscaler !== undefined),
  };
  const replicas = autoscaler !== undefined || options.replicas === null ? {} : { replicas: options.replicas ?? 2 };
  const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: '5%' } };
  const workload: KubeObject = {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels, ...(options.annotations && { annotations: options.annotations }) },
    spec: {
      ...replicas,
      revisionHistoryLimit: 0,
      selector: { matchLabels: selector },
      ...(kind === 'Deployment' ? { strategy: options.strategy ?? rolling } : { serviceName: name }),
      template: {
        metadata: { labels, ...(options.podAnnotations && { annotations: options.podAnnotations }) },
        spec: {
          containers: [
            {
              name: 'main',
              image: options.image ?? `example.com/${service}:${sha}`,
              env: options.env ?? [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              ports: [{ containerPort: 8888, protocol: 'TCP' }],
              resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '100m' } },
            },
          ],
        },
      },
    },
  };
  const budget: KubeObject = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace, labels: selector },
    spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
  };
  const scaler: KubeObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace, labels: { ...selector, 'paasta.yelp.com/managed': 'true' } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
      minReplicas: autoscaler?.min ?? 1,
      maxReplicas: autoscaler?.max ?? 1,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    },
  };
  return [budget, workload, ...(autoscaler ? [scaler] : [])];
}

/** The files of one instance and of its namespace. */
export function instanceFiles(service: string, instance: string, options: InstanceOptions = {}): TreeFiles {
  const { namespace = `paastasvc-${service}` } = options;
  return {
    ...namespaceFile(namespace),
    [`${namespace}/${service}-${instance}.yaml`]: {
      objects: instanceObjects(service, instance, options),
      service,
      instance,
    },
  };
}

export function namespaceFile(namespace: string): TreeFiles {
  const metadata = { name: namespace, labels: { 'paasta.yelp.com/managed': 'true' } };
  return { [`_cluster/namespace-${namespace}.yaml`]: { objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata }] } };
}
