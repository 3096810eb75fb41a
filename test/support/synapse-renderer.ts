import { BACKEND_PREFIXES, FRONTEND_PREFIXES } from './synapse-prefixes.ts';

/** A server as the registry has it. */
export interface RegisteredServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly weight: number;
}

export interface SynapseTop {
  readonly haproxy: {
    readonly bind_address: string;
    readonly use_nerve_weights: boolean;
    readonly global: readonly string[];
    readonly defaults: readonly string[];
    readonly extra_sections: Readonly<Record<string, readonly string[]>>;
  };
}

export interface SynapseWatcher {
  readonly haproxy: {
    readonly disabled?: boolean;
    readonly port?: string;
    readonly backend_name?: string;
    readonly server_options?: string;
    readonly frontend?: readonly string[];
    readonly backend?: readonly string[];
  };
}

export interface GeneratedConfig {
  readonly text: string;
  /** Lines that synapse would not write, with its log line only. */
  readonly dropped: readonly string[];
}

/** haproxy.cfg as synapse generates it of its configuration files, with the newline that the check command adds. */
export function haproxyConfig(
  top: SynapseTop,
  watchers: Readonly<Record<string, SynapseWatcher>>,
  servers: readonly RegisteredServer[],
): GeneratedConfig {
  const { haproxy } = top;
  const dropped: string[] = [];
  const sections = [
    ['global', haproxy.global],
    ['defaults', haproxy.defaults],
    ...Object.entries(haproxy.extra_sections),
  ] as const;
  const parts = sections.map(([title, lines]) => section(title, lines));
  for (const [name, { haproxy: watcher }] of Object.entries(watchers)) {
    if (watcher.disabled === true) continue;
    const backend = watcher.backend_name ?? name;
    if (watcher.port !== undefined) {
      const lines = known(watcher.frontend ?? [], FRONTEND_PREFIXES, dropped);
      const bind = `bind ${haproxy.bind_address}:${watcher.port}`;
      parts.push(section(`frontend ${name}`, [...lines, bind, `default_backend ${backend}`]));
    }
    const lines = known(watcher.backend ?? [], BACKEND_PREFIXES, dropped);
    const isTcp = lines.includes('mode tcp');
    const serverLines = servers.map((server, index) =>
      serverLine(server, index + 1, isTcp, watcher.server_options ?? ''),
    );
    parts.push(section(`backend ${backend}`, [...lines, ...serverLines]));
  }
  return { text: `${parts.join('\n\n')}\n`, dropped };
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `\t${line}`)].join('\n');
}

function known(lines: readonly string[], prefixes: readonly string[], dropped: string[]): readonly string[] {
  return lines.filter((line) => {
    const plain = line.trim().replace(/\s+/g, ' ').toLowerCase();
    const isKnown = prefixes.some((prefix) => plain.startsWith(prefix));
    if (!isKnown) dropped.push(line);
    return isKnown;
  });
}

function serverLine(
  { name, host, port, weight }: RegisteredServer,
  id: number,
  isTcp: boolean,
  options: string,
): string {
  const server = `${name}_${host}:${port}`;
  const cookie = isTcp ? '' : ` cookie ${server}`;
  const filled = options.replaceAll('%{host}', host).replaceAll('%{port}', String(port)).replaceAll('%{name}', server);
  return `server ${server} ${host}:${port} id ${id}${cookie} ${filled.replaceAll('%%', '%')} weight ${weight}`;
}
