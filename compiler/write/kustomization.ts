import { load } from 'js-yaml';
import { compareText } from '../diagnostics/diagnostic.ts';
import { emitDocument } from '../emit/yaml.ts';

/** The name of the lists that we write. */
export const KUSTOMIZATION = 'kustomization.yaml';

/** Whether kustomize reads a file of this name as a folder's list; case does not matter, as on some disks. */
export function isKustomizationName(name: string): boolean {
  return ['kustomization.yaml', 'kustomization.yml', 'kustomization'].includes(name.toLowerCase());
}

/** Whether a file belongs into its folder's list: YAML, neither hidden nor a list itself. */
export function isResourceName(name: string): boolean {
  return /\.ya?ml$/.test(name) && !name.startsWith('.') && !isKustomizationName(name);
}

/** A folder's list: files and sub-folders, sorted. */
export function kustomizationText(resources: readonly string[]): string {
  return emitDocument({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...resources].sort(compareText),
  });
}

/** Which of the resources a hand-written list leaves out; all of them when it cannot be read. */
export function unlistedResources(text: string, resources: readonly string[]): readonly string[] {
  const listed = new Set(listedResources(text));
  return resources.filter((resource) => !listed.has(resource));
}

/** What a hand-written list takes from its own folder although it is not among the names there. Other places are not looked at. */
export function lostResources(text: string, names: readonly string[]): readonly string[] {
  const there = new Set(['', '.', '..', ...names]);
  return listedResources(text).filter((name) => !name.includes('/') && !there.has(name));
}

/** Without `./` in front and `/` behind. */
function listedResources(text: string): readonly string[] {
  try {
    const document = load(text);
    if (typeof document !== 'object' || document === null || !('resources' in document)) return [];
    const { resources } = document;
    if (!Array.isArray(resources)) return [];
    return resources
      .filter((name) => typeof name === 'string')
      .map((name) => name.replace(/^\.\//, '').replace(/\/$/, ''));
  } catch {
    return [];
  }
}
