import { posix } from 'node:path';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type { SynapseSettings } from '../compiler/model/smartstack.ts';
import {
  HAPROXY_CONFIG,
  MASTER_SOCKET,
  SYNAPSE_CONF_FOLDER,
  SYNAPSE_RUN_FOLDER,
  SYNAPSE_SERVICES_FOLDER,
} from './_synapse-document.ts';
import { SYNAPSE_FILE } from './synapse-config-map.ts';

/** Checksum that synapse's container started with. */
const NOTED = `${SYNAPSE_RUN_FOLDER}/config.md5`;
const MOUNTED = `md5sum ${SYNAPSE_CONF_FOLDER}/* ${SYNAPSE_SERVICES_FOLDER}/* 2>/dev/null | md5sum`;

/** One checksum over the names and contents of the mounted files. */
export const checksum = {
  note: `${MOUNTED} > ${NOTED}`,
  compare: `[ "$(${MOUNTED})" = "$(cat ${NOTED})" ]`,
} as const;

/** Notes the checksum first: a file that changes while synapse starts is then seen as changed. */
export function startScript(): string {
  return `${checksum.note}; exec synapse -c ${SYNAPSE_CONF_FOLDER}/${SYNAPSE_FILE}`;
}

/** Makes the folders, clears them of dead sockets, and gives HAProxy something valid to start with. */
export function prepareScript(synapse: SynapseSettings): string {
  const socketFolders = sorted(
    [synapse.socketPathFormat, synapse.proxySocketPathFormat].map((path) => posix.dirname(path)),
  );
  const folders = sorted([...socketFolders, synapse.fileOutputPath, `${SYNAPSE_RUN_FOLDER}/maps`]);
  const sockets = [...socketFolders.map((folder) => `${folder}/*`), MASTER_SOCKET];
  return [
    'set -e',
    `mkdir -p ${folders.join(' ')}`,
    `rm -f ${sockets.join(' ')}`,
    `[ -s ${HAPROXY_CONFIG} ] || printf '%s\\n' ${firstConfig(synapse)
      .map((line) => `'${line}'`)
      .join(' ')} > ${HAPROXY_CONFIG}`,
  ].join('; ');
}

function firstConfig({ statsPort }: SynapseSettings): readonly string[] {
  return [
    'defaults',
    'mode http',
    'timeout connect 200ms',
    'timeout client 1000ms',
    'timeout server 1000ms',
    'listen stats',
    `bind 127.0.0.1:${statsPort}`,
    'stats enable',
    'stats uri /',
  ];
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareText);
}
