import { DEFAULT_MESH_STATISTICS, type MeshPath } from '../compiler/model/monitoring.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';

/** First part of the name of every replication check. PaaSTA: the event's name. */
export const REPLICATION_CHECK = 'check_paasta_services_replication';
/** Seconds between two runs, which nothing configures. PaaSTA: `check_every` 1m. */
export const CHECK_INTERVAL = 60;
/** Seconds after which a run is given up, so that it ends before the next one. */
export const CHECK_TIMEOUT = 50;

/** Name of an instance's replication check. */
export function checkName({ service, instance }: ResolvedInstance): string {
  return `${REPLICATION_CHECK}.${service}.${instance}`;
}

/**
 * The command of an instance's replication check. It holds what soa-configs say, so that the agent needs none: the configured
 * number of replicas or its limits. How many an autoscaler wants right now is read from the live workload.
 */
export function checkCommand({ service, instance, cluster, monitoring }: ResolvedInstance): string {
  const { threshold, expected, path } = monitoring.replication;
  const count =
    expected.kind === 'fixed'
      ? ['--instances', String(expected.instances)]
      : ['--min-instances', String(expected.min), '--max-instances', String(expected.max)];
  const mesh = path.kind === 'pods' ? [] : meshWords(path);
  const words = [
    ...['paasta-gitops', 'check', '--service', service, '--instance', instance, '--cluster', cluster],
    ...['--threshold', threshold.text, ...count, ...mesh],
  ];
  return words.map(shellWord).join(' ');
}

function meshWords({ locationLabel, pool, statistics: { port, urlFormat } }: MeshPath): readonly string[] {
  const words = ['--location-label', locationLabel, '--pool', pool];
  if (port !== DEFAULT_MESH_STATISTICS.port) words.push('--synapse-port', String(port));
  if (urlFormat !== DEFAULT_MESH_STATISTICS.urlFormat) words.push('--synapse-url', urlFormat);
  return words;
}

/** A word that a POSIX shell takes as it is. */
function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
