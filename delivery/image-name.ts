import type { Version } from './refs/tag-names.ts';

/** Repository of a service's images in any registry. */
export function imageRepository(service: string): string {
  return `services-${service}`;
}

/** Tag of an image: `paasta-<sha>[-<image version>]`. */
export function imageTag({ sha, imageVersion }: Version): string {
  return `paasta-${sha}${imageVersion === null ? '' : `-${imageVersion}`}`;
}

/** Image of a version without registry, as deployments.json names it. PaaSTA: `build_docker_image_name`. */
export function imageName(service: string, version: Version): string {
  return `${imageRepository(service)}:${imageTag(version)}`;
}

/** The full reference, with the digest when the image is pinned. */
export function imageRef(registry: string, dockerImage: string, digest: string | null = null): string {
  return `${registry}/${dockerImage}${digest === null ? '' : `@${digest}`}`;
}

/** A version as people read it: the commit, and `sha-version` where there is one. */
export function versionText({ sha, imageVersion }: Version): string {
  return imageVersion === null ? sha : `${sha}-${imageVersion}`;
}

/** Whether two versions run the same image. */
export function isSameVersion(a: Version, b: Version): boolean {
  return a.sha === b.sha && a.imageVersion === b.imageVersion;
}
