import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { imageName, imageRef } from '../delivery/image-name.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import type { Version } from '../delivery/refs/tag-names.ts';
import { runProgram } from '../delivery/run-program.ts';
import { askForImage, registryOfService } from './image-check.ts';
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
import { imageVersionFlag } from './delivery-target.ts';
import { isOn, textOf, UsageError, type Call, type Verb } from './verb.ts';

const SUBJECTS: Readonly<Record<string, (image: ImageCall) => Promise<number>>> = { tag, itest, build, push, verify };
const BUILD_SECONDS = 3600;
const TAG_SECONDS = 30;

export const verb: Verb = {
  name: 'image',
  usage: 'image tag|itest|build|push|verify -s SERVICE -c COMMIT [--image-version V]',
  description: `
tag     print the full name of the image, which is DOCKER_TAG for make
itest   run "make itest" here with DOCKER_TAG; afterwards an image must have that name
build   run "make cook-image" here; without -c, DOCKER_TAG is what the environment says, else a name of your own
push    push the image unless the registry has it; with an image version, the name without version first
verify  ask the registry whether it has the image; --wait asks again until it does

The registry is asked with the credentials that docker has stored for it.

Exit status: 0 done (verify: it is there), 1 not, 2 wrong usage.`,
  words: { min: 1, max: 1 },
  options: {
    ...DELIVERY_OPTIONS,
    ...SERVICE_OPTION,
    commit: { short: 'c', value: 'SHA', help: 'the commit that the image is built from, 40 digits' },
    'image-version': { short: 'i', value: 'V', help: 'image version, where one commit is built more than once' },
    timeout: {
      short: 't',
      value: 'SECONDS',
      help: 'for make and docker (default 3600); for verify --wait (default 0: no end)',
    },
    force: { short: 'f', help: 'push without asking the registry' },
    wait: { help: 'verify: ask until the image is there' },
    'poll-period': { value: 'SECONDS', help: 'verify --wait: between two questions (default 30)' },
  },
  run,
};

interface ImageCall {
  readonly delivery: Delivery;
  readonly service: string;
  readonly sources: ServiceSources;
  readonly registry: string;
  /** Null only for `build` without a commit. */
  readonly version: Version | null;
}

function run(call: Call): Promise<number> {
  const word = call.words[0]!;
  if (!Object.hasOwn(SUBJECTS, word))
    throw new UsageError(`image takes ${Object.keys(SUBJECTS).join(', ')}; found "${word}"`);
  return withDelivery(call, (delivery) => {
    const service = serviceOf(delivery);
    const sources = delivery.load(service);
    const version = versionFlags(delivery, word === 'build');
    return SUBJECTS[word]!({ delivery, service, sources, registry: registryOfService(delivery, sources), version });
  });
}

function versionFlags(delivery: Delivery, mayBeMissing: boolean): Version | null {
  const imageVersion = imageVersionFlag(delivery);
  if (mayBeMissing && textOf(delivery.values, 'commit') === undefined) return null;
  const sha = required(delivery.values, 'commit', 'which commit? give -c SHA');
  if (/^[0-9a-f]{40}$/.test(sha)) return { sha, imageVersion };
  throw new UsageError(`${JSON.stringify(sha)} is no full commit id: give 40 hex digits, lower case`);
}

function refOf({ service, registry, version }: ImageCall): string {
  return imageRef(registry, imageName(service, version!));
}

function tag(image: ImageCall): Promise<number> {
  const name = refOf(image);
  if (image.delivery.isJson) printJson(image.delivery, { image: name });
  image.delivery.say(name);
  return Promise.resolve(0);
}

async function itest(image: ImageCall): Promise<number> {
  const { delivery, service, version } = image;
  const name = refOf(image);
  const sha = version!.sha;
  event(image, `starting itest for ${sha}.`);
  if ((await make(delivery, 'itest', name)) !== 0) return failed(image, `ERROR: itest failed for ${sha}.`);
  event(image, `itest passed for ${sha}.`);
  const status = await docker(
    delivery,
    ['image', 'inspect', '--format', '{{.Id}}', name],
    TAG_SECONDS,
    () => undefined,
  );
  if (status !== 0) return failed(image, `ERROR: itest has not created ${name}`);
  if (delivery.isJson) printJson(delivery, { service, image: name });
  delivery.say(`itest passed, ${name} is built`);
  return 0;
}

