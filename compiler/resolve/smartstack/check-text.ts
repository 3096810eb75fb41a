import { isMap, pythonText, type YamlValue } from '../../model/yaml-value.ts';
import { hasControlCharacter, hasHalfCharacter, isEndpoint, isHaproxyTime, isHeaderName } from './header-text.ts';
import { quoted, type NamespaceCheck, type NamespaceFinding, type NamespaceInput } from './namespace-check.ts';
import { headersAt, mapAt, textAt, valueAt } from './read-values.ts';

const HEADER_KEYS = ['extra_headers', 'extra_healthcheck_headers'] as const;
/** Texts that stand in configuration lines. */
const LINE_KEYS = ['healthcheck_uri', 'proxied_through'] as const;

/**
 * Text that cannot stand in a line of HAProxy's configuration or in a request: one bad line would stop HAProxy from reading
 * the configuration of every service.
 */
export const checkText: NamespaceCheck = (input) => [
  ...checkPlainTexts(input),
  ...HEADER_KEYS.flatMap((key) => checkHeaders(input, key)),
  ...checkEndpoints(input),
  ...checkChaos(input),
  ...checkProxy(input),
];

function checkPlainTexts({ keys, path }: NamespaceInput): readonly NamespaceFinding[] {
  const expect = textAt(keys, 'healthcheck_body_expect') ?? '';
  return [
    ...LINE_KEYS.filter((key) => hasControlCharacter(textAt(keys, key) ?? '')),
    ...(hasHalfCharacter(expect) ? ['healthcheck_body_expect'] : []),
  ].map((key) => controlCharacter(`${key} ${quoted(textAt(keys, key)!)}`, [...path, key]));
}

function checkHeaders({ keys, path }: NamespaceInput, key: (typeof HEADER_KEYS)[number]): readonly NamespaceFinding[] {
  return headersAt(keys, key).flatMap(([name, value]): readonly NamespaceFinding[] => {
    const at = [...path, key, name];
    if (hasControlCharacter(value)) return [controlCharacter(`the value of header ${quoted(name)}`, at)];
    if (isHeaderName(name)) return [];
    if (hasControlCharacter(name)) return [controlCharacter(`the header ${quoted(name)}`, at, true)];
    const message = `${quoted(name)} is no header name`;
    const hint = 'header names have letters, digits and -, and no spaces or colons';
    return [{ severity: 'error', code: 'smartstack-header-name', message, hint, path: at, atKey: true }];
  });
}

function checkEndpoints({ keys, path }: NamespaceInput): readonly NamespaceFinding[] {
  const endpoints = Object.keys(mapAt(keys, 'endpoint_timeouts'));
  return endpoints
    .filter((endpoint) => !isEndpoint(endpoint))
    .map((endpoint): NamespaceFinding => {
      const at = [...path, 'endpoint_timeouts', endpoint];
      if (hasControlCharacter(endpoint)) return controlCharacter(`the endpoint ${quoted(endpoint)}`, at, true);
      const message = `${quoted(endpoint)} is neither a path nor a pattern that can be matched`;
      const hint =
        'a path begins with "/"; a pattern with "^", and has no classes or groups that libraries read differently';
      return { severity: 'error', code: 'smartstack-endpoint', message, hint, path: at, atKey: true };
    });
}

function checkChaos({ keys, path }: NamespaceInput): readonly NamespaceFinding[] {
  return Object.entries(mapAt(keys, 'chaos')).flatMap(([type, locations]) =>
    Object.entries(isMap(locations) ? locations : {}).flatMap(([location, setting]) =>
      checkChaosSetting(setting, [...path, 'chaos', type, location]),
    ),
  );
}

function checkChaosSetting(setting: YamlValue, path: readonly (string | number)[]): readonly NamespaceFinding[] {
  const delay = isMap(setting) ? valueAt(setting, 'delay') : undefined;
  const text = delay === undefined ? '0' : pythonText(delay);
  if (isHaproxyTime(text)) return [];
  const message = `the delay ${quoted(text)} is no duration`;
  const hint = 'write digits and a unit without a space, such as "2000ms" or "2s"';
  return [{ severity: 'error', code: 'smartstack-chaos', message, hint, path: [...path, 'delay'] }];
}

function checkProxy({ keys, path }: NamespaceInput): readonly NamespaceFinding[] {
  const proxy = textAt(keys, 'proxied_through');
  if (proxy === undefined || hasControlCharacter(proxy) || isRegistration(proxy)) return [];
  const message = `proxied_through ${quoted(proxy)} names no namespace, expected "service.namespace"`;
  return [{ severity: 'error', code: 'smartstack-proxied-through', message, path: [...path, 'proxied_through'] }];
}

/** Whether text is `service.namespace` with characters that names may have. */
export function isRegistration(text: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9._-]+$/.test(text);
}

function controlCharacter(what: string, path: readonly (string | number)[], atKey = false): NamespaceFinding {
  const message = `${what} holds a control character or half a character`;
  const hint = 'write the text on one line';
  return { severity: 'error', code: 'smartstack-control-char', message, hint, path, ...(atKey ? { atKey } : {}) };
}
