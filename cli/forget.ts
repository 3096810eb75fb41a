import { EXIT } from '../applier/exit-status.ts';
import { forgetObject, jobsOf, membersOf } from '../applier/forget.ts';
import { readLiveState } from '../applier/live-state.ts';
import { lockTransitions, takeLock } from '../applier/lock.ts';
import { setIdOf } from '../applier/names.ts';
import { isMember } from '../applier/plan.ts';
import { didYouMean } from '../compiler/diagnostics/did-you-mean.ts';
import { CLUSTER_OPTIONS, refuse, timeOf, withCluster, type ClusterCall } from './cluster-call.ts';
import { endSignal } from './end-signal.ts';
import { safeText } from './safe-text.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  name: 'forget',
  usage: 'forget SERVICE[.INSTANCE] [--cluster C] [--context X]',
  description: `
Removes the applier's marks from the live objects of an instance or a service: they keep running, and no run looks at them again. While
they are in the tree, apply refuses to touch them unless --adopt=unowned takes them back.

Exit status: 0 done, 4 no such member, 5 another run holds the lock, 6 wrong usage, 7 no rights, 9 no answer.`,
  options: {
    ...CLUSTER_OPTIONS,
    'lock-timeout': { value: 'TIME', help: 'longest wait for another run (default 60s)' },
  },
  words: { min: 1, max: 1 },
  usageExit: EXIT.invalid,
  run: (call) => withCluster(call, 'forget', (cluster) => run(cluster, call.words[0]!)),
};

async function run({ client, name, pageSize, values, io, cluster }: ClusterCall, job: string): Promise<number> {
  const [service, instance = null] = splitOnce(job);
  const nothing = { cluster, setId: setIdOf(name), objects: new Map(), problems: [], doubts: [] };
  const end = endSignal(timeOf(values, 'lock-timeout', '60s') * 10);
  const seenTransitions = await lockTransitions(client, name);
  const lock = await takeLock(client, {
    name,
    seenTransitions,
    timeoutMs: timeOf(values, 'lock-timeout', '60s'),
    signal: end.signal,
  });
  try {
    const state = await readLiveState(client, nothing, { name, pageSize });
    if (state.parent !== null && state.parent.cluster !== cluster)
      refuse(EXIT.refused, `this is the cluster ${state.parent.cluster}, not ${cluster}`);
    const members = [...state.objects.values()].map(({ live }) => live).filter((live) => isMember(live, nothing.setId));
    const own = membersOf(members, service, instance);
    if (own.length === 0) {
      const { hint } = didYouMean(job, jobsOf(members));
      refuse(EXIT.refused, `the set has no objects of ${job}${hint === undefined ? '' : `; ${hint}`}`);
    }
    for (const live of own) {
      await forgetObject(client, state.resources, live);
      io.out(`forgotten ${safeText(live.key)}\n`);
    }
    return EXIT.success;
  } finally {
    await lock.release();
    end.close();
  }
}

function splitOnce(job: string): readonly [string, string?] {
  const dot = job.indexOf('.');
  return dot < 0 ? [job] : [job.slice(0, dot), job.slice(dot + 1)];
}
