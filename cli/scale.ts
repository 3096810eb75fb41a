import { isWorkloadType } from '../compiler/model/instances.ts';
import type { InstanceFile, ServiceSources } from '../compiler/model/service-sources.ts';
import { isMap, type YamlMap } from '../compiler/model/yaml-value.ts';
import { commitFileChange } from '../delivery/files/config-repository.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { scaledText } from '../delivery/scale/edit-scale.ts';
import { expiredBounds } from '../delivery/scale/expired-bounds.ts';
import { revertedText, type KeptBounds } from '../delivery/scale/revert-bounds.ts';
import { withScratchRepository } from '../git/scratch-repository.ts';
import type { SafeGit } from '../git/safe-git.ts';
import { configRepositoryOf, CONFIG_REPOSITORY_OPTIONS } from './config-target.ts';
import {
  countOf,
  DELIVERY_OPTIONS,
  printJson,
  required,
  SERVICE_OPTION,
  serviceOf,
  withDelivery,
  type Delivery,
} from './delivery-call.ts';
import { isOn, textOf, UsageError, type Call, type Verb } from './verb.ts';

const GIT_SECONDS = 60;
const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

export const verb: Verb = {
  name: 'scale',
  usage:
    'scale -s SERVICE -c CLUSTER -i INSTANCE [--min N] [--max N] (--until TIME | --for DURATION) | --revert-expired',
  description: `
Commits other min_instances and max_instances to the instance's file, each with a comment that says until when and what comes
then. PaaSTA and synth see ordinary keys; nothing changes by itself when the time is over, but validate reports it, and
--revert-expired commits what stood there before, for one service or all. Where that would leave min_instances above max_instances,
as when the other bound lasts longer, the instance keeps its bounds: that is told, and ends with 1.

Exit status: 0 done, 1 not, 2 wrong usage.`,
  options: {
    ...DELIVERY_OPTIONS,
    ...SERVICE_OPTION,
    cluster: { short: 'c', value: 'CLUSTER', help: 'its cluster' },
    instance: { short: 'i', value: 'INSTANCE', help: 'the instance' },
    min: { aliases: ['set-min'], value: 'N', help: 'least number of replicas' },
    max: { aliases: ['set-max'], value: 'N', help: 'greatest number of replicas' },
    until: { value: 'TIME', help: 'when it ends, such as 2026-01-05T18:00:00Z' },
    for: { value: 'DURATION', help: 'how long it lasts, such as 90m, 3h or 2d' },
    'revert-expired': { help: 'take back what is over' },
    ...CONFIG_REPOSITORY_OPTIONS,
  },
  run: (call: Call) => withDelivery(call, isOn(call.values, 'revert-expired') ? revertExpired : scale),
};

async function scale(delivery: Delivery): Promise<number> {
  const { values, clock } = delivery;
  const service = serviceOf(delivery);
  const cluster = required(values, 'cluster', 'which cluster? give -c CLUSTER');
  const instance = required(values, 'instance', 'which instance? give -i INSTANCE');
  const min = boundOf(delivery, 'min');
  const max = boundOf(delivery, 'max');
  if (min === null && max === null) throw new UsageError('what should change? give --min or --max');
  const until = endOf(delivery);
  const sources = delivery.load(service);
  const file = fileOf(sources, cluster, instance);
  requirePossible(sources, file, instance, min, max);
  const text = `${min === null ? '' : ` min ${min}`}${max === null ? '' : ` max ${max}`}`;
  const { commit, branch } = await commitTo(delivery, (git, target) =>
    commitFileChange(git, clock, target, {
      path: `${target.prefix}${file.file}`,
      edit: (before) => {
        if (before === null) throw new DeliveryProblem(`${file.file} does not exist in the repository`);
        return scaledText(before, file.file, { instance, min, max, until });
      },
      message: `${service}.${instance} in ${cluster}: scale to${text} until ${until}\n\nService: ${service}\nGenerator: ${target.generator}\n`,
      identity: target.identity,
    }),
  );
  if (commit !== null) {
    const details = {
      min_instances: min === null ? null : String(min),
      max_instances: max === null ? null : String(max),
      expire_after: until,
    };
    delivery.log.event(
      'deploy',
      { service, cluster, instance },
      `Scaled ${service}.${instance} to${text} until ${until}`,
    );
    delivery.log.audit('manual-autoscale-override', { service, cluster, instance }, details);
  }
  delivery.say(
    commit === null
      ? 'it is so already'
      : `${service}.${instance} in ${cluster}:${text} until ${until}, on branch ${branch}`,
  );
  if (delivery.isJson) printJson(delivery, { service, cluster, instance, min, max, until, commit, branch });
  return 0;
}

function boundOf(delivery: Delivery, name: 'min' | 'max'): number | null {
  return textOf(delivery.values, name) === undefined ? null : countOf(delivery.values, name, 0);
}

