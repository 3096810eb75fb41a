import { dump } from 'js-yaml';
import { defaultNamespace, MAX_LABEL, MAX_SOCKET, sanitise } from '../compiler/model/names.ts';
import type { ServiceFile } from '../compiler/model/service-sources.ts';
import { isInteger, isMap } from '../compiler/model/yaml-value.ts';

/** Ports that PaaSTA gives to new services. PaaSTA: `suggest_smartstack_proxy_port`. */
export const PROXY_PORTS = { first: 19_000, last: 21_000 } as const;

/** What a new service starts with. */
export interface NewService {
  readonly service: string;
  readonly team: string;
  readonly description: string;
  readonly link: string | null;
  readonly gitUrl: string;
  /** Clusters that it runs in, in the order in which it is deployed. */
  readonly clusters: readonly string[];
  readonly proxyPort: number;
}

/** The nerve namespace that a new service has. */
const NERVE_NAMESPACE = 'main';

/**
 * Why a new service cannot have a name, or null: it becomes part of object names and is split off at the first dot elsewhere, and its
 * namespaces in Kubernetes and in SmartStack must be legal.
 */
export function problemWithServiceName(name: string): string | null {
  if (!/^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/.test(name))
    return 'lower-case letters, digits, "-" and "_", starting and ending with a letter or digit';
  const most = MAX_SOCKET - NERVE_NAMESPACE.length;
  if (name.length > most) return `at most ${most} characters (it has ${name.length})`;
  const { length } = sanitise(name);
  const mostDoubled = MAX_LABEL - defaultNamespace('').length;
  return length > mostDoubled ? `at most ${mostDoubled} characters, where "_" counts twice (it has ${length})` : null;
}

/** The lowest proxy port that nobody uses, or null when all are taken. PaaSTA takes a random one. */
export function freeProxyPort(used: ReadonlySet<number>): number | null {
  for (let port: number = PROXY_PORTS.first; port <= PROXY_PORTS.last; port++) if (!used.has(port)) return port;
  return null;
}

/** Proxy ports in a smartstack.yaml, extra ones of `proxied_through` and lists of names aside. */
export function proxyPortsIn(smartstack: ServiceFile): readonly number[] {
  if (smartstack.kind !== 'read' || !isMap(smartstack.document.value)) return [];
  return Object.values(smartstack.document.value).flatMap((namespace) => {
    const port = isMap(namespace) ? namespace['proxy_port'] : undefined;
    return isInteger(port) ? [Number(port)] : [];
  });
}

/** The files of a new service by name: each with the few keys that everybody sets, and a comment that says what it is for. */
export function newServiceFiles(service: NewService): Readonly<Record<string, string>> {
  const { team, description, link, gitUrl, clusters, proxyPort } = service;
  const groupOf = (cluster: string): string => `${cluster}.main`;
  const instance = { main: { deploy_group: '{cluster}.main', instances: 3, cpus: 0.1, mem: 1000 } };
  const steps = ['itest', 'push-to-registry', ...clusters.map(groupOf)].map((step) => ({ step }));
  return {
    'service.yaml': yaml('What the service is and where its code is.', {
      description,
      ...(link === null ? {} : { external_link: link }),
      git_url: gitUrl,
    }),
    'smartstack.yaml': yaml('How others reach it: every host has it on this port of its own address.', {
      [NERVE_NAMESPACE]: { proxy_port: proxyPort },
    }),
    'monitoring.yaml': yaml('Who is told when it is down, and how.', { team, page: false, ticket: true }),
    'deploy.yaml': yaml('What a commit goes through, in this order.', {
      production_deploy_group: groupOf(clusters.at(-1)!),
      pipeline: steps,
    }),
    ...Object.fromEntries(
      clusters.map((cluster) => [
        `kubernetes-${cluster}.yaml`,
        yaml(`What runs in ${cluster}: one block an instance.`, instance),
      ]),
    ),
  };
}

function yaml(comment: string, value: object): string {
  return `# ${comment}\n${dump(value, { lineWidth: -1, noRefs: true })}`;
}
