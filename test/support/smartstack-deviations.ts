/** A nerve configuration's services, by key. */
export type Records = Record<string, Record<string, unknown>>;

/** Where our records differ from what nerve-tools generated on the host, and why. Nothing else may. */
export const NERVE_DEVIATIONS: readonly { readonly reason: string; readonly apply: (expected: Records) => Records }[] =
  [
    {
      reason: 'Envoy records are not rendered: they need the listeners of a running Envoy',
      apply: (expected) => Object.fromEntries(Object.entries(expected).filter(([key]) => key.endsWith('.v2.new'))),
    },
    {
      reason: "labels that a host's /etc/nerve/labels.d adds belong to that host, not to soa-configs",
      apply: (expected) => mapRecords(expected, (record) => ({ ...record, labels: locationLabels(record['labels']) })),
    },
  ];

function mapRecords(records: Records, change: (record: Records[string]) => Records[string]): Records {
  return Object.fromEntries(Object.entries(records).map(([key, record]) => [key, change(record)]));
}

function locationLabels(labels: unknown): unknown {
  return Object.fromEntries(Object.entries(labels as object).filter(([key]) => key.includes(':')));
}

/** One service of synapse.conf.json. */
export interface Entry {
  readonly haproxy?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}
export type Entries = Readonly<Record<string, Entry>>;

/**
 * Where our entries differ from what synapse-tools generated on the host, and why. Nothing else may.
 * `apply` makes of their entry what we render; undefined when we render none.
 */
export const SYNAPSE_DEVIATIONS: readonly {
  readonly reason: string;
  readonly apply: (entry: Entry, name: string, all: Readonly<Record<string, unknown>>) => Entry | undefined;
}[] = [
  {
    reason: 'nginx is not rendered: HAProxy listens on the port and on both sockets itself',
    apply: (entry, name, all) => (name.endsWith('.nginx_listener') ? undefined : withoutNginx(entry, all)),
  },
  {
    reason: 'reqtarpit is gone from HAProxy 2; where requests are not read the new rule cannot act',
    apply: (entry) =>
      lines(entry, 'backend', (line, { isHttp }) => {
        if (line !== 'reqtarpit . if to_be_tarpitted') return [line];
        return isHttp ? ['http-request tarpit if to_be_tarpitted'] : [];
      }),
  },
  {
    reason: 'reqidel and reqadd are gone from HAProxy 2; set-header does both',
    apply: (entry) =>
      lines(entry, 'backend', (line) => {
        const added = /^reqadd (\S+?):\\ (.*)$/.exec(line);
        if (added !== null) return [`http-request set-header ${added[1]!} ${added[2]!}`];
        return line.startsWith('reqidel ') ? [] : [line];
      }),
  },
  {
    reason: 'option allredisp is a private patch of HAProxy',
    apply: (entry) => lines(entry, 'backend', (line) => (line === 'option allredisp' ? [] : [line])),
  },
  {
    reason: 'Lua plugins are not rendered',
    apply: (entry) => {
      const isLua = /^http-request (set-var\S+ )?lua\.|^use_backend %\[var/;
      const backend = lines(entry, 'backend', (line) => (isLua.test(line) ? [] : [line]));
      return lines(backend, 'frontend', (line) => (isLua.test(line) ? [] : [line]));
    },
  },
  {
    reason: 'HAProxy 2 would parse https and http2 as plain http: they pass through as bytes, as tcp does',
    apply: (entry) => (isEncrypted(entry) ? passedThrough(entry) : entry),
  },
];

/** Changes the lines of a section, if the entry has it. */
function lines(
  entry: Entry,
  section: 'frontend' | 'backend',
  change: (line: string, facts: { isHttp: boolean }) => readonly string[],
): Entry {
  const found = entry.haproxy?.[section] as readonly string[] | undefined;
  if (found === undefined) return entry;
  const isHttp = String(entry.haproxy?.['server_options']).includes('layer7');
  return { ...entry, haproxy: { ...entry.haproxy, [section]: found.flatMap((line) => change(line, { isHttp })) } };
}

function withoutNginx({ nginx: _, ...entry }: Entry, all: Readonly<Record<string, unknown>>): Entry {
  const { bind_address: socket, ...haproxy } = entry.haproxy!;
  if (socket === undefined) return { ...entry, haproxy };
  const listener = all[`${String(haproxy['backend_name'])}.nginx_listener`] as { nginx: { port: number } };
  const listening = { ...entry, haproxy: { ...haproxy, port: String(listener.nginx.port) } };
  return lines(listening, 'frontend', (line) =>
    line.endsWith('.prxy accept-proxy') ? [`bind ${String(socket)}`, line] : [line],
  );
}

function isEncrypted(entry: Entry): boolean {
  return /GET \/(https|http2)\//.test(JSON.stringify(entry.haproxy?.['backend'] ?? ''));
}

function passedThrough(entry: Entry): Entry {
  const backend = lines(entry, 'backend', (line) => {
    if (!line.startsWith('option httpchk')) return [line];
    return ['mode tcp', line.replace('GET /http2/', 'GET /http/')];
  });
  const listener = ['no option accept-invalid-http-request', 'option tcplog', 'mode tcp'];
  return lines(backend, 'frontend', (line) => (line.endsWith('.sock') ? [...listener, line] : [line]));
}

/** As `SYNAPSE_DEVIATIONS`, for what stands above the services. */
export const TOP_DEVIATIONS: readonly { readonly reason: string; readonly apply: (haproxy: Top) => Top }[] = [
  {
    reason: 'HAProxy runs in the foreground in master-worker mode, and is reloaded through its master socket',
    apply: (haproxy) => ({
      ...withoutLines(haproxy, 'global', /^daemon$/),
      reload_command:
        `ruby -rsocket -e 's=UNIXSocket.new("/var/run/synapse/haproxy-master.sock"); s.puts("reload"); ` +
        `s.close_write; s.read'`,
    }),
  },
  {
    reason: 'only Lua used the map of addresses, and Lua plugins are not rendered',
    apply: (haproxy) => {
      const { 'listen map.debug': _, ...sections } = haproxy['extra_sections'] as Top;
      return { ...withoutLines(haproxy, 'global', /^(setenv|lua-load) /), extra_sections: sections };
    },
  },
  {
    reason: 'option forceclose is gone from HAProxy 2',
    apply: (haproxy) => ({
      ...haproxy,
      defaults: (haproxy['defaults'] as string[]).map((line) => line.replace('forceclose', 'httpclose')),
    }),
  },
  {
    reason: 'HAProxy 2 refuses a file without a final newline, which synapse does not write',
    apply: (haproxy) => ({
      ...haproxy,
      do_checks: true,
      candidate_config_file_path: '/var/run/synapse/haproxy.cfg.tmp',
      check_command: 'echo >> /var/run/synapse/haproxy.cfg.tmp; haproxy -c -f /var/run/synapse/haproxy.cfg.tmp',
    }),
  },
  {
    reason: 'weights have no effect unless they are asked for',
    apply: (haproxy) => ({ ...haproxy, use_nerve_weights: true }),
  },
  {
    reason: 'the file is the same on all nodes, so the seed is made of the node name at run time',
    apply: (haproxy) => ({ ...haproxy, server_order_seed: '1012' }),
  },
];

export type Top = Readonly<Record<string, unknown>>;

function withoutLines(haproxy: Top, section: string, pattern: RegExp): Top {
  return { ...haproxy, [section]: (haproxy[section] as string[]).filter((line) => !pattern.test(line)) };
}
