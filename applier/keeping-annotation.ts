import { KEEP_ANNOTATION } from './names.ts';

/** Annotations of any tool that ask for an object to be left alone. */
export function keepingAnnotation(annotations: Readonly<Record<string, string>>): string | null {
  const exact: Readonly<Record<string, string>> = {
    [KEEP_ANNOTATION]: 'disabled',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    'helm.sh/resource-policy': 'keep',
    'client.lifecycle.config.k8s.io/deletion': 'detach',
    'cli-utils.sigs.k8s.io/on-remove': 'keep',
  };
  const found = Object.keys(exact).find((name) => annotations[name] === exact[name]);
  if (found !== undefined) return found;
  const options = (annotations['argocd.argoproj.io/sync-options'] ?? '').split(',').map((option) => option.trim());
  const keeps = options.includes('Prune=false') || options.includes('Prune=confirm');
  return keeps ? 'argocd.argoproj.io/sync-options' : null;
}
