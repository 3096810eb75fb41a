import { CLUSTER_ACCESS_OPTIONS } from './cluster-access.ts';
import { withDelivery } from './delivery-call.ts';
import { stateVerb } from './state-verb.ts';
import { textOf, type Verb } from './verb.ts';

const all = stateVerb(
  'restart',
  `
Asks for new pods of the same version, by the bounce method of each instance. A stopped instance is started. Without filters,
all instances of the service. With --replica, deletes one pod through the cluster's API and nothing else.`,
);

export const verb: Verb = {
  ...all,
  options: {
    ...all.options,
    replica: { value: 'POD', help: 'replace only this pod, through the cluster' },
    force: { help: 'with --replica: without its grace period' },
    ...CLUSTER_ACCESS_OPTIONS,
  },
  run: async (call) => {
    if (textOf(call.values, 'replica') === undefined) return all.run(call);
    const { restartReplica } = await import('./restart-replica.ts');
    return withDelivery(call, restartReplica);
  },
};
