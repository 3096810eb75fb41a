import type { ServiceFile } from '../compiler/model/service-sources.ts';
import { isMap, type YamlValue } from '../compiler/model/yaml-value.ts';

/**
 * Where a service's code is: `git_url` of service.yaml, null when it says null (the service has no deployments), PaaSTA's
 * default when it says nothing. PaaSTA: `get_git_url`.
 */
export function gitUrlOf(service: string, serviceYaml: ServiceFile): string | null | { readonly problem: string } {
  const url = settingOf(serviceYaml, 'git_url');
  if (url === undefined) return `git@github.yelpcorp.com:services/${service}`;
  if (url === null || typeof url === 'string') return url;
  return { problem: 'git_url of service.yaml is neither text nor null' };
}

/** Registry of a service's images: its own `docker_registry`, else the system's; null when neither is set. */
export function registryOf(serviceYaml: ServiceFile, systemRegistry: string | null): string | null {
  const own = settingOf(serviceYaml, 'docker_registry');
  return typeof own === 'string' ? own : systemRegistry;
}

function settingOf(file: ServiceFile, key: string): YamlValue | undefined {
  if (file.kind !== 'read' || !isMap(file.document.value) || !Object.hasOwn(file.document.value, key)) return undefined;
  return file.document.value[key];
}
