import { compareText } from '../diagnostics/diagnostic.ts';
import { canonicalObject } from '../emit/canonical.ts';
import { fileNameOf } from '../emit/file-name.ts';
import { emitDocuments, emitObjects } from '../emit/yaml.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import { sanitise } from '../model/names.ts';
import { JSON_HEADER, type RenderedFile } from '../model/rendered-file.ts';
import type { SensuResource, SensuSettings } from '../model/sensu.ts';
import type { ClassicCheck } from '../../constructs/sensu-classic-check.ts';
import { SENSU_NAMESPACE, sensuConfigMap } from '../../constructs/sensu-config-map.ts';

/** What one of Sensu's files holds. */
export type SensuContent =
  { readonly resources: readonly SensuResource[] } | { readonly checks: readonly ClassicCheck[] };

/** One of Sensu's files: of a service, or `_teams` and `_filters`, which services share. */
export interface SensuFile {
  readonly name: string;
  readonly service: string | null;
  readonly content: SensuContent;
}

/** Where a file of Sensu's stands: beside the manifests, out of reach of Argo CD and Flux, or in a ConfigMap among them. */
export function sensuPath(
  config: ClusterConfig,
  settings: SensuSettings,
  file: Pick<SensuFile, 'name' | 'service'>,
): string {
  const { cluster } = config;
  if (settings.delivery === 'files') return `sensu/${cluster}/${fileNameOf(`${file.name}.${extension(settings)}`)}`;
  return `clusters/${cluster}/${SENSU_NAMESPACE}/${fileNameOf(`configmap-${configMapName(file)}.yaml`)}`;
}

/** The file as it is written, in the form that the cluster's settings ask for. */
export function sensuFile(config: ClusterConfig, settings: SensuSettings, file: SensuFile): RenderedFile {
  const text = 'resources' in file.content ? resourcesText(file.content.resources) : checksText(file.content.checks);
  const inMap = (): string => {
    const map = sensuConfigMap(configMapName(file), `${file.name}.${extension(settings)}`, text);
    return emitObjects([canonicalObject(map)]);
  };
  return {
    path: sensuPath(config, settings, file),
    content: settings.delivery === 'files' ? text : inMap(),
    cluster: config.cluster,
    service: file.service,
    instance: null,
  };
}

function resourcesText(resources: readonly SensuResource[]): string {
  const key = ({ type, metadata }: SensuResource): string => `${metadata.name} ${type}`;
  return emitDocuments([...resources].sort((a, b) => compareText(key(a), key(b))));
}

/** JSON, since Sensu Core 1.x reads nothing else; our header is its first member. */
function checksText(checks: readonly ClassicCheck[]): string {
  const sorted = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> =>
    Object.fromEntries([...entries].sort(([a], [b]) => compareText(a, b)));
  const document = { checks: sorted(checks.map(([name, check]) => [name, sorted(Object.entries(check))] as const)) };
  return `${JSON_HEADER}\n${JSON.stringify(document, null, 2).slice('{\n'.length)}\n`;
}

function extension({ style }: SensuSettings): string {
  return style === 'classic' ? 'json' : 'yaml';
}

/** A service's ConfigMap can never have the name of a shared one, which has a dot after `sensu`. */
function configMapName({ name, service }: Pick<SensuFile, 'name' | 'service'>): string {
  return service === null ? `sensu.${name.replace(/^_/, '')}` : `sensu-${sanitise(service)}`;
}
