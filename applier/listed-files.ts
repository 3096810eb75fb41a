import { load } from 'js-yaml';
import { isJsonMap } from '../compiler/emit/json-data.ts';
import { readEmitted } from '../compiler/emit/read-emitted.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { KUSTOMIZATION } from '../compiler/write/kustomization.ts';

const ALLOWED = ['apiVersion', 'kind', 'resources'];

/**
 * Every file that a folder's kustomization lists, sub-folders included, in the order of listing. A kustomization that does more
 * than list resources is a problem: what it would make of them is not what stands in the files.
 */
export function listedFiles(tree: TreeReader, folder: string, problems: string[]): readonly string[] {
  const files = new Set<string>();
  visit(tree, folder, folder, files, new Set(), problems);
  return [...files];
}

function visit(
  tree: TreeReader,
  root: string,
  folder: string,
  files: Set<string>,
  seen: Set<string>,
  problems: string[],
): void {
  if (seen.has(folder)) return;
  seen.add(folder);
  for (const resource of resourcesOf(tree, folder, problems)) {
    const path = joinInside(root, folder, resource);
    if (path === undefined)
      problems.push(`${folder}/${KUSTOMIZATION}: ${JSON.stringify(resource)} leads out of ${root}`);
    else if (/\.ya?ml$/.test(path)) files.add(path);
    else if (tree.list(path).kind === 'directory') visit(tree, root, path, files, seen, problems);
    else problems.push(`${folder}/${KUSTOMIZATION}: there is no ${path}`);
  }
}

function resourcesOf(tree: TreeReader, folder: string, problems: string[]): readonly string[] {
  const path = `${folder}/${KUSTOMIZATION}`;
  const read = tree.read(path);
  if (read.kind !== 'file') {
    problems.push(`${path}: ${read.kind === 'absent' ? 'is missing' : read.detail}`);
    return [];
  }
  let document: unknown;
  try {
    const text = Buffer.from(read.bytes).toString('utf8');
    document = readEmitted(text)?.[0] ?? load(text);
  } catch {
    problems.push(`${path}: is no YAML`);
    return [];
  }
  if (!isJsonMap(document)) {
    problems.push(`${path}: is no kustomization`);
    return [];
  }
  const others = Object.keys(document).filter((key) => !ALLOWED.includes(key));
  if (others.length > 0)
    problems.push(`${path}: only "resources" is read, found ${others.map((key) => JSON.stringify(key)).join(', ')}`);
  const { resources } = document;
  if (Array.isArray(resources) && resources.every((name) => typeof name === 'string')) return resources as string[];
  if (resources != null) problems.push(`${path}: resources is a list of paths`);
  return [];
}

/** The path of a resource, `..` resolved; undefined when it lies outside of `root`. */
function joinInside(root: string, folder: string, resource: string): string | undefined {
  if (resource.startsWith('/') || resource.includes('://')) return undefined;
  const parts = folder.split('/');
  for (const part of resource.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const path = parts.join('/');
  return path.startsWith(`${root}/`) ? path : undefined;
}
