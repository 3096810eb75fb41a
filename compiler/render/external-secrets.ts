import { compareText } from '../diagnostics/diagnostic.ts';
import type { ExternalSecretProps } from '../../constructs/external-secret.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import type { ExternalSecretSource } from '../model/service-summary.ts';
import { isMap, type YamlValue } from '../model/yaml-value.ts';

const DEFAULT_STORE = { name: 'paasta', kind: 'ClusterSecretStore' };
const DEFAULT_REMOTE_KEY = 'paasta/{service}/{secret}';

/**
 * The ExternalSecrets of a cluster, one for each Secret that pods refer to, sorted by namespace and name.
 *
 * Where values are kept is set in the system configuration, under `secrets`: `store` (`name`, `kind`; by default the
 * ClusterSecretStore `paasta`), `remote_key` (by default `paasta/{service}/{secret}`; also `{cluster}`, `{environment}`,
 * `{namespace}`) and `remote_property`, the member of the stored value, by default all of it. `ssm_secrets` name their value
 * themselves; `ssm_store` is where it is, by default `store`.
 */
export function externalSecretProps(
  sources: readonly ExternalSecretSource[],
  config: ClusterConfig,
): readonly ExternalSecretProps[] {
  const settings = settingsOf(config);
  const bySecret = new Map<string, Map<string, ExternalSecretSource>>();
  for (const source of sources) {
    const id = `${source.namespace}/${source.secretName}`;
    bySecret.set(id, (bySecret.get(id) ?? new Map<string, ExternalSecretSource>()).set(source.key, source));
  }
  const secrets = [...bySecret.keys()].sort(compareText).map((id) => [...bySecret.get(id)!.values()]);
  return secrets.map((keys) => {
    const { namespace, secretName: name, service, parameter } = keys[0]!;
    const store = parameter === undefined ? settings.store : settings.ssmStore;
    const inOrder = [...keys].sort((a, b) => compareText(a.key, b.key));
    return {
      namespace,
      name,
      service,
      store,
      keys: inOrder.map((key) => remote(key, settings, config)),
    };
  });
}

type Store = ExternalSecretProps['store'];

interface Settings {
  readonly store: Store;
  readonly ssmStore: Store;
  readonly remoteKey: string;
  readonly remoteProperty: string | null;
}

function settingsOf(config: ClusterConfig): Settings {
  const secrets = config.raw['secrets'];
  const set = isMap(secrets) ? secrets : {};
  const store = storeOf(set['store'], DEFAULT_STORE);
  return {
    store,
    ssmStore: storeOf(set['ssm_store'], store),
    remoteKey: text(set['remote_key']) ?? DEFAULT_REMOTE_KEY,
    remoteProperty: text(set['remote_property']),
  };
}

function storeOf(value: YamlValue | undefined, fallback: Store): Store {
  if (!isMap(value)) return fallback;
  return { name: text(value['name']) ?? fallback.name, kind: text(value['kind']) ?? fallback.kind };
}

function remote(
  source: ExternalSecretSource,
  settings: Settings,
  config: ClusterConfig,
): ExternalSecretProps['keys'][number] {
  if (source.parameter !== undefined) return { key: source.key, remoteKey: source.parameter };
  const values: Readonly<Record<string, string>> = {
    service: source.service,
    secret: source.key,
    namespace: source.namespace,
    cluster: config.cluster,
    environment: config.secretEnvironment ?? '',
  };
  const fill = (template: string): string =>
    template.replace(/\{([a-z]+)\}/g, (found, name: string) => (Object.hasOwn(values, name) ? values[name]! : found));
  const { remoteKey, remoteProperty } = settings;
  return {
    key: source.key,
    remoteKey: fill(remoteKey),
    ...(remoteProperty !== null && { remoteProperty: fill(remoteProperty) }),
  };
}

function text(value: YamlValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
