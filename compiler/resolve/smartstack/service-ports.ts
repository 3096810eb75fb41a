import type { ServiceSources } from '../../model/service-sources.ts';
import { isMap, isNumeric, pythonText, toNumber, type YamlValue } from '../../model/yaml-value.ts';
import { smartstackSource } from './resolve-smartstack.ts';
import { valueAt } from './read-values.ts';

/** What the list of a host's services says about one of ours. */
export interface ServicePorts {
  readonly service: string;
  /** `description` of service.yaml, on one line. */
  readonly description: string;
  /** The service's own old port: service.yaml's key `port`, the top level of smartstack.yaml, or the file `port`. */
  readonly port: number | null;
  /** Namespaces that HAProxy listens for, in file order. */
  readonly proxyPorts: readonly { readonly namespace: string; readonly port: number }[];
}

/** Ports under which a service can be reached. PaaSTA: `get_service_lines_for_service`. */
export function servicePorts(sources: ServiceSources): ServicePorts {
  const { service, serviceYaml } = sources;
  const settings = serviceYaml.kind === 'read' && isMap(serviceYaml.document.value) ? serviceYaml.document.value : {};
  const source = smartstackSource(sources);
  const map = source === null || source === 'broken' ? {} : source.map;
  const description = valueAt(settings, 'description');
  return {
    service,
    description: description === undefined ? 'No description' : oneLine(pythonText(description)),
    port: portOf(valueAt(settings, 'port')) ?? portOf(valueAt(map, 'port')) ?? sources.port,
    proxyPorts: Object.entries(map).flatMap(([namespace, keys]) => {
      const port = isMap(keys) ? portOf(valueAt(keys, 'proxy_port')) : null;
      return port === null ? [] : [{ namespace, port }];
    }),
  };
}

function portOf(value: YamlValue | undefined): number | null {
  return isNumeric(value) && toNumber(value) >= 0 ? Math.trunc(toNumber(value)) : null;
}

/** A line break would begin another entry. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim();
}