/** The end of the change, to the second, in UTC. */
function endOf({ values, clock }: Delivery): string {
  const until = textOf(values, 'until');
  const duration = textOf(values, 'for');
  if ((until === undefined) === (duration === undefined))
    throw new UsageError('until when? give --until TIME or --for DURATION');
  const now = clock.now().getTime();
  const match = /^(\d{1,5})([mhdw])$/.exec(duration ?? '');
  if (duration !== undefined && match === null)
    throw new UsageError(`--for is a number and m, h, d or w, such as 3h; found ${JSON.stringify(duration)}`);
  const isTime = until === undefined || /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(until);
  const end = until === undefined ? now + Number(match![1]) * UNITS[match![2]!]! * 1000 : new Date(until).getTime();
  if (!isTime || Number.isNaN(end))
    throw new UsageError(`--until is a time such as 2026-01-05T18:00:00Z; found ${JSON.stringify(until)}`);
  if (end <= now) throw new UsageError('--until lies in the past');
  return `${new Date(end).toISOString().slice(0, 19)}Z`;
}

function fileOf(sources: ServiceSources, cluster: string, instance: string): InstanceFile {
  const files = sources.instanceFiles.filter((file) => isWorkloadType(file.type) && file.cluster === cluster);
  const file = files.find((candidate) => candidate.instances.includes(instance));
  if (file?.document == null) {
    const known = files.flatMap(({ instances }) => instances).join(', ');
    throw new DeliveryProblem(
      `${sources.service} has no instance "${instance}" in "${cluster}"`,
      known === '' ? 'it has none in that cluster' : `it has: ${known}`,
    );
  }
  if (!file.isGenerated) return file;
  throw new DeliveryProblem(`${file.file} is generated from a file beside it`, 'change that, and generate it again');
}

/** PaaSTA: only an autoscaled instance has bounds, and the least is at most the greatest. */
function requirePossible(
  sources: ServiceSources,
  file: InstanceFile,
  instance: string,
  min: number | null,
  max: number | null,
): void {
  const { service } = sources;
  const own = (file.document!.value as YamlMap)[instance];
  const config: YamlMap = { ...generalOf(sources), ...(isMap(own) ? own : {}) };
  const least = min ?? config['min_instances'] ?? 1;
  const greatest = max ?? config['max_instances'];
  if (config['max_instances'] === undefined) {
    throw new DeliveryProblem(
      `${service}.${instance} is not autoscaled`,
      'set max_instances, or change its "instances"',
    );
  }
  if (typeof least === 'number' && typeof greatest === 'number' && least > greatest) {
    throw new DeliveryProblem(`min ${least} is more than max ${greatest}`, 'give both --min and --max');
  }
}

/** What the service sets for all its instances. */
function generalOf({ serviceYaml }: ServiceSources): YamlMap {
  return serviceYaml.kind === 'read' && isMap(serviceYaml.document.value) ? serviceYaml.document.value : {};
}

interface Revert {
  readonly file: string;
  readonly commit: string | null;
  readonly reverted: readonly string[];
  readonly kept: readonly KeptBounds[];
}

async function revertExpired(delivery: Delivery): Promise<number> {
  const { clock } = delivery;
  const services = textOf(delivery.values, 'service') === undefined ? delivery.services : [serviceOf(delivery)];
  const expired = expiredBounds(delivery.soa, services, clock.now());
  const done: Revert[] = [];
  for (const { service, file } of expired) done.push(await revertFile(delivery, service, file));
  if (expired.length === 0) delivery.say('nothing is over');
  if (delivery.isJson) printJson(delivery, done);
  return done.some(({ kept }) => kept.length > 0) ? 1 : 0;
}

async function revertFile(delivery: Delivery, service: string, file: string): Promise<Revert> {
  const { clock } = delivery;
  const general = generalOf(delivery.load(service));
  let [reverted, kept]: [readonly string[], readonly KeptBounds[]] = [[], []];
  const { commit } = await commitTo(delivery, (git, target) =>
    commitFileChange(git, clock, target, {
      path: `${target.prefix}${file}`,
      edit: (before) => {
        const result = revertedText(before ?? '', clock.now(), general);
        [reverted, kept] = [result.reverted, result.kept];
        return result.reverted.length === 0 ? null : result.text;
      },
      message: `${service}: take back bounds that are over\n\nService: ${service}\nGenerator: ${target.generator}\n`,
      identity: target.identity,
    }),
  );
  if (commit !== null) delivery.log.event('deploy', { service }, `Took back bounds that are over in ${file}`);
  if (commit !== null) delivery.say(`${file}: ${reverted.join('; ')}`);
  else if (kept.length === 0) delivery.say(`${file}: taken back already`);
  for (const { instance, lines, min, max } of kept) {
    delivery.warn(
      `${file}: ${instance} keeps what is over: without it min_instances ${min} would be above max_instances ${max} (${lines.join('; ')})`,
    );
  }
  return { file, commit, reverted, kept };
}

type Target = Awaited<ReturnType<typeof configRepositoryOf>>;

async function commitTo<T>(delivery: Delivery, task: (git: SafeGit, target: Target) => Promise<T>): Promise<T> {
  const { io, allowFile } = delivery;
  const target = await configRepositoryOf(delivery);
  return withScratchRepository({ env: io.env, allowFile, timeoutSeconds: GIT_SECONDS }, (git) => task(git, target));
}
