import type { MainContainer, ResolvedInstance, ResolvedPlacement, ResolvedPod } from '../model/resolved-instance.ts';
import * as container from './container.ts';
import { resolveDisruption } from './disruption.ts';
import { resolveEnv, type Environment } from './env.ts';
import type { Facts, Inputs } from './facts.ts';
import { gatherFacts } from './gather-facts.ts';
import { resolveMesh } from './hacheck.ts';
import { resolveLiveness, resolveReadiness } from './health-check.ts';
import { resolveFsGroup, resolveServiceAccount, resolveServiceAccountName } from './identity.ts';
import { resolveApplicationName, resolveContainerName } from './instance-names.ts';
import { checkedLabelValue, isLabelValue } from './legal-names.ts';
import { resolvePreStop, resolveTerminationGracePeriod } from './lifecycle.ts';
import { resolveMarks } from './marks.ts';
import { resolveMonitoring } from './monitoring/index.ts';
import { resolveNodeSelector, resolvePreferredNodes, resolveRequiredNodes } from './node-placement.ts';
import { resolveAntiAffinity, resolveAntiAffinityPreferred, resolveTopologySpread } from './pod-placement.ts';
import { resolveResources } from './resources.ts';
import { resolveScaling } from './scaling.ts';
import { distinctSecrets, resolveSignatures } from './secrets.ts';
import { resolveMinReadySeconds, resolvePodManagementPolicy, resolveStrategy } from './strategy.ts';
import { resolveTeam } from './team.ts';
import { resolveVolumes, type ResolvedVolumes } from './volumes.ts';

/**
 * One instance with every default filled in. Findings go to the journal of the inputs; with an error among
 * them the result stands in for what could not be decided, and must not be used.
 */
export function resolveInstance(inputs: Inputs): ResolvedInstance {
  const facts = gatherFacts(inputs);
  const { journal, system, service, instance, cluster, type } = facts;
  const name = journal.member('name', resolveApplicationName, facts);
  const environment = resolveEnv(facts);
  const volumes = resolveVolumes(facts);
  const resolved: ResolvedInstance = {
    service,
    instance,
    cluster,
    type,
    name,
    namespace: journal.member('namespace', facts.namespace, facts),
    deployGroup: journal.member('deployGroup', resolveDeployGroupLabel, facts),
    registrations: journal.member('registrations', facts.registrations, facts),
    team: journal.member('team', resolveTeam, facts),
    version: journal.member('version', facts.version, facts),
    desiredState: journal.member('desiredState', readDesiredState, facts),
    forceBounce: journal.member('forceBounce', readForceBounce, facts),
    labels: system.get('labels'),
    kind: journal.member('kind', facts.kind, facts),
    scaling: resolveScaling(facts),
    strategy: journal.member('strategy', resolveStrategy, facts),
    minReadySeconds: journal.member('minReadySeconds', resolveMinReadySeconds, facts),
    podManagementPolicy: journal.member('podManagementPolicy', resolvePodManagementPolicy, facts),
    disruption: resolveDisruption(facts),
    serviceAccount: journal.member('serviceAccount', resolveServiceAccount, facts),
    mesh: resolveMesh(facts),
    pod: resolvePod(facts, environment, volumes),
    monitoring: resolveMonitoring(facts),
    secretReferences: distinctSecrets([...environment.secrets.map(({ reference }) => reference), ...volumes.secrets]),
    secretSignatures: journal.member('secretSignatures', () => resolveSignatures(facts, environment.secrets), facts),
  };
  const origins = journal.origins();
  return origins === undefined ? resolved : { ...resolved, origins };
}

function resolvePod(facts: Facts, environment: Environment, storage: ResolvedVolumes): ResolvedPod {
  const { journal } = facts;
  return {
    defaults: journal.member('pod.defaults', readPodDefaults, facts),
    serviceAccountName: journal.member('pod.serviceAccountName', resolveServiceAccountName, facts),
    terminationGracePeriodSeconds: journal.member(
      'pod.terminationGracePeriodSeconds',
      resolveTerminationGracePeriod,
      facts,
    ),
    fsGroup: journal.member('pod.fsGroup', resolveFsGroup, facts),
    placement: resolvePlacement(facts),
    main: resolveMain(facts, environment),
    volumes: storage.volumes,
    hacheckVolumes: storage.hacheckVolumes,
    claims: storage.claims,
    marks: resolveMarks(facts),
  };
}

function resolvePlacement(facts: Facts): ResolvedPlacement {
  const { journal } = facts;
  return {
    nodeSelector: journal.member('pod.placement.nodeSelector', resolveNodeSelector, facts),
    required: journal.member('pod.placement.required', resolveRequiredNodes, facts),
    preferred: journal.member('pod.placement.preferred', resolvePreferredNodes, facts),
    antiAffinity: journal.member('pod.placement.antiAffinity', resolveAntiAffinity, facts),
    antiAffinityPreferred: journal.member('pod.placement.antiAffinityPreferred', resolveAntiAffinityPreferred, facts),
    topologySpread: journal.member('pod.placement.topologySpread', resolveTopologySpread, facts),
  };
}

function resolveMain(facts: Facts, environment: Environment): MainContainer {
  const { journal } = facts;
  return {
    name: journal.member('pod.main.name', resolveContainerName, facts),
    command: journal.member('pod.main.command', container.resolveCommand, facts),
    args: journal.member('pod.main.args', container.resolveArgs, facts),
    env: environment.variables,
    resources: journal.member('pod.main.resources', resolveResources, facts),
    ports: journal.member('pod.main.ports', container.resolvePorts, facts),
    preStop: journal.member('pod.main.preStop', resolvePreStop, facts),
    liveness: journal.member('pod.main.liveness', resolveLiveness, facts),
    readiness: journal.member('pod.main.readiness', resolveReadiness, facts),
    capabilities: journal.member('pod.main.capabilities', container.resolveCapabilities, facts),
    isPrivileged: journal.member('pod.main.isPrivileged', container.resolvePrivileged, facts),
  };
}

/** The deploy group is also a pod label. The default ends with the instance name, which is reported for itself. */
function resolveDeployGroupLabel({ keys, instance, deployment }: Facts): string {
  const field = keys.field('deploy_group');
  field.note('PaaSTA: deploy_group CLUSTER.INSTANCE');
  if (!field.isSet && !isLabelValue(instance)) return deployment.deployGroup;
  return checkedLabelValue(field, 'the deploy group', deployment.deployGroup);
}

function readDesiredState({ deployment }: Facts): ResolvedInstance['desiredState'] {
  deployment.controlField.at('desired_state').note('PaaSTA: start');
  return deployment.control.desiredState;
}

function readForceBounce({ deployment }: Facts): ResolvedInstance['forceBounce'] {
  deployment.controlField.at('force_bounce').note('PaaSTA: null');
  return deployment.control.forceBounce;
}

function readPodDefaults({ system }: Facts): ResolvedPod['defaults'] {
  return system.get('podDefaults');
}
