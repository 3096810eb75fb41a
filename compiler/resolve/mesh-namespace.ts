import { isMap } from '../model/yaml-value.ts';
import { documentField } from './document-fields.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { readChoice, readEntries, readNumber, readText } from './readers.ts';

/** The SmartStack namespace that decides an instance's mesh membership and health-check defaults. */
export interface MeshNamespace {
  /** The namespace's entry; null when smartstack.yaml has none. */
  readonly entry: Field | null;
  /** It has the key `proxy_port`, with a port or null. */
  readonly isInMesh: boolean;
  readonly mode: (typeof MODES)[number] | null;
}

export type HealthMode = (typeof HEALTH_MODES)[number];

/** What `healthcheck_mode` may say, on an instance and in smartstack.yaml. */
export const HEALTH_MODES = ['http', 'https', 'tcp', 'cmd'] as const;
const MODES = ['http', 'http2', 'tcp', 'https'] as const;
const OUTSIDE: MeshNamespace = Object.freeze({ entry: null, isInMesh: false, mode: null });
/** Milliseconds. */
const DEFAULT_SERVER_TIMEOUT = 1000;

/**
 * The namespace named by the second part of the first registration, always in the service's own smartstack.yaml, even when
 * the registration names another service. PaaSTA: `load_service_namespace_config`.
 */
export function resolveMeshNamespace({ sources, journal, registrations }: Facts): MeshNamespace {
  const namespace = registrations()[0]!.split('.')[1] ?? '';
  const { smartstack } = sources;
  if (smartstack.kind !== 'read') return OUTSIDE;
  const entry = documentField(journal, smartstack.document, [namespace]);
  if (!entry.isSet) return OUTSIDE;
  if (!isMap(entry.value)) {
    entry.error('bad-value', `namespace ${namespace} of smartstack.yaml is not a map`, 'remove it, or give it keys');
    return OUTSIDE;
  }
  const proxyPort = entry.at('proxy_port');
  proxyPort.note('PaaSTA: proxy_port unset');
  return { entry, isInMesh: proxyPort.isSet, mode: readMode(entry) };
}

/** The health-check mode a namespace gives to instances that set none; null: no health check. */
export function namespaceHealthMode({ entry, isInMesh, mode }: MeshNamespace): HealthMode | null {
  const own = entry?.at('healthcheck_mode');
  if (own?.isSet === true && own.value !== null && own.value !== '') {
    return readChoice(own, HEALTH_MODES, { default: null });
  }
  if (mode !== null) return mode === 'http2' ? 'http' : mode;
  return isInMesh ? 'http' : null;
}

/** The path a namespace gives to http checks. PaaSTA: `healthcheck_uri` /status. */
export function namespaceHealthUri({ entry }: MeshNamespace): string | null {
  const defaults = { default: '/status', whenNull: null };
  return entry === null ? defaults.default : readText(entry.at('healthcheck_uri'), defaults);
}

/** The longest that a connection may stay open, in milliseconds. PaaSTA: `get_longest_timeout_ms`. */
export function longestTimeoutMs({ entry }: MeshNamespace): number {
  if (entry === null) return DEFAULT_SERVER_TIMEOUT;
  const server = readNumber(entry.at('timeout_server_ms'), { default: DEFAULT_SERVER_TIMEOUT });
  const endpoints = readEntries(entry.at('endpoint_timeouts'));
  return Math.max(server, ...endpoints.map(([, timeout]) => readNumber(timeout, { default: 0 })));
}

function readMode(entry: Field): MeshNamespace['mode'] {
  return readChoice(entry.at('mode'), MODES, { default: null, whenNull: null });
}
