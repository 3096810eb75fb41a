import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { toClusterConfig } from '../../compiler/load/cluster-config.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../../compiler/model/cluster-config.ts';
import type { RenderedFile } from '../../compiler/model/rendered-file.ts';
import type { ResolvedInstance } from '../../compiler/model/resolved-instance.ts';
import type { YamlMap } from '../../compiler/model/yaml-value.ts';
import { type EarlierTexts, sensuService } from '../../compiler/render/index.ts';
import { sensuShared } from '../../compiler/render/sensu-shared.ts';
import { summariseCluster } from '../../compiler/render/summarise.ts';

/** Commands for every kind of handler. */
export const HANDLERS = Object.fromEntries(
  ['irc', 'jira', 'mailer', 'pagerduty', 'slack'].map((kind) => [
    kind,
    { command: `sensu-${kind}-handler`, runtime_assets: [`sensu/${kind}:1.2`] },
  ]),
);

/** A cluster whose configuration has these `sensu` settings, and a team data file. */
export function sensuConfig(sensu: YamlMap = {}, teams: YamlMap | null = null): ClusterConfig {
  return toClusterConfig('norcal-prod', { volumes: [], sensu }, { sensu: 'sensu.json' }, teams);
}

/** What is rendered for Sensu of some services' instances. */
export function renderSensu(
  config: ClusterConfig,
  instances: readonly ResolvedInstance[],
  earlier: EarlierTexts | null = null,
  kept: readonly string[] = [],
): { readonly files: readonly RenderedFile[]; readonly diagnostics: readonly Diagnostic[] } {
  const services = [...new Set(instances.map(({ service }) => service))];
  const made = services.map((service) =>
    sensuService({
      ...{ config, service, earlier, isKept: (instance) => kept.includes(instance) },
      rendered: instances.filter((instance) => instance.service === service),
    }),
  );
  const summaries = made.map(({ teams }) =>
    summariseCluster({
      ...{ config, known: [], rendered: [], notDeployed: [], failed: [], hasUnknownInstances: false },
      sensuTeams: teams,
    }),
  );
  const shared = sensuShared(config, summaries);
  return {
    files: [...made.flatMap(({ file }) => file ?? []), ...shared.files],
    diagnostics: [...made.flatMap(({ diagnostics }) => diagnostics), ...shared.diagnostics],
  };
}

/** Documents of a YAML or JSON text, as Sensu's reader takes them. */
export function sensuDocuments(text: string): readonly unknown[] {
  return loadAll(text, { schema: YAML11_SCHEMA });
}

/** Earlier files from a literal. */
export function earlierTexts(files: Readonly<Record<string, string>>): EarlierTexts {
  return {
    read: (path) => (Object.hasOwn(files, path) ? files[path]! : null),
    parse(text) {
      try {
        return sensuDocuments(text);
      } catch {
        return null;
      }
    },
  };
}
