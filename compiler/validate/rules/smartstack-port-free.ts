import { isMap } from '../../model/yaml-value.ts';
import { aboutFile, type ServiceRule } from '../rule.ts';

/** A proxy port is not somebody else's in the given list of services. PaaSTA: `_check_proxy_port_in_use`. */
export const smartstackPortFree: ServiceRule = ({ sources: { service, smartstack }, etcServices }) => {
  if (etcServices === null || smartstack.kind !== 'read' || !isMap(smartstack.document.value)) return [];
  const { document } = smartstack;
  return Object.entries(smartstack.document.value).flatMap(([namespace, settings]) => {
    const port = isMap(settings) ? settings['proxy_port'] : undefined;
    const owner = typeof port === 'number' ? etcServices.get(port) : undefined;
    if (owner === undefined || owner === `${service}.${namespace}`) return [];
    const message = `proxy_port ${String(port)} belongs to ${owner} already`;
    const text = { class: 'policy', code: 'taken-proxy-port', message, hint: 'choose a free port' } as const;
    return [aboutFile(document, [namespace, 'proxy_port'], { service, instances: [] }, text)];
  });
};
