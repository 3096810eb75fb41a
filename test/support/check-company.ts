import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deploymentsJson } from './sources.ts';

export const CLUSTER = 'norcal-prod';

/** A project folder with one service `shop` in one cluster, whose context is called `test`. */
export interface CheckCompany {
  readonly folder: string;
  remove(): void;
}

/** Writes the company; `instances` is the text of its instance file. */
export function checkCompany(instances: string, system: object = {}, files: Record<string, string> = {}): CheckCompany {
  const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-check-'));
  const names = [...instances.matchAll(/^([a-z_]+):/gm)].map((match) => match[1]!).filter((name) => name !== 'absent');
  const all: Record<string, string> = {
    'paasta-gitops.yaml': `soa_dir: soa\nsystem_config_dir: etc\nclusters: {${CLUSTER}: {context: test}}\n`,
    'etc/cluster.json': JSON.stringify({
      ...{ cluster: CLUSTER, clusters: [CLUSTER], docker_registry: 'r.example.com', volumes: [] },
      hacheck_sidecar_image_url: 'r.example.com/hacheck:1',
      ...system,
    }),
    'soa/shop/service.yaml': 'description: sells\n',
    'soa/shop/monitoring.yaml': 'team: ops\n',
    [`soa/shop/kubernetes-${CLUSTER}.yaml`]: instances,
    'soa/shop/deployments.json': deploymentsJson(
      'shop',
      names.map((name) => `${CLUSTER}.${name}`),
    ),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A kubeconfig whose context `test` leads to a plain HTTP address. */
export function plainKubeconfig(folder: string, server: string, user: object = {}): string {
  const path = join(folder, 'kubeconfig.json');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', contexts: [{ name: 'test', context: { cluster: 'test', user: 'u' } }] },
    ...{
      users: [{ name: 'u', user }],
      clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
