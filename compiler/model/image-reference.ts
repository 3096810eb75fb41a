const ALPHANUMERIC = '[A-Za-z0-9]+';
const HOST_PART = `${ALPHANUMERIC}(?:-+${ALPHANUMERIC})*`;
const HOST = `(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?`;
const COMPONENT = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
const TAG = '\\w[\\w.-]{0,127}';
const DIGEST = `[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}`;
const REFERENCE = new RegExp(`^(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*(?::${TAG})?(?:@${DIGEST})?$`);

/**
 * Whether container runtimes take a text as the name of an image: a registry with or without a port, a path in lower case, a tag, a digest.
 * Source: the grammar of github.com/distribution/reference, which Docker, containerd and CRI-O share.
 */
export function isImageReference(text: string): boolean {
  return REFERENCE.test(text);
}
