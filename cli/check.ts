import { ConfigurationProblem, runApiCheck, runAutoscalerCheck, runOomCheck } from './check-kinds.ts';
import { runReplicationCheck } from './check-replication.ts';
import { openChecks, type CheckCall } from './check-call.ts';
import { CLUSTER_ACCESS_OPTIONS } from './cluster-access.ts';
import { UnknownChoice } from './cluster-instances.ts';
import { INPUT_OPTIONS } from './project.ts';
import { safeText } from './safe-text.ts';
import { isOn, UsageError, type Call, type Verb } from './verb.ts';
import { whyNot } from '../monitoring/replication/live-source.ts';

export const verb: Verb = {
  name: 'check',
  usage: 'check [-c CLUSTER] [-s SERVICE] [-i INSTANCE] [--threshold N] [--emit]',
  description: `
Compares the replicas that are up with those that soa-configs ask for: pods that are ready, or, for instances in the mesh, backends
that are up in each location. With -s and -i it is a Sensu check: one line, and the exit status is Sensu's.

With --instances, or --max-instances, no soa-configs are read: that is how rendered Sensu checks call it. Without -i, all deployed
instances of the cluster are checked; only those in the mesh decide, by --crit and --min-count-critical.

Exit status: 0 OK, 1 warning (only --api), 2 critical, 3 unknown: no answer in time, wrong usage, broken configuration.`,
  usageExit: 3,
  options: {
    ...INPUT_OPTIONS,
    ...CLUSTER_ACCESS_OPTIONS,
    cluster: { short: 'c', value: 'CLUSTER', help: 'the cluster' },
    service: { short: 's', value: 'SERVICE', help: 'only this service' },
    instance: { short: 'i', value: 'INSTANCE', help: 'only this instance' },
    threshold: { value: 'N', help: 'percent of replicas that must be up (default: replication_threshold, 50)' },
    instances: { value: 'N', help: 'replicas that are expected' },
    'min-instances': { value: 'N', help: 'lower limit of an autoscaled instance (default 1)' },
    'max-instances': { value: 'N', help: 'upper limit of an autoscaled instance' },
    'location-label': { value: 'LABEL', help: 'count backends in the mesh, by this label of nodes' },
    pool: { value: 'POOL', help: 'pool whose nodes are asked for backends (default: default)' },
    'synapse-port': { value: 'PORT', help: "port of HAProxy's statistics (default 3212)" },
    'synapse-url': { value: 'FORMAT', help: 'their address, with {host:s}, {port:d} and {scope:s}' },
    pods: { help: 'count pods, also of instances in the mesh' },
    crit: { value: 'PERCENT', help: 'share of instances at which the cluster is critical (default 10)' },
    'min-count-critical': { value: 'N', help: 'and their least number (default 5)' },
    api: { help: 'only check whether the API server answers' },
    'autoscaler-max': { help: 'check autoscalers that are at their upper limit' },
    oom: { help: 'check for containers that were killed for lack of memory' },
    'check-interval': { value: 'MINUTES', help: 'how far --oom looks back (default 1)' },
    'alert-threshold': { value: 'N', help: 'kills from which on --oom is critical (default 1)' },
    'realert-every': { value: 'N', help: 'realert_every of events of --oom (default 1)' },
    emit: { help: 'send an event for each instance to the Sensu client (sensu_host, sensu_port)' },
    'dry-run': { help: 'with --emit: print the events, send none' },
    timeout: { value: 'SECONDS', help: 'give up after this time (default 45)' },
    verbose: { short: 'v', help: 'print a line for every instance, not only for those in trouble' },
  },
  run,
};

async function run(call: Call): Promise<number> {
  const { io } = call;
  let checks: CheckCall | undefined;
  try {
    checks = openChecks(call);
    return await checks.bounded(kindOf(call)(checks));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const problem =
      error instanceof UnknownChoice || error instanceof ConfigurationProblem ? error.message : whyNot(error);
    const isApi = isOn(call.values, 'api');
    io.out(`${isApi ? 'Error connecting to API' : 'UNKNOWN'}: ${safeText(problem)}\n`);
    return isApi ? 1 : 3;
  } finally {
    checks?.close();
  }
}

function kindOf({ values }: Call): (checks: CheckCall) => Promise<number> {
  const kinds = { api: runApiCheck, 'autoscaler-max': runAutoscalerCheck, oom: runOomCheck };
  const chosen = Object.entries(kinds).filter(([name]) => isOn(values, name));
  if (chosen.length > 1) throw new UsageError(`--${chosen[0]![0]} and --${chosen[1]![0]} are two checks: give one`);
  return chosen[0]?.[1] ?? runReplicationCheck;
}
