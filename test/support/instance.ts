import { monitoringWith } from './monitoring.ts';
import { applicationName, defaultNamespace, sanitise } from '../../compiler/model/names.ts';
import type {
  HacheckSidecar,
  MainContainer,
  MetricsProvider,
  PodMarks,
  ResolvedInstance,
  ResolvedMesh,
  ResolvedPlacement,
  ResolvedPod,
  ResolvedScaling,
  ResolvedVersion,
} from '../../compiler/model/resolved-instance.ts';

export const GIT_SHA = '1234567890abcdef1234567890abcdef12345678';

/** Members to change; the nested ones keep what is not mentioned. */
export interface InstanceOverrides extends Partial<Omit<ResolvedInstance, 'pod' | 'scaling' | 'version'>> {
  readonly version?: Partial<ResolvedVersion>;
  readonly scaling?: Partial<ResolvedScaling>;
  readonly pod?: PodOverrides;
}
export interface PodOverrides extends Partial<Omit<ResolvedPod, 'main' | 'placement' | 'marks'>> {
  readonly main?: Partial<MainContainer>;
  readonly placement?: Partial<ResolvedPlacement>;
  readonly marks?: Partial<PodMarks>;
}

/** What `main: {}` of the service `shop` resolves to in a plain cluster, with some members changed. */
export function instanceWith(overrides: InstanceOverrides = {}): ResolvedInstance {
  const service = overrides.service ?? 'shop';
  const instance = overrides.instance ?? 'main';
  return {
    service,
    instance,
    cluster: 'norcal-prod',
    type: 'kubernetes',
    name: applicationName(service, instance),
    namespace: defaultNamespace(service),
    deployGroup: 'norcal-prod.main',
    registrations: [`${service}.${instance}`],
    team: null,
    desiredState: 'start',
    forceBounce: null,
    labels: {
      owner: 'compute_infra_platform_experience',
      poolSelectorKey: 'yelp.com/pool',
      omitDefaultPoolSelector: false,
      iamRoleAnnotation: true,
    },
    kind: 'Deployment',
    strategy: { type: 'RollingUpdate', maxSurge: '100%', maxUnavailable: '5%' },
    minReadySeconds: 0,
    podManagementPolicy: 'OrderedReady',
    disruption: { maxUnavailable: 0, unhealthyPodEvictionPolicy: 'IfHealthyBudget' },
    serviceAccount: null,
    mesh: null,
    monitoring: monitoringWith(),
    secretReferences: [],
    secretSignatures: {},
    ...overrides,
    version: {
      image: `registry.example.com:443/services-shop:paasta-${GIT_SHA}`,
      dockerImage: `services-shop:paasta-${GIT_SHA}`,
      gitSha: GIT_SHA,
      imageVersion: null,
      ...overrides.version,
    },
    scaling: { isAutoscaled: false, replicas: 1, autoscaler: null, providers: [], ...overrides.scaling },
    pod: podWith(instance, overrides.pod ?? {}),
  };
}

/** Autoscaled from 3 to 10 replicas by these providers. */
export function autoscaledBy(...providers: readonly Partial<MetricsProvider>[]): ResolvedScaling {
  const scaleDown = { stabilizationWindowSeconds: 300, selectPolicy: 'Max' };
  return {
    isAutoscaled: true,
    replicas: null,
    autoscaler: { minReplicas: 3, maxReplicas: 10, scaleDown, isPaused: false },
    providers: providers.map(providerWith),
  };
}

/** A metrics provider as PaaSTA defaults it, with some members changed. */
export function providerWith(overrides: Partial<MetricsProvider>): MetricsProvider {
  return {
    type: 'cpu',
    decisionPolicy: 'proportional',
    setpoint: 0.8,
    movingAverageWindowSeconds: 1800,
    desiredActiveRequestsPerReplica: 1,
    metricsQuery: null,
    seriesQuery: null,
    targetType: 'AverageValue',
    resources: null,
    ...overrides,
  };
}

/** In SmartStack, with a hacheck sidecar. */
export function meshWith(overrides: Partial<HacheckSidecar> = {}): ResolvedMesh {
  const resources = { cpu: 0.1, memory: '1024Mi', 'ephemeral-storage': '256Mi' };
  return {
    weight: 10,
    hacheck: {
      image: 'registry.example.com:443/hacheck:2.1',
      drainSeconds: 31,
      resources: { requests: resources, limits: resources },
      readiness: {
        command: ['/check_smartstack_up.sh', '8888', 'shop.main'],
        initialDelaySeconds: 10,
        periodSeconds: 10,
      },
      ...overrides,
    },
    nerve: null,
  };
}

function podWith(instance: string, overrides: PodOverrides): ResolvedPod {
  return {
    defaults: {},
    serviceAccountName: null,
    terminationGracePeriodSeconds: null,
    fsGroup: null,
    volumes: [],
    hacheckVolumes: [],
    claims: [],
    ...overrides,
    placement: {
      nodeSelector: { 'yelp.com/pool': 'default' },
      required: [],
      preferred: [],
      antiAffinity: null,
      antiAffinityPreferred: null,
      topologySpread: [],
      ...overrides.placement,
    },
    main: mainWith(instance, overrides.main ?? {}),
    marks: {
      pool: 'default',
      isRoutableIp: false,
      usesUwsgi: false,
      iamRole: '',
      prometheusShard: null,
      prometheusPath: null,
      prometheusPort: null,
      hasRegistrationLabels: false,
      isIstioInjected: false,
      costOwner: null,
      scrapesPiscina: false,
      scrapesGunicorn: false,
      hasAwsLbReadinessGate: false,
      ...overrides.marks,
    },
  };
}

function mainWith(instance: string, overrides: Partial<MainContainer>): MainContainer {
  return {
    name: sanitise(instance),
    command: null,
    args: [],
    env: [{ name: 'PAASTA_PORT', value: '8888' }],
    resources: {
      requests: { cpu: 1, memory: '4096Mi', 'ephemeral-storage': '1024Mi' },
      limits: { cpu: 2, memory: '4096Mi', 'ephemeral-storage': '1024Mi' },
    },
    ports: [8888],
    preStop: ['/bin/sh', '-c', 'sleep 0'],
    liveness: null,
    readiness: null,
    capabilities: { add: null, drop: ['SETPCAP', 'MKNOD'] },
    isPrivileged: null,
    ...overrides,
  };
}
