import type { SynapseSettings } from '../compiler/model/smartstack.ts';
import { haproxyWord } from './_haproxy-text.ts';
import { RuntimeText, type RuntimeJson } from './_runtime-json.ts';

/** Folder on the node that applications read, with sockets and lists of servers. */
export const SYNAPSE_RUN_FOLDER = '/var/run/synapse';
/** Where the container finds synapse.conf.json, and the files of services. */
export const SYNAPSE_CONF_FOLDER = '/etc/synapse/conf';
export const SYNAPSE_SERVICES_FOLDER = '/etc/synapse/services.d';

const run = (file: string): string => `${SYNAPSE_RUN_FOLDER}/${file}`;
/** Where the HAProxy that runs reads its configuration, and where its master process is told to read it again. */
export const HAPROXY_CONFIG = run('haproxy.cfg');
export const MASTER_SOCKET = run('haproxy-master.sock');
const ADMIN_SOCKET = run('haproxy.sock');
const CANDIDATE = `${HAPROXY_CONFIG}.tmp`;

/**
 * synapse.conf.json without its services, which have files of their own (synapse-tools: `_generate_haproxy_top_level`, for
 * HAProxy 2.4 and later in master-worker mode).
 */
export function synapseDocument(synapse: SynapseSettings, hasListener: boolean): RuntimeJson {
  return {
    service_conf_dir: SYNAPSE_SERVICES_FOLDER,
    services: {},
    file_output: { output_directory: synapse.fileOutputPath },
    haproxy: {
      bind_address: synapse.bindAddress,
      restart_interval: synapse.restartIntervalSeconds,
      restart_jitter: 0.1,
      state_file_path: run('state.json'),
      state_file_ttl: 1800,
      reload_command: RELOAD,
      socket_file_path: ADMIN_SOCKET,
      config_file_path: HAPROXY_CONFIG,
      candidate_config_file_path: CANDIDATE,
      check_command: checkCommand(synapse),
      do_checks: true,
      do_writes: true,
      do_reloads: true,
      do_socket: true,
      // Text, since a JSON number cannot hold a template; synapse makes a number of it.
      server_order_seed: new RuntimeText({ kind: 'node-seed' }),
      use_nerve_weights: true,
      global: globalLines(synapse),
      defaults: defaultLines(synapse, hasListener),
      extra_sections: { 'listen stats': statsLines(synapse) },
    },
  };
}

/** Tells the master process to start a new worker. */
const RELOAD = `ruby -rsocket -e 's=UNIXSocket.new("${MASTER_SOCKET}"); s.puts("reload"); s.close_write; s.read'`;

/** synapse writes no final newline, without which HAProxy refuses the file. */
function checkCommand({ haproxyPath }: SynapseSettings): string {
  return `echo >> ${CANDIDATE}; ${haproxyPath} -c -f ${CANDIDATE}`;
}

function globalLines({ maximumConnections, stateFilePath }: SynapseSettings): readonly string[] {
  return [
    `maxconn ${maximumConnections}`,
    `stats socket ${ADMIN_SOCKET} level admin`,
    'tune.bufsize 32768',
    'spread-checks 50',
    'log 127.0.0.1:1514 daemon info',
    'log-send-hostname',
    'unix-bind mode 666',
    ...(stateFilePath === null ? [] : [`server-state-file ${haproxyWord(stateFilePath)}`]),
  ];
}

function defaultLines(
  { checkInterval, errorFiles, stateFilePath }: SynapseSettings,
  hasListener: boolean,
): readonly string[] {
  return [
    'timeout connect 200ms',
    'timeout client 1000ms',
    'timeout server 1000ms',
    'retries 1',
    'option redispatch 1',
    'balance leastconn',
    'mode http',
    'option httpclose',
    'option accept-invalid-http-request',
    'log global',
    'option log-separate-errors',
    `default-server on-error fastinter error-limit 1 inter ${checkInterval} downinter 30s fastinter 30s rise 1 fall 2`,
    ...(stateFilePath === null ? [] : ['load-server-state-from-file global']),
    ...Object.entries(errorFiles).map(([code, file]) => `errorfile ${haproxyWord(code)} ${haproxyWord(file)}`),
    ...(hasListener ? ['timeout tarpit 60s'] : []),
  ];
}

function statsLines({ statsPort }: SynapseSettings): readonly string[] {
  return [`bind :${statsPort}`, 'mode http', 'stats enable', 'stats uri /', 'stats refresh 1m', 'stats show-node'];
}
