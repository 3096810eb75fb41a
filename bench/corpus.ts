import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CLUSTERS = { 'east-prod': 'prod', 'west-prod': 'prod', 'west-stage': 'stage' } as const;
const GROUPS = ['stage.everything', 'prod.canary', 'prod.main'];
const TEAMS = ['atlas', 'birch', 'cobalt', 'delta', 'ember', 'fjord'];

/**
 * Writes a tree of `count` services of realistic shape (about 1.5 instances a service and cluster, 70 % in SmartStack, half of
 * the production mains autoscaled) with deployments.json and system configuration. The same arguments give the same bytes.
 */
export function writeCorpus(count: number, seed: number, out: string): { readonly instances: number } {
  const random = mulberry32(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  };
  let instances = 0;
  let port = 19000;
  for (let index = 0; index < count; index += 1) {
    const service = `service_${String(index).padStart(4, '0')}`;
    const folder = `soa-configs/${service}`;
    const team = pick(TEAMS);
    write(
      `${folder}/service.yaml`,
      `description: Number ${index}.\nexternal_link: https://wiki.example.com/${service}\n`,
    );
    write(
      `${folder}/monitoring.yaml`,
      `team: ${team}\npage: ${String(random() < 0.3)}\nrunbook: https://wiki.example.com/rb\n`,
    );
    write(`${folder}/deploy.yaml`, `pipeline:\n${GROUPS.map((group) => `  - step: ${group}\n`).join('')}`);
    const namespaces = random() < 0.7 ? ['main', 'api', 'internal'].slice(0, pick([1, 1, 1, 2, 3])) : [];
    if (namespaces.length > 0) {
      write(`${folder}/smartstack.yaml`, namespaces.map((name) => namespaceText(name, port++, random)).join(''));
    }
    const size = 1 + Math.floor(random() * random() * 4);
    const controls: Record<string, unknown> = {};
    for (const [cluster, ecosystem] of Object.entries(CLUSTERS)) {
      if (random() < 0.2) continue;
      let text = `_base: &base\n  cpus: ${pick([0.1, 0.5, 1, 2])}\n  mem: ${pick([256, 1024, 4096])}\n  env:\n    LOG_LEVEL: info\n    REGION: ${cluster}\n`;
      for (let number = 0; number < size; number += 1) {
        const name = number === 0 ? 'main' : number === 1 && ecosystem === 'prod' ? 'canary' : `worker_${number}`;
        text += instanceText(name, ecosystem, service, random);
        controls[`${service}:${cluster}.${name}`] = {
          desired_state: random() < 0.97 ? 'start' : 'stop',
          force_bounce: null,
        };
        instances += 1;
      }
      write(`${folder}/eks-${cluster}.yaml`, text);
    }
    write(
      `${folder}/deployments.json`,
      JSON.stringify({ v2: { controls, deployments: deploymentsOf(service, seed) } }),
    );
  }
  for (const cluster of Object.keys(CLUSTERS)) write(`etc-paasta/${cluster}/system.json`, systemText(cluster));
  write('soa-configs/authenticating.yaml', 'services: []\n');
  return { instances };
}

function namespaceText(name: string, port: number, random: () => number): string {
  return `${name}:\n  proxy_port: ${port}\n  timeout_server_ms: 3000\n  advertise: [region, superregion]\n  discover: region\n${
    random() < 0.3 ? '  healthcheck_uri: /health\n  retries: 2\n' : ''
  }`;
}

function instanceText(name: string, ecosystem: string, service: string, random: () => number): string {
  const group = ecosystem !== 'prod' ? 'stage.everything' : name === 'canary' ? 'prod.canary' : 'prod.main';
  const lines = [`${name}:`, '  <<: *base', `  deploy_group: ${group}`];
  if (ecosystem === 'prod' && name === 'main' && random() < 0.5) {
    const type = ['uwsgi', 'cpu', 'gunicorn', 'piscina'][Math.floor(random() * 4)]!;
    lines.push(
      '  min_instances: 3',
      '  max_instances: 30',
      '  autoscaling:',
      '    metrics_providers:',
      `      - type: ${type}`,
    );
  } else lines.push(`  instances: ${1 + Math.floor(random() * 6)}`);
  if (name === 'canary') lines.push(`  registrations: [${service}.main]`);
  if (name.startsWith('worker')) lines.push(`  cmd: bin/${name}`);
  if (random() < 0.15) lines.push(`  iam_role: arn:aws:iam::111122223333:role/${service}`);
  if (random() < 0.1) lines.push('  node_selectors:', '    instance_type: [c6i.4xlarge, m6i.4xlarge]');
  return `${lines.join('\n')}\n`;
}

function deploymentsOf(service: string, seed: number): Record<string, unknown> {
  const entries = GROUPS.map((group) => {
    const sha = createHash('sha1').update(`${seed}${service}${group}`).digest('hex');
    return [group, { docker_image: `services-${service}:paasta-${sha}`, git_sha: sha, image_version: null }];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function systemText(cluster: string): string {
  return JSON.stringify({
    cluster,
    clusters: Object.keys(CLUSTERS),
    docker_registry: 'registry.example.com:5000',
    hacheck_sidecar_image_url: 'registry.example.com:5000/hacheck:1',
    register_k8s_pods: true,
    kubernetes_add_registration_labels: true,
    vault_cluster_map: CLUSTERS,
    volumes: [{ hostPath: '/nail/etc/services', containerPath: '/nail/etc/services', mode: 'RO' }],
    hacheck_sidecar_volumes: [{ hostPath: '/nail/etc/haproxy', containerPath: '/nail/etc/haproxy', mode: 'RO' }],
    topology_spread_constraints: [{ topology_key: 'topology.kubernetes.io/zone' }],
    pdb_max_unavailable: '10%',
  });
}

/** A small deterministic generator of numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Leaves each proxy port to the first namespace that has it; later ones get none and are discovered only. There are 2,001 ports,
 * which bigger fleets than these have to share out too.
 */
export function keepPortsUnique(soaDir: string): void {
  const taken = new Set<string>();
  for (const service of readdirSync(soaDir).sort()) {
    const path = join(soaDir, service, 'smartstack.yaml');
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    const unique = text.replace(/proxy_port: (\d+)/g, (whole, port: string) => {
      if (taken.has(port) || Number(port) > 21_000) return 'proxy_port: null';
      taken.add(port);
      return whole;
    });
    if (unique !== text) writeFileSync(path, unique);
  }
}
