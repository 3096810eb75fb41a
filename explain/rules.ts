import { CONFIG_SHA_LABELS } from '../constructs/_labels.ts';
import type { OutputObject } from './documents.ts';

/** Whether a field is a digest over the rest of the workload: it has no cause of its own. */
export function isDigest(path: string): boolean {
  return CONFIG_SHA_LABELS.some((label) => path.endsWith(`.labels.${label}`));
}

/** Where a construct's parts are made, by kind of object. */
const KIND_FILES: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ['constructs/adapter-config-map.ts'],
  DaemonSet: [
    'constructs/synapse-daemon-set.ts',
    'constructs/_synapse-document.ts',
    'constructs/_synapse-names.ts',
    'constructs/_synapse-scripts.ts',
    'compiler/load/smartstack-settings.ts',
  ],
  Deployment: ['constructs/paasta-deployment.ts'],
  ExternalSecret: ['constructs/external-secret.ts'],
  HorizontalPodAutoscaler: ['constructs/paasta-hpa.ts'],
  LimitRange: ['constructs/limit-range.ts'],
  Namespace: ['constructs/paasta-namespace.ts'],
  PodDisruptionBudget: ['constructs/paasta-pdb.ts'],
  RoleBinding: ['constructs/api-role-binding.ts'],
  ServiceAccount: ['constructs/paasta-service-account.ts'],
  StatefulSet: ['constructs/paasta-stateful-set.ts'],
  CheckConfig: ['constructs/sensu-check.ts', 'constructs/_check-command.ts'],
  EventFilter: ['constructs/sensu-filters.ts', 'constructs/_sensu-names.ts'],
  Handler: ['constructs/sensu-team-handlers.ts', 'constructs/_sensu-names.ts'],
};

/** Where parts of workloads, and what several kinds share, are made: the first that matches the field. */
const FIELD_FILES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/annotations\.(?:argocd\.argoproj\.io|kustomize\.toolkit\.fluxcd\.io)\//, ['constructs/_delivery-annotations.ts']],
  [/^spec\.selector\./, ['constructs/_labels.ts']],
  [/labelSelector\.matchLabels\./, ['constructs/_labels.ts']],
  [/^spec\.behavior\./, ['constructs/paasta-hpa.ts', 'compiler/resolve/scale-down.ts']],
  [/^spec\.metrics/, ['constructs/_metrics.ts', 'compiler/resolve/metrics-providers.ts']],
  [/^spec\.strategy\./, ['constructs/paasta-deployment.ts', 'compiler/resolve/strategy.ts']],
  [/^spec\.volumeClaimTemplates/, ['constructs/_volumes.ts']],
  [/^data\.synapse/, ['constructs/_synapse-document.ts']],
  [/^metadata\.labels\./, ['constructs/_labels.ts']],
  [/^spec\.template\.metadata\./, ['constructs/_labels.ts']],
  [
    /\.env\[/,
    [
      'compiler/resolve/env.ts',
      'compiler/model/pod-variables.ts',
      'constructs/_env.ts',
      'constructs/_hacheck-container.ts',
      'constructs/_nerve-container.ts',
    ],
  ],
  [
    /\.volumeMounts|\.volumes/,
    [
      'constructs/_volumes.ts',
      'compiler/resolve/key-volumes.ts',
      'compiler/resolve/host-volumes.ts',
      'constructs/_nerve-container.ts',
      'constructs/_nerve-document.ts',
    ],
  ],
  [
    /containers\[name=hacheck\]/,
    [
      'constructs/_hacheck-container.ts',
      'compiler/resolve/hacheck.ts',
      'compiler/resolve/sidecar-resources.ts',
      'constructs/_main-container.ts',
    ],
  ],
  [
    /containers\[name=nerve\]/,
    ['constructs/_nerve-container.ts', 'constructs/_nerve-document.ts', 'compiler/resolve/sidecar-resources.ts'],
  ],
  [/Probe\./, ['constructs/_probe.ts', 'compiler/resolve/health-check.ts']],
  [/\.lifecycle\./, ['constructs/_main-container.ts', 'compiler/resolve/lifecycle.ts']],
  [/\.resources\./, ['constructs/_resources.ts', 'compiler/resolve/resources.ts']],
  [/capabilities\.drop/, ['constructs/_main-container.ts', 'compiler/resolve/container.ts']],
  [/^spec\.template\.spec\.containers/, ['constructs/_main-container.ts', 'compiler/resolve/container.ts']],
  [/^spec\.template\.spec\.affinity/, ['constructs/_affinity.ts', 'compiler/resolve/node-placement.ts']],
  [/securityContext\.fsGroup/, ['constructs/_pod-spec.ts', 'compiler/resolve/identity.ts']],
  [/^spec\.template\.spec/, ['constructs/_pod-spec.ts']],
];

const WORKLOADS = new Set(['Deployment', 'StatefulSet']);

/** The files of code that make a field, the nearest first. */
export function ruleFiles(object: OutputObject, path: string): readonly string[] {
  const kind = KIND_FILES[object.kind];
  if (kind === undefined)
    return object.file.path.startsWith('sensu/')
      ? ['constructs/sensu-classic-check.ts', 'constructs/_check-command.ts', 'compiler/model/rendered-file.ts']
      : ['a construct of the project'];
  const isShared =
    WORKLOADS.has(object.kind) || /annotations|behavior|metrics|selector\.matchLabels|^metadata\.labels/.test(path);
  const field = isShared ? FIELD_FILES.find(([pattern]) => pattern.test(path))?.[1] : undefined;
  return field ?? (object.kind === 'ConfigMap' ? configMapFiles(object) : kind);
}

const SENSU_MAP_FILES = [
  'constructs/sensu-config-map.ts',
  'compiler/render/sensu-files.ts',
  'compiler/render/sensu-shared.ts',
];

function configMapFiles({ name }: OutputObject): readonly string[] {
  if (name.endsWith('-nerve')) return ['constructs/nerve-config-map.ts', 'constructs/_nerve-document.ts'];
  if (name.endsWith('-hacheck'))
    return ['constructs/hacheck-config-map.ts', 'compiler/resolve/smartstack/nerve-sidecar.ts'];
  if (name.startsWith('synapse-services'))
    return ['constructs/synapse-services-config-map.ts', 'constructs/_synapse-entries.ts'];
  if (name.startsWith('synapse')) return ['constructs/synapse-config-map.ts', 'constructs/_synapse-document.ts'];
  if (name.startsWith('sensu')) return SENSU_MAP_FILES;
  return ['constructs/adapter-config-map.ts', 'compiler/render/adapter-config.ts', 'compiler/render/adapter-rules.ts'];
}
