import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { imageRef, imageName, imageRepository, imageTag } from '../delivery/image-name.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import type { Version } from '../delivery/refs/tag-names.ts';
import { dockerCredentials } from '../delivery/registry/docker-credentials.ts';
import { imageInRegistry, type ImageState } from '../delivery/registry/registry-client.ts';
import { parseRegistry } from '../delivery/registry/registry-host.ts';
import { registryOf } from '../delivery/service-facts.ts';
import type { Delivery } from './delivery-call.ts';

/**
 * Registry of a service's images: service.yaml's, else that of the system configuration. Clusters that name different ones
 * are a problem: an image is pushed to one place.
 */
export function registryOfService({ system }: Delivery, sources: ServiceSources): string {
  const registries = new Set(system.clusters.map((config) => registryOf(sources.serviceYaml, config.dockerRegistry)));
  const found = [...registries].filter((registry) => registry !== null);
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new DeliveryProblem('docker_registry is not configured', 'set it in the system configuration');
  throw new DeliveryProblem(
    `the clusters have different registries (${found.join(', ')})`,
    `set docker_registry in ${sources.service}/service.yaml`,
  );
}

/** Whether the registry has the image of a version. */
export async function askForImage(delivery: Delivery, sources: ServiceSources, version: Version): Promise<ImageState> {
  const registry = registryOfService(delivery, sources);
  const credentials = await dockerCredentials(parseRegistry(registry).host, delivery.io.env);
  return imageInRegistry({
    registry,
    repository: imageRepository(sources.service),
    tag: imageTag(version),
    credentials,
  });
}

/** Stops an action whose image is not in the registry. */
export async function verifyImageFlag(delivery: Delivery, sources: ServiceSources, version: Version): Promise<void> {
  if ((await askForImage(delivery, sources, version)).exists) return;
  const image = imageRef(registryOfService(delivery, sources), imageName(sources.service, version));
  throw new DeliveryProblem(`the registry has no image ${image}`, 'push it first: image push');
}
