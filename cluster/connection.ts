import * as http from 'node:http';
import * as https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

/** One cluster as a kubeconfig describes it. */
export interface Connection {
  readonly context: string;
  readonly server: URL;
  readonly agent: http.Agent;
  /** For answers that stay open: these take no place from the others. */
  readonly streams: http.Agent;
  /** Headers that prove who we are; credentials that expire are renewed here. */
  credentials(): Promise<Readonly<Record<string, string>>>;
  /** Reads the kubeconfig again: a token in a file may have been replaced. */
  reload(): void;
  close(): void;
}

/** The kubeconfig cannot be used; the message says why in one line. */
export class ConnectionProblem extends Error {}

export interface ConnectionOptions {
  /** Never the current context of the file: the caller names it. */
  readonly context: string;
  /** Files of the `KUBECONFIG` variable; default `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  /** Most connections at once, streams aside. Default 16. */
  readonly sockets?: number;
}

/** Opens a connection to the cluster of a context. Nothing is sent yet. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const load = (): KubeConfig => loadInto(new KubeConfig(), options);
  let config = load();
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new ConnectionProblem(`the context ${JSON.stringify(options.context)} names no cluster`);
  if (!URL.canParse(cluster.server))
    throw new ConnectionProblem(`the server of the context ${JSON.stringify(options.context)} is no URL`);
  const server = new URL(cluster.server);
  const settings = await requestOptions(config);
  const agentOptions = { keepAlive: true, maxSockets: options.sockets ?? 16, scheduling: 'lifo' as const };
  const agent = agentOf(server, cluster.proxyUrl, settings, agentOptions);
  const streams = agentOf(server, cluster.proxyUrl, settings, {});
  return {
    context: options.context,
    server,
    ...{ agent, streams },
    credentials: async () => {
      const { headers, auth } = await requestOptions(config);
      const basic = auth == null ? {} : { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
      return { ...(headers as Record<string, string> | undefined), ...basic };
    },
    reload: () => {
      config = load();
    },
    close: () => {
      agent.destroy();
      streams.destroy();
    },
  };
}

function loadInto(config: KubeConfig, { context, kubeconfig }: ConnectionOptions): KubeConfig {
  try {
    if (kubeconfig === undefined || kubeconfig === '' || kubeconfig.includes(':')) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw kubeconfigProblem('read', error);
  }
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new ConnectionProblem(
      `the kubeconfig has no context ${JSON.stringify(context)}; it has ${known.join(', ') || 'none'}`,
    );
  }
  config.setCurrentContext(context);
  return config;
}

async function requestOptions(config: KubeConfig): Promise<https.RequestOptions> {
  const options: https.RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw kubeconfigProblem('used', error);
  }
  return options;
}

/** Only the first line of what the library says: others quote the file, which holds credentials. */
function kubeconfigProblem(what: 'read' | 'used', error: unknown): ConnectionProblem {
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new ConnectionProblem(`the kubeconfig cannot be ${what}: ${reason || 'no reason is given'}`);
}

function agentOf(
  server: URL,
  proxy: string | undefined,
  settings: https.RequestOptions,
  options: https.AgentOptions,
): http.Agent {
  if (proxy !== undefined && settings.agent instanceof http.Agent) return settings.agent;
  if (server.protocol === 'http:') return new http.Agent(options);
  const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = settings;
  return new https.Agent({
    ...options,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(pfx !== undefined && { pfx }),
    ...(passphrase !== undefined && { passphrase }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  });
}
