import type { SynapseNamespace, SynapseSettings } from '../compiler/model/smartstack.ts';
import { aclPattern, checkHeaders, haproxyWord, setHeader } from './_haproxy-text.ts';

/** One backend of a namespace. */
export interface Backend {
  readonly name: string;
  /** The advertised type whose instances it has. */
  readonly type: string;
  /** Null: requests that no endpoint takes. */
  readonly endpoint: { readonly path: string; readonly milliseconds: number } | null;
  /** Whether the frontend sends requests to it. */
  readonly isRouted: boolean;
  /** The backend of the frontend itself. */
  readonly isMain: boolean;
}

export interface FrontendFacts {
  readonly synapse: SynapseSettings;
  readonly chaos: readonly string[];
  /** `proxied_through` names a backend that requests can be sent to. */
  readonly isProxied: boolean;
}

const TARPIT = 'to_be_tarpitted';
const NOT_YET_PROXIED = '!is_status_request !request_from_proxy proxied_through_backend_has_connslots';

/** Lines of the frontend, in synapse-tools' order: the first use_backend that matches wins. */
export function frontendLines(
  registration: string,
  namespace: SynapseNamespace,
  backends: readonly Backend[],
  { synapse, chaos, isProxied }: FrontendFacts,
): readonly string[] {
  return [
    ...(namespace.clientMs === undefined ? [] : [`timeout client ${namespace.clientMs}ms`]),
    ...(isHttp(namespace) ? httpListener(synapse) : TCP_LISTENER),
    ...chaos,
    `bind ${socketPath(synapse.socketPathFormat, registration)}`,
    `bind ${socketPath(synapse.proxySocketPathFormat, registration)} accept-proxy`,
    ...(isProxied ? proxiedLines(registration, namespace, namespace.proxiedThrough!) : []),
    ...backends.filter(({ isRouted }) => isRouted).flatMap(routeLines),
  ];
}

/** Lines of a backend; what plugins add stands in the main one only. Rules about requests need a mode that reads them. */
export function backendLines(registration: string, namespace: SynapseNamespace, backend: Backend): readonly string[] {
  const { balance, keepalive, headers = [], retries, connectMs, serverMs } = namespace;
  const timeout = backend.endpoint?.milliseconds ?? serverMs;
  return [
    ...(balance === undefined ? [] : [`balance ${balance}`]),
    ...(keepalive === true && isHttp(namespace) ? ['no option httpclose', 'option http-keep-alive'] : []),
    ...(isHttp(namespace) ? [] : ['mode tcp']),
    ...(isHttp(namespace) ? headers.map(([name, value]) => setHeader(name, value)) : []),
    httpCheck(registration, namespace),
    'http-check send-state',
    ...(retries === undefined ? [] : [`retries ${retries}`]),
    ...(connectMs === undefined ? [] : [`timeout connect ${connectMs}ms`]),
    ...(timeout === undefined ? [] : [`timeout server ${timeout}ms`]),
    ...(backend.isMain ? pluginLines(registration, namespace) : []),
  ];
}

/** Whether HAProxy reads the requests. Encrypted protocols pass through it as bytes, as tcp does. */
function isHttp({ mode }: SynapseNamespace): boolean {
  return mode === undefined;
}

const TCP_LISTENER: readonly string[] = ['no option accept-invalid-http-request', 'option tcplog', 'mode tcp'];

function httpListener({ capturedHeaders }: SynapseSettings): readonly string[] {
  const captures = capturedHeaders.map(
    ({ name, length }) => `capture request header ${haproxyWord(name)} len ${length}`,
  );
  return [...captures, 'option httplog'];
}

function socketPath(format: string, registration: string): string {
  return haproxyWord(format.replaceAll('{service_name}', registration));
}

/** Sends requests to the proxy first, unless they come from it, ask for the status, or it has no room. */
function proxiedLines(registration: string, namespace: SynapseNamespace, proxy: string): readonly string[] {
  return [
    statusAcl(namespace),
    `acl request_from_proxy hdr_beg(X-Smartstack-Source) -i ${proxy}`,
    `acl proxied_through_backend_has_connslots connslots(${proxy}) gt 0`,
    `http-request set-header X-Smartstack-Destination ${registration} if ${NOT_YET_PROXIED}`,
    `use_backend ${proxy} if ${NOT_YET_PROXIED}`,
  ];
}

function statusAcl({ healthcheckUri = '/status' }: SynapseNamespace): string {
  return `acl is_status_request path ${aclPattern(healthcheckUri)}`;
}

function routeLines({ name, endpoint }: Backend): readonly string[] {
  const room = `acl ${name}_has_connslots connslots(${name}) gt 0`;
  if (endpoint === null) return [room, `use_backend ${name} if ${name}_has_connslots`];
  return [
    `acl ${name}_path ${pathMatch(endpoint.path)} ${aclPattern(endpoint.path)}`,
    room,
    `use_backend ${name} if ${name}_has_connslots ${name}_path`,
  ];
}

function pathMatch(path: string): string {
  if (path === '/') return 'path';
  return path.startsWith('^') ? 'path_reg' : 'path_beg';
}

/**
 * Port 0 on purpose: the real port and address come in the header of `http-check send-state`, which hacheck prefers.
 * hacheck knows no http2, so such a service is asked over http.
 */
function httpCheck(registration: string, namespace: SynapseNamespace): string {
  const { mode = 'http2', healthcheckUri = '/status', checkHeaders: headers = [] } = namespace;
  const path = healthcheckUri.replace(/^\/+/, '');
  const uri = `/${mode === 'http2' ? 'http' : mode}/${registration}/0/${path}`;
  return `option httpchk GET ${haproxyWord(uri)}${checkHeaders(headers)}`;
}

function pluginLines(registration: string, namespace: SynapseNamespace): readonly string[] {
  return [
    `acl ${TARPIT} hdr_sub(X-Ctx-Tarpit) -i ${registration}`,
    ...(isHttp(namespace) ? [`http-request tarpit if ${TARPIT}`] : []),
    ...(isHttp(namespace) && namespace.isProxy === true ? proxyLines(registration, namespace) : []),
  ];
}

/** Marks requests that this service, itself a proxy, is given, so that they are not sent to it again. */
function proxyLines(registration: string, namespace: SynapseNamespace): readonly string[] {
  return [statusAcl(namespace), `http-request set-header X-Smartstack-Source ${registration} if !is_status_request`];
}
