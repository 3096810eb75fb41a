import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { ConnectionProblem } from '../cluster/connection.ts';
import { loadShared } from '../compiler/load/index.ts';
import { parseJson } from '../compiler/load/yaml/index.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { isMap, isNumeric, toNumber, type YamlMap } from '../compiler/model/yaml-value.ts';
import { resolveService } from '../compiler/resolve/index.ts';
import { readFileAt } from '../delivery/files/config-repository.ts';
import { versionIn } from '../delivery/files/edit-deployments.ts';
import { readDeployments } from '../delivery/files/read-deployments.ts';
import { imageName, isSameVersion, versionText } from '../delivery/image-name.ts';
import { inParallel } from '../delivery/in-parallel.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { latestDeploy } from '../delivery/refs/read-tags.ts';
import type { Version } from '../delivery/refs/tag-names.ts';
import { rolloutOf, type LiveWorkload, type Rollout } from '../delivery/rollout.ts';
import { CLUSTER_ACCESS_OPTIONS, contextOf, openCluster } from './cluster-access.ts';
import {
  countOf,
  DELIVERY_OPTIONS,
  instancesOf,
  nobodyIn,
  printJson,
  required,
  SERVICE_OPTION,
  serviceOf,
  withDelivery,
  type Delivery,
} from './delivery-call.ts';
import {
  checkedGroup,
  fullCommit,
  imageVersionFlag,
  TARGET_OPTIONS,
  withTarget,
  type DeliveryTarget,
} from './delivery-target.ts';
import { isOn, type Call, type Verb } from './verb.ts';

/** Instances asked about at once. PaaSTA: `mark_for_deployment_max_polling_threads`. */
const AT_ONCE = 4;
/** PaaSTA: `DEFAULT_DEPLOYMENT_TIMEOUT` of `wait-for-deployment`. */
const TIMEOUT_SECONDS = 3600;
/** Share of pods that must be up. PaaSTA: `get_bounce_margin_factor`. */
const MARGIN_FACTOR = 0.95;

export const verb: Verb = {
  name: 'wait',
  usage: 'wait -s SERVICE -l GROUP -c COMMIT [--image-version V] [-t SECONDS]',
  description: `
Asks the clusters about every kubernetes and eks instance of the deploy group until each runs the version and nothing else, with
enough pods available (bounce_margin_factor), or is stopped. The version must be the one that is marked for the group.
An instance that was never deployed before is waited for, too. Nothing is written or reverted.

Exit status: 0 it runs everywhere, 1 not in time, or another version is marked, 2 wrong usage, or a cluster cannot be asked.`,
  options: {
    ...DELIVERY_OPTIONS,
    ...SERVICE_OPTION,
    'deploy-group': { short: 'l', value: 'GROUP', help: 'the deploy group' },
    commit: { short: 'c', value: 'SHA', help: 'the commit' },
    'image-version': { short: 'i', value: 'V', help: 'its image version' },
    timeout: { short: 't', value: 'SECONDS', help: 'how long to wait (default 3600)' },
    'poll-period': { value: 'SECONDS', help: 'between two questions (default 10)' },
    'no-mark-check': { help: 'do not look whether the version is marked' },
    ...TARGET_OPTIONS,
    ...CLUSTER_ACCESS_OPTIONS,
  },
  run: runVerb,
};

async function runVerb(call: Call): Promise<number> {
  try {
    return await withDelivery(call, run);
  } catch (error) {
    if (!(error instanceof ApiFailure || error instanceof ConnectionProblem)) throw error;
    call.io.err(`paasta-gitops: error: ${error.message}\n`);
    return 2;
  }
}

/** One instance to wait for. */
interface Awaited {
  readonly id: string;
  readonly path: string;
  readonly client: ApiClient;
  readonly marginFactor: number;
  readonly isStopped: boolean;
}

async function run(delivery: Delivery): Promise<number> {
  const { values } = delivery;
  const service = serviceOf(delivery);
  const group = checkedGroup(required(values, 'deploy-group', 'which deploy group? give -l GROUP'));
  const given = required(values, 'commit', 'which commit? give -c SHA');
  const imageVersion = imageVersionFlag(delivery);
  const sources = delivery.load(service);
  const instances = instancesOf(delivery, sources);
  if (!instances.some((instance) => instance.group === group)) {
    throw new DeliveryProblem(nobodyIn(group, service, instances));
  }
  const version = await withTarget(delivery, sources, async (target) => {
    const wanted = { sha: await fullCommit(given, target.code), imageVersion };
    if (!isOn(values, 'no-mark-check')) await requireMarked(target, group, wanted);
    return wanted;
  });
  const clients = new Map<string, ApiClient>();
  try {
    const awaited = await awaitedInstances(delivery, sources, { group, version }, clients);
    return await waitForAll(delivery, awaited, version);
  } finally {
    for (const client of clients.values()) client.close();
  }
}

async function requireMarked(target: DeliveryTarget, group: string, version: Version): Promise<void> {
  const marked =
    target.mode === 'tag'
      ? latestDeploy(await target.code().refs('tags'), group).latest
      : await versionInFile(target, group);
  if (marked !== null && isSameVersion(marked, version)) return;
  const found = marked === null ? 'nothing' : versionText(marked);
  throw new DeliveryProblem(
    `${versionText(version)} is not what is marked for ${group}: that is ${found}`,
    'mark it first',
  );
}

