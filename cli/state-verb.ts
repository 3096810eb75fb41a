import type { DeployInstance } from '../delivery/deploy-branches.ts';
import { setStateInFile } from '../delivery/files/file-actions.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { problemWithBranch } from '../delivery/refs/tag-names.ts';
import { setStateByTag, type StateOutcome, type StateTarget } from '../delivery/tags/tag-actions.ts';
import {
  DELIVERY_OPTIONS,
  instancesOf,
  printJson,
  SERVICE_OPTION,
  serviceOf,
  withDelivery,
  type Delivery,
} from './delivery-call.ts';
import { TARGET_OPTIONS, withTarget, type DeliveryTarget } from './delivery-target.ts';
import { isOn, textsOf, UsageError, type OptionSpecs, type Verb } from './verb.ts';

const STATE_OPTIONS: OptionSpecs = {
  ...DELIVERY_OPTIONS,
  ...SERVICE_OPTION,
  cluster: {
    short: 'c',
    aliases: ['clusters'],
    value: 'CLUSTER',
    multiple: true,
    help: 'in this cluster (repeatable)',
  },
  instance: {
    short: 'i',
    aliases: ['instances'],
    value: 'INSTANCE',
    multiple: true,
    help: 'this instance (repeatable)',
  },
  ...TARGET_OPTIONS,
};

/** Flags of those that may be about many instances. */
const MANY_OPTIONS: OptionSpecs = {
  'deploy-group': { short: 'l', value: 'GROUP', multiple: true, help: 'instances of this deploy group (repeatable)' },
  yes: { short: 'y', help: 'do it without naming cluster and instance, also on a terminal' },
};

/** The verbs `start`, `stop` and `restart`: they differ in what they ask for and what they say. */
export function stateVerb(name: 'start' | 'stop' | 'restart', more: string): Verb {
  const filters = name === 'stop' ? '-c CLUSTER -i INSTANCE' : '[-c CLUSTER]... [-i INSTANCE]... [-l GROUP]...';
  return {
    name,
    usage: `${name} -s SERVICE ${filters} [--mode tag|file]`,
    description: `
${more}
In tag mode the state is a new tag on the deployed commit, as PaaSTA makes it; in file mode a commit to deployments.json.
All instances are changed together or none.

Exit status: 0 done, 1 not, or an instance is not deployed, 2 wrong usage.`,
    options: name === 'stop' ? STATE_OPTIONS : { ...STATE_OPTIONS, ...MANY_OPTIONS },
    run: (call) => withDelivery(call, (delivery) => run(delivery, name)),
  };
}

async function run(delivery: Delivery, verb: 'start' | 'stop' | 'restart'): Promise<number> {
  const service = serviceOf(delivery);
  const sources = delivery.load(service);
  const chosen = chooseInstances(delivery, verb, instancesOf(delivery, sources));
  const targets = chosen.flatMap(({ branch, group }) => (group === null ? [] : [{ branch, group }]));
  for (const { branch } of targets) refuseBranch(branch);
  const outcomes = await withTarget(delivery, sources, (target) => setState(delivery, target, targets, verb));
  return tell(delivery, { service, verb, chosen, outcomes });
}

function chooseInstances(delivery: Delivery, verb: string, all: readonly DeployInstance[]): readonly DeployInstance[] {
  const { values, io } = delivery;
  const clusters = textsOf(values, 'cluster');
  const names = textsOf(values, 'instance');
  const groups = textsOf(values, 'deploy-group');
  const isNarrow = clusters.length > 0 && names.length > 0;
  if (verb === 'stop' && !isNarrow) throw new UsageError('stop what? give -c CLUSTER and -i INSTANCE');
  const matches = (wanted: readonly string[], name: string): boolean => wanted.length === 0 || wanted.includes(name);
  const chosen = all.filter(
    ({ cluster, instance, group }) =>
      matches(clusters, cluster) && matches(names, instance) && (groups.length === 0 || groups.includes(group ?? '')),
  );
  if (chosen.length === 0) {
    const known = all.map(({ branch }) => branch).join(', ');
    throw new DeliveryProblem('no instance fits', `instances of the service: ${known === '' ? 'none' : known}`);
  }
  if (!isNarrow && io.isTerminal && !isOn(values, 'yes')) {
    const list = chosen.map(({ cluster, instance }) => `\n  ${cluster} ${instance}`).join('');
    throw new DeliveryProblem(
      `about to ${verb} ${chosen.length} instances:${list}`,
      `name cluster and instance, or give --yes`,
    );
  }
  const seen = new Map(chosen.map((instance) => [instance.branch, instance]));
  return [...seen.values()];
}

function refuseBranch(branch: string): void {
  const problem = problemWithBranch(branch);
  if (problem !== null) throw new DeliveryProblem(`the state of ${JSON.stringify(branch)} cannot be set: ${problem}`);
}

async function setState(
  { clock }: Delivery,
  target: DeliveryTarget,
  targets: readonly StateTarget[],
  verb: 'start' | 'stop' | 'restart',
): Promise<readonly StateOutcome[]> {
  const state = verb === 'stop' ? 'stop' : 'start';
  if (target.mode === 'tag') return setStateByTag(target.code(), clock, targets, state);
  return (await setStateInFile(target.file, targets, state)).outcomes;
}

interface Told {
  readonly service: string;
  readonly verb: 'start' | 'stop' | 'restart';
  readonly chosen: readonly DeployInstance[];
  readonly outcomes: readonly StateOutcome[];
}

function tell(delivery: Delivery, { service, verb, chosen, outcomes }: Told): number {
  const state = verb === 'stop' ? 'stop' : 'start';
  const { user, host } = delivery.actor;
  const missing: string[] = [];
  for (const { branch, cluster, instance, group } of chosen) {
    const outcome = outcomes.find((candidate) => candidate.branch === branch);
    if (outcome === undefined || outcome.kind === 'not-deployed') missing.push(group ?? branch);
    else if (outcome.kind === 'already-stopped') delivery.say(`${branch} is stopped already`);
    else {
      const line = `Issued request to change state of ${instance} (an instance of ${service}) to '${state}' by ${user}@${host}`;
      delivery.log.event('deploy', { service, cluster, instance }, line);
      delivery.log.audit(state, { service, cluster, instance });
      delivery.say(`${branch}: ${verb} requested`);
    }
  }
  const isStopped = verb === 'stop' && outcomes.some(({ kind }) => kind === 'changed');
  if (isStopped) delivery.say('It starts again when another commit is deployed to its deploy group.');
  if (missing.length > 0)
    delivery.warn(`nothing is deployed to ${[...new Set(missing)].join(', ')}: was it ever marked?`);
  if (delivery.isJson) printJson(delivery, { service, state, instances: outcomes });
  return missing.length === 0 ? 0 : 1;
}
