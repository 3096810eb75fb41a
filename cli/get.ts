import { digestOf } from '../delivery/deployments-document.ts';
import { versionIn } from '../delivery/files/edit-deployments.ts';
import { imageName, imageRef, versionText } from '../delivery/image-name.ts';
import { newestImageVersion } from '../delivery/image-version.ts';
import { isRedeployed } from '../delivery/pipeline/pipeline.ts';
import { pipelineOf } from '../delivery/pipeline/read-pipeline.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { formatTimestamp } from '../delivery/refs/timestamp.ts';
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
import { fullCommit } from './delivery-target.ts';
import { registryOfService } from './image-check.ts';
import { localDocument, plainVersion } from './mark.ts';
import { isOn, UsageError, type Call, type Verb } from './verb.ts';

const SUBJECTS: Readonly<Record<string, (delivery: Delivery) => Promise<number>>> = {
  version: getVersion,
  image: getImage,
  'image-version': getImageVersion,
};

/** Seconds that an image version is used again. PaaSTA: `--max-age` of `get-image-version`. */
const MAX_AGE_SECONDS = 2_592_000;

export const verb: Verb = {
  name: 'get',
  usage: 'get version|image -s SERVICE -l GROUP | get image-version -s SERVICE -c COMMIT',
  description: `
version        what deployments.json says is deployed to a group: the commit, and -VERSION where it has an image version
image          the full reference of its image
image-version  an image version for building a commit again: the newest one of that commit while it is younger than
               --max-age, else the time now (UTC). Nothing when no deploy step enables automated redeploys

Exit status: 0, 1 when nothing is deployed there, 2 wrong usage.`,
  words: { min: 1, max: 1 },
  options: {
    ...DELIVERY_OPTIONS,
    ...SERVICE_OPTION,
    'deploy-group': { short: 'l', value: 'GROUP', help: 'the deploy group' },
    commit: { short: 'c', value: 'SHA', help: 'the commit to build again' },
    'sha-only': { help: 'print the commit without image version' },
    force: { short: 'f', help: 'a new image version, whatever exists' },
    'max-age': { value: 'SECONDS', help: 'use an image version again while it is younger (default 2592000)' },
  },
  run,
};

function run(call: Call): Promise<number> {
  const word = call.words[0]!;
  if (!Object.hasOwn(SUBJECTS, word))
    throw new UsageError(`get takes ${Object.keys(SUBJECTS).join(', ')}; found "${word}"`);
  return withDelivery(call, SUBJECTS[word]!);
}

function deployed(delivery: Delivery): {
  service: string;
  group: string;
  document: NonNullable<ReturnType<typeof localDocument>>;
  version: NonNullable<ReturnType<typeof versionIn>>;
} {
  const service = serviceOf(delivery);
  const group = required(delivery.values, 'deploy-group', 'which deploy group? give -l GROUP');
  const document = localDocument(delivery, service);
  const version = document === null ? null : versionIn(document, group);
  if (document === null || version === null) {
    throw new DeliveryProblem(
      `deployments.json of ${service} knows no deployment to ${JSON.stringify(group)}`,
      document === null
        ? 'the file cannot be read'
        : `known: ${Object.keys(document.v2.deployments).join(', ') || 'none'}`,
    );
  }
  return { service, group, document, version };
}

function getVersion(delivery: Delivery): Promise<number> {
  const { version } = deployed(delivery);
  if (delivery.isJson) printJson(delivery, { sha: version.sha, image_version: version.imageVersion });
  delivery.say(isOn(delivery.values, 'sha-only') ? version.sha : versionText(version));
  return Promise.resolve(0);
}

function getImage(delivery: Delivery): Promise<number> {
  const { service, group, document, version } = deployed(delivery);
  const registry = registryOfService(delivery, delivery.load(service));
  const dockerImage = document.v2.deployments[group]!.docker_image || imageName(service, version);
  const image = imageRef(registry, dockerImage, digestOf(document, group));
  if (delivery.isJson) printJson(delivery, { image, ...plainVersion(version) });
  delivery.say(image);
  return Promise.resolve(0);
}

async function getImageVersion(delivery: Delivery): Promise<number> {
  const { values } = delivery;
  const service = serviceOf(delivery);
  const commit = required(values, 'commit', 'which commit? give -c SHA');
  const maxAge = countOf(values, 'max-age', MAX_AGE_SECONDS);
  const sha = await fullCommit(commit, () => {
    throw new UsageError('give the whole commit id, 40 hex digits');
  });
  const isDefault = delivery.system.clusters.some(({ raw }) => raw['enable_automated_redeploys_default'] === true);
  if (!isRedeployed(pipelineOf(delivery.load(service)).pipeline, isDefault)) {
    delivery.io.err(`paasta-gitops: ${service} has no automated redeploys: no image version\n`);
    if (delivery.isJson) printJson(delivery, { image_version: null });
    return 0;
  }
  const fresh = formatTimestamp(delivery.clock.now());
  const document = localDocument(delivery, service);
  const existing =
    isOn(values, 'force') || document === null ? null : newestImageVersion(document, sha, delivery.clock.now(), maxAge);
  if (delivery.isJson) printJson(delivery, { image_version: existing ?? fresh });
  delivery.say(existing ?? fresh);
  return 0;
}
