import { MAX_SOCKET } from '../../model/names.ts';
import { isMap } from '../../model/yaml-value.ts';
import { aboutFile, type ServiceRule } from '../rule.ts';

/** Limit of service and namespace together. PaaSTA: `MAX_ENVOY_NAME_LEN`. */
const MAX_LISTENER = 118;

/** Names of namespaces fit into the names of Envoy's listeners and of HAProxy's sockets. */
export const smartstackNamesFit: ServiceRule = ({ sources: { service, smartstack } }) => {
  if (smartstack.kind !== 'read' || !isMap(smartstack.document.value)) return [];
  const { document } = smartstack;
  return Object.entries(smartstack.document.value).flatMap(([namespace, settings]) => {
    const hasListener = isMap(settings) && Boolean(settings['proxy_port']);
    const limit = hasListener ? MAX_SOCKET : MAX_LISTENER;
    const length = service.length + namespace.length;
    if (length <= limit) return [];
    const what = hasListener ? 'the path of its socket' : 'the name of its listener';
    const message = `service and namespace have ${length} characters together; ${what} allows ${limit}`;
    const text = { class: 'policy', code: 'long-name', message } as const;
    return [aboutFile(document, [namespace], { service, instances: [] }, text, 'key')];
  });
};
