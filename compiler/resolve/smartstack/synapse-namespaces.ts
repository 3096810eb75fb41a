import type { ChaosSetting, SynapseNamespace } from '../../model/smartstack.ts';
import { isMap, isNumeric, pythonText, toNumber, type YamlMap, type YamlValue } from '../../model/yaml-value.ts';
import { headersAt, integerAt, mapAt, textAt, textsAt, valueAt, type Pairs } from './read-values.ts';
import { MODES } from './node-namespace.ts';

/**
 * The namespaces of a service as synapse-tools reads them: the raw entries, not the node side's allow-list. Left out are those
 * without `proxy_port` or with a negative one, and what the schema reports as unusable.
 */
export function synapseNamespaces(smartstack: YamlValue | undefined): readonly SynapseNamespace[] {
  if (!isMap(smartstack)) return [];
  return Object.entries(smartstack).flatMap(([namespace, keys]) => {
    const made = isMap(keys) ? synapseNamespace(namespace, keys) : null;
    return made === null ? [] : [made];
  });
}

function synapseNamespace(namespace: string, keys: YamlMap): SynapseNamespace | null {
  const port = Object.hasOwn(keys, 'proxy_port') ? keys['proxy_port'] : undefined;
  const isPort = isNumeric(port) && toNumber(port) >= 0;
  const mode = textAt(keys, 'mode') ?? 'http';
  if ((port !== null && !isPort) || !MODES.includes(mode)) return null;
  return {
    namespace,
    proxyPort: port === null ? null : toNumber(port),
    ...discoveryOf(keys),
    ...(mode === 'http' ? {} : { mode: mode as NonNullable<SynapseNamespace['mode']> }),
    ...timeoutsOf(keys),
    ...routingOf(keys),
    ...checksOf(keys),
  };
}

function discoveryOf(keys: YamlMap): Partial<SynapseNamespace> {
  const discover = textAt(keys, 'discover') ?? 'region';
  const advertise = textsAt(keys, 'advertise') ?? ['region'];
  const chaos = chaosOf(mapAt(keys, 'chaos'));
  return {
    ...(discover === 'region' ? {} : { discover }),
    ...(advertise.length === 1 && advertise[0] === 'region' ? {} : { advertise }),
    ...(chaos.length === 0 ? {} : { chaos }),
  };
}

/** A service that sets one of the two timeouts gets the greater for the other too (synapse-tools: `_get_default_timeout`). */
function timeoutsOf(keys: YamlMap): Partial<SynapseNamespace> {
  const connect = integerAt(keys, 'timeout_connect_ms');
  const client = integerAt(keys, 'timeout_client_ms');
  const server = integerAt(keys, 'timeout_server_ms');
  const endpoints = Object.entries(mapAt(keys, 'endpoint_timeouts')).flatMap(([path, value]): Pairs<number> =>
    isNumeric(value) ? [[path, Math.trunc(toNumber(value))]] : [],
  );
  const longest = Math.max(client ?? 0, server ?? 0);
  return {
    ...(connect === undefined ? {} : { connectMs: connect }),
    ...(client === undefined && server === undefined
      ? {}
      : { clientMs: client ?? longest, serverMs: server ?? longest }),
    ...(endpoints.length === 0 ? {} : { endpoints }),
  };
}

function routingOf(keys: YamlMap): Partial<SynapseNamespace> {
  const balance = textAt(keys, 'balance');
  const retries = integerAt(keys, 'retries');
  const headers = headersAt(keys, 'extra_headers');
  const proxiedThrough = textAt(keys, 'proxied_through');
  return {
    ...(balance === 'leastconn' || balance === 'roundrobin' ? { balance } : {}),
    ...(retries === undefined ? {} : { retries }),
    ...(isTruthy(keys, 'keepalive') ? { keepalive: true } : {}),
    ...(headers.length === 0 ? {} : { headers }),
    ...(isTruthy(keys, 'is_proxy') ? { isProxy: true } : {}),
    ...(proxiedThrough === undefined ? {} : { proxiedThrough }),
  };
}

function checksOf(keys: YamlMap): Partial<SynapseNamespace> {
  const uri = textAt(keys, 'healthcheck_uri') ?? '/status';
  const headers = headersAt(keys, 'extra_healthcheck_headers');
  return {
    ...(uri === '/status' ? {} : { healthcheckUri: uri }),
    ...(headers.length === 0 ? {} : { checkHeaders: headers }),
  };
}

function chaosOf(byType: YamlMap): NonNullable<SynapseNamespace['chaos']> {
  return Object.entries(byType).map(([type, byLocation]) => {
    const settings = isMap(byLocation) ? Object.entries(byLocation).filter(([, value]) => isMap(value)) : [];
    return [type, Object.fromEntries(settings.map(([name, value]) => [name, chaosSetting(value as YamlMap)]))] as const;
  });
}

function chaosSetting(keys: YamlMap): ChaosSetting {
  const fail = textAt(keys, 'fail');
  const delay = valueAt(keys, 'delay');
  return {
    ...(fail === undefined ? {} : { fail }),
    ...(delay === undefined ? {} : { delay: pythonText(delay) }),
  };
}

function isTruthy(keys: YamlMap, key: string): boolean {
  const value = valueAt(keys, key);
  return value !== undefined && value !== false && value !== 0 && value !== '';
}
