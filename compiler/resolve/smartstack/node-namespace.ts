import { isMap, type YamlValue } from '../../model/yaml-value.ts';
import { headersAt, mapAt, numberAt, textAt, textsAt, valueAt, type Pairs } from './read-values.ts';

/** Protocols that SmartStack knows (PaaSTA: any other is `Unknown mode`). */
export const MODES: readonly string[] = ['http', 'https', 'http2', 'tcp'];

/** A namespace as the node side reads it, which sees an allow-list of the keys (PaaSTA: `load_service_namespace_config`). */
export interface NodeNamespace {
  readonly mode: string;
  readonly healthcheckMode: string | null;
  /** Default `/status`. */
  readonly healthcheckUri: string;
  readonly healthcheckPort: number | null;
  /** Default 1. */
  readonly healthcheckTimeoutSeconds: number;
  readonly healthcheckBodyExpect: string | null;
  readonly extraHealthcheckHeaders: Pairs<string>;
  /** Default `[region]`; an empty list registers nothing. */
  readonly advertise: readonly string[];
  /** Pairs of `type:location`: what is here is registered there too. */
  readonly extraAdvertise: Pairs<string>;
}

/**
 * The namespace of a smartstack.yaml as the node side reads it; null when it is not in SmartStack (no `proxy_port`, not even
 * a null one) or unusable, which the schema reports.
 */
export function nodeNamespace(smartstack: YamlValue | undefined, namespace: string): NodeNamespace | null {
  if (!isMap(smartstack)) return null;
  const map = valueAt(smartstack, namespace);
  if (!isMap(map) || !Object.hasOwn(map, 'proxy_port')) return null;
  const mode = textAt(map, 'mode') ?? 'http';
  if (!MODES.includes(mode)) return null;
  const expect = textAt(map, 'healthcheck_body_expect') ?? '';
  return {
    mode,
    healthcheckMode: textAt(map, 'healthcheck_mode') ?? null,
    healthcheckUri: textAt(map, 'healthcheck_uri') ?? '/status',
    healthcheckPort: numberAt(map, 'healthcheck_port') ?? null,
    healthcheckTimeoutSeconds: numberAt(map, 'healthcheck_timeout_s') ?? 1,
    healthcheckBodyExpect: expect === '' ? null : expect,
    extraHealthcheckHeaders: headersAt(map, 'extra_healthcheck_headers'),
    advertise: textsAt(map, 'advertise') ?? ['region'],
    extraAdvertise: extraAdvertise(mapAt(map, 'extra_advertise')),
  };
}

function extraAdvertise(map: Readonly<Record<string, YamlValue>>): Pairs<string> {
  const pairs: [string, string][] = [];
  for (const source of Object.keys(map)) {
    for (const target of textsAt(map, source) ?? []) pairs.push([source, target]);
  }
  return pairs;
}
