import { isImageReference } from '../model/image-reference.ts';
import type { ResolvedVersion } from '../model/resolved-instance.ts';
import { documentField } from './document-fields.ts';
import type { Inputs } from './facts.ts';
import { checkedLabelValue } from './legal-names.ts';
import { readText, requireText } from './readers.ts';

/**
 * The image and what is parsed from it: key `docker_url` as it stands, else registry, `/` and the deployed `docker_image`,
 * followed by `@digest` when deployments.json has one.
 * PaaSTA: `get_docker_url`, `get_git_sha_from_dockerurl`; the digest is ours.
 */
export function resolveVersion(inputs: Inputs): ResolvedVersion {
  const { keys, deployment } = inputs;
  const { dockerImage, imageVersion, digest } = deployment.version;
  const imageField = deployment.versionField.at('docker_image');
  imageField.note('');
  const versionField = deployment.versionField.at('image_version');
  versionField.note('PaaSTA: image_version unset');
  const urlField = keys.field('docker_url');
  const ownUrl = urlField.isSet ? requireText(urlField) : null;
  if (ownUrl === null && dockerImage === '') {
    imageField.error('no-docker-image', `docker_image of deploy group ${deployment.deployGroup} is empty`);
  }
  const registry = ownUrl === null ? dockerRegistry(inputs) : null;
  const url = ownUrl ?? `${registry!}/${dockerImage}`;
  // Of a part that is missing there is a finding already.
  if (registry !== '' && (ownUrl !== null || dockerImage !== '') && !isImageReference(url)) {
    const message = `image ${JSON.stringify(url)} is no image reference: no container runtime would take it`;
    (ownUrl === null ? imageField : urlField).error('bad-image', message, referenceHint(dockerImage, ownUrl));
  }
  return {
    image: ownUrl === null && digest !== null ? `${url}@${digest}` : url,
    dockerImage,
    gitSha: checkedLabelValue(imageField, 'the git sha', gitShaOf(url)),
    imageVersion: checkedLabelValue(versionField, 'image_version', imageVersion),
  };
}

function referenceHint(dockerImage: string, ownUrl: string | null): string {
  return ownUrl === null && isImageReference(`registry/${dockerImage}`)
    ? 'docker_registry is a host such as "registry.example.com:5000", perhaps with a path, and no URL'
    : 'write registry/path:tag: the path in lower case, parts joined by ".", "_" or "-", the tag of letters, digits, "_", "." and "-"';
}

/**
 * The git sha that PaaSTA parses from an image URL, whole: after `:paasta-` up to the next `-`, empty when no such text
 * follows; otherwise what stands after the last `/`, `-` and `:`.
 */
export function gitShaOf(url: string): string {
  if (url.includes(':paasta-')) return /^.*:paasta-([A-Za-z0-9]+)/.exec(url)?.[1] ?? '';
  return lastPart(lastPart(lastPart(url, '/'), '-'), ':');
}

/** `docker_registry` of service.yaml itself, else of the system configuration. PaaSTA: `get_service_docker_registry`. */
function dockerRegistry({ sources, journal, system }: Inputs): string {
  if (sources.serviceYaml.kind === 'read') {
    const own = documentField(journal, sources.serviceYaml.document, ['docker_registry']);
    if (own.isSet) return readText(own, { default: '' });
  }
  const registry = system.get('dockerRegistry');
  if (registry !== null) return registry;
  const hint = 'set docker_registry in the system configuration, or in service.yaml for this service alone';
  system.field('dockerRegistry', undefined).error('no-docker-registry', 'docker_registry is not set', hint);
  return '';
}

function lastPart(text: string, separator: string): string {
  return text.slice(text.lastIndexOf(separator) + 1);
}