async function versionInFile(
  { file }: Extract<DeliveryTarget, { mode: 'file' }>,
  group: string,
): Promise<Version | null> {
  const read = readDeployments(await readFileAt(file.git, file.target, file.path));
  return 'document' in read ? versionIn(read.document, group) : null;
}

async function awaitedInstances(
  delivery: Delivery,
  sources: ServiceSources,
  { group, version }: { readonly group: string; readonly version: Version },
  clients: Map<string, ApiClient>,
): Promise<readonly Awaited[]> {
  const { values, project, io, services, soa } = delivery;
  const shared = loadShared(soa, { services, alwaysAuthenticating: [], usesTokens: false });
  const found: Awaited[] = [];
  for (const config of delivery.system.clusters) {
    const { instances, failed } = resolveService(withVersion(sources, group, version), config, shared);
    for (const instance of failed) delivery.warn(`${config.cluster}: ${instance} has errors and is not waited for`);
    const chosen = instances.filter(({ deployGroup }) => deployGroup === group);
    if (chosen.length === 0) continue;
    const client = await openCluster(values, contextOf(values, project, config.cluster), io, { attempts: 6 });
    clients.set(config.cluster, client);
    found.push(...chosen.map((instance) => awaitedOf(sources, instance, client)));
  }
  return found;
}

/** The service as it will be once the mark is taken over, so that first deployments have instances to wait for. */
function withVersion(sources: ServiceSources, group: string, version: Version): ServiceSources {
  const { document } = parseJson(Buffer.from('{}'), { root: 'soa', file: `${sources.service}/deployments.json` });
  const before =
    sources.deployments.kind === 'read' ? sources.deployments : { document: document!, deployments: {}, controls: {} };
  const entry = {
    dockerImage: imageName(sources.service, version),
    gitSha: version.sha,
    imageVersion: version.imageVersion,
    digest: null,
  };
  const deployments = { ...before.deployments, [group]: entry };
  return {
    ...sources,
    deployments: { kind: 'read', document: before.document, deployments, controls: before.controls },
  };
}

function awaitedOf(sources: ServiceSources, instance: ResolvedInstance, client: ApiClient): Awaited {
  const plural = instance.kind === 'StatefulSet' ? 'statefulsets' : 'deployments';
  return {
    id: `${instance.cluster} ${instance.service}.${instance.instance}`,
    path: `/apis/apps/v1/namespaces/${instance.namespace}/${plural}/${instance.name}`,
    client,
    marginFactor: marginFactorOf(sources, instance),
    isStopped: instance.desiredState !== 'start',
  };
}

function marginFactorOf(
  { serviceYaml, instanceFiles }: ServiceSources,
  { cluster, instance, type }: ResolvedInstance,
): number {
  const file = instanceFiles.find((candidate) => candidate.cluster === cluster && candidate.type === type);
  const own = isMap(file?.document?.value) ? file.document.value[instance] : undefined;
  const general = serviceYaml.kind === 'read' && isMap(serviceYaml.document.value) ? serviceYaml.document.value : {};
  const value = ({ ...general, ...(isMap(own) ? own : {}) } as YamlMap)['bounce_margin_factor'];
  return isNumeric(value) ? toNumber(value) : MARGIN_FACTOR;
}

async function waitForAll(delivery: Delivery, awaited: readonly Awaited[], version: Version): Promise<number> {
  const { values, clock } = delivery;
  const timeout = countOf(values, 'timeout', TIMEOUT_SECONDS, 1) * 1000;
  const period = countOf(values, 'poll-period', 10, 1) * 1000;
  const started = clock.now().getTime();
  const told = new Map<string, string>();
  for (;;) {
    const rollouts = await inParallel(awaited, AT_ONCE, (one) => look(one, version));
    rollouts.forEach(({ reason }, index) => {
      const { id } = awaited[index]!;
      if (told.get(id) !== reason) delivery.say(`${id}: ${reason}`);
      told.set(id, reason);
    });
    const isDone = rollouts.every((rollout) => rollout.isDone);
    if (isDone || clock.now().getTime() - started + period > timeout) {
      finish(delivery, awaited, rollouts, version, isDone);
      return isDone ? 0 : 1;
    }
    await clock.sleep(period);
  }
}

async function look({ client, path, marginFactor, isStopped }: Awaited, version: Version): Promise<Rollout> {
  try {
    const { body } = await client.request({ method: 'GET', path });
    return rolloutOf(body as LiveWorkload, version, marginFactor, isStopped); // every member is optional and read as such
  } catch (error) {
    if (error instanceof ApiFailure && error.kind === 'not-found')
      return rolloutOf(null, version, marginFactor, isStopped);
    throw error;
  }
}

function finish(
  delivery: Delivery,
  awaited: readonly Awaited[],
  rollouts: readonly Rollout[],
  version: Version,
  isDone: boolean,
): void {
  const late = awaited.filter((_one, index) => !rollouts[index]!.isDone).map(({ id }) => id);
  if (isDone) delivery.say(`${versionText(version)} runs in all of ${awaited.length} instances`);
  else delivery.io.err(`paasta-gitops: not in time: ${late.join(', ')}; the clusters go on by themselves\n`);
  if (!delivery.isJson) return;
  const instances = awaited.map(({ id }, index) => ({ instance: id, ...rollouts[index]! }));
  printJson(delivery, { ...version, done: isDone, instances });
}