async function build(image: ImageCall): Promise<number> {
  const { delivery, service, version } = image;
  const { env } = delivery.io;
  const name =
    version === null ? (env['DOCKER_TAG'] ?? `paasta-cook-image-${service}-${delivery.actor.user}`) : refOf(image);
  const known = await runProgram('make', ['--question', 'cook-image'], {
    ...processOf(delivery, name),
    onOutput: () => undefined,
  });
  if (known !== 0 && known !== 1) {
    throw new DeliveryProblem(
      'the Makefile here has no target "cook-image"',
      'it builds the image and tags it $(DOCKER_TAG)',
    );
  }
  if ((await make(delivery, 'cook-image', name)) !== 0)
    return failed(image, `ERROR: make cook-image failed for ${service}.`);
  delivery.log.audit('cook-image', { service }, { tag: name });
  if (delivery.isJson) printJson(delivery, { service, image: name });
  delivery.say(`${name} is built`);
  return 0;
}

async function push(image: ImageCall): Promise<number> {
  const { delivery, version } = image;
  const { sha, imageVersion } = version!;
  const plain: ImageCall = { ...image, version: { sha, imageVersion: null } };
  if (imageVersion === null) return pushOne(plain);
  const status = await docker(delivery, ['tag', refOf(image), refOf(plain)], TAG_SECONDS);
  if (status !== 0) return failed(image, `ERROR: ${refOf(image)} could not be tagged ${refOf(plain)}`);
  return (await pushOne(plain)) || pushOne(image);
}

async function pushOne(image: ImageCall): Promise<number> {
  const { delivery, service, sources, version } = image;
  const name = refOf(image);
  if (!isOn(delivery.values, 'force') && (await askForImage(delivery, sources, version!)).exists) {
    delivery.say(`${name} is in the registry already; --force pushes it again`);
    return 0;
  }
  const status = await docker(delivery, ['push', name], countOf(delivery.values, 'timeout', BUILD_SECONDS, 1));
  if (status !== 0) return failed(image, `ERROR: Failed to promote image for ${version!.sha}.`);
  delivery.log.audit('push-to-registry', { service }, { commit: version!.sha });
  event(image, `Successfully pushed image for ${version!.sha} to registry`);
  delivery.say(`${name} is pushed`);
  return 0;
}

async function verify(image: ImageCall): Promise<number> {
  const { delivery, sources, version } = image;
  const { values, clock } = delivery;
  const period = countOf(values, 'poll-period', 30, 1) * 1000;
  const timeout = countOf(values, 'timeout', 0) * 1000;
  const started = clock.now().getTime();
  const name = refOf(image);
  for (;;) {
    const state = await askForImage(delivery, sources, version!);
    const isLate = timeout > 0 && clock.now().getTime() - started + period > timeout;
    if (state.exists || !isOn(values, 'wait') || isLate) {
      if (delivery.isJson) printJson(delivery, { image: name, ...state });
      if (state.exists) delivery.say(`${name} is in the registry${state.digest === null ? '' : ` (${state.digest})`}`);
      else delivery.io.err(`paasta-gitops: ${name} is not in the registry\n`);
      return state.exists ? 0 : 1;
    }
    await clock.sleep(period);
  }
}

function make(delivery: Delivery, target: string, name: string): Promise<number> {
  return runProgram('make', [target], processOf(delivery, name));
}

function docker(
  delivery: Delivery,
  args: readonly string[],
  timeoutSeconds: number,
  onOutput = delivery.io.err,
): Promise<number> {
  const { cwd, env } = delivery.io;
  return runProgram('docker', args, { cwd, env, timeoutSeconds, onOutput });
}

function processOf(delivery: Delivery, name: string): Parameters<typeof runProgram>[2] {
  const { cwd, env, err } = delivery.io;
  return {
    cwd,
    env: { ...env, DOCKER_TAG: name },
    timeoutSeconds: countOf(delivery.values, 'timeout', BUILD_SECONDS, 1),
    onOutput: err,
  };
}

function event({ delivery, service }: ImageCall, line: string): void {
  delivery.log.event('build', { service }, line);
}

/** PaaSTA: points to Jenkins' console where the build ran there. */
function failed(image: ImageCall, line: string): number {
  const { env, err } = image.delivery.io;
  event(image, line);
  const url = env['BUILD_URL'];
  if (url !== undefined) event(image, `See output: ${url}console`);
  err(`paasta-gitops: ${line}${url === undefined ? '' : ` See output: ${url}console`}\n`);
  return 1;
}
