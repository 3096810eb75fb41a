import type { InstanceRule, ServiceRule } from '../rule.ts';
import { activeRequestsFit } from './active-requests-fit.ts';
import { cpuBurstAcknowledged } from './cpu-burst-acknowledged.ts';
import { cpuSettingAcknowledged } from './cpu-setting-acknowledged.ts';
import { cpusFitPool } from './cpus-fit-pool.ts';
import { dependenciesExist } from './dependencies-exist.ts';
import { deployGroupInPipeline } from './deploy-group-in-pipeline.ts';
import { deploymentsCurrent } from './deployments-current.ts';
import { drainParametersFit } from './drain-parameters-fit.ts';
import { healthChecksMakeSense } from './health-checks-make-sense.ts';
import { instanceNameFits } from './instance-name-fits.ts';
import { instanceNamesUnique } from './instance-names-unique.ts';
import { minBelowMax } from './min-below-max.ts';
import { monitoringFileExists } from './monitoring-file-exists.ts';
import { pipelineGroupsUsed } from './pipeline-groups-used.ts';
import { poolExists } from './pool-exists.ts';
import { portsDiffer } from './ports-differ.ts';
import { promqlHasQuery } from './promql-has-query.ts';
import { providerFieldsFit } from './provider-fields-fit.ts';
import { providersCombine } from './providers-combine.ts';
import { registrationsHaveTwoParts } from './registrations-have-two-parts.ts';
import { replicaKeysAgree } from './replica-keys-agree.ts';
import { secretReferencesWellformed } from './secret-references-wellformed.ts';
import { secretsExist } from './secrets-exist.ts';
import { secretsUsed } from './secrets-used.ts';
import { serviceKeysKnown } from './service-keys-known.ts';
import { serviceNameFits } from './service-name-fits.ts';
import { setpointInRange } from './setpoint-in-range.ts';
import { singleReplicaAcknowledged } from './single-replica-acknowledged.ts';
import { smartstackNamesFit } from './smartstack-names-fit.ts';
import { smartstackPortFree } from './smartstack-port-free.ts';
import { smartstackProxiesExist } from './smartstack-proxies-exist.ts';
import { volumesSurviveBounces } from './volumes-survive-bounces.ts';

/** Every rule about a service as a whole. */
export const SERVICE_RULES: readonly ServiceRule[] = [
  deploymentsCurrent,
  instanceNamesUnique,
  monitoringFileExists,
  pipelineGroupsUsed,
  secretsUsed,
  serviceKeysKnown,
  serviceNameFits,
  smartstackNamesFit,
  smartstackPortFree,
  smartstackProxiesExist,
];

/** Every rule about one instance. */
export const INSTANCE_RULES: readonly InstanceRule[] = [
  activeRequestsFit,
  cpuBurstAcknowledged,
  cpuSettingAcknowledged,
  cpusFitPool,
  dependenciesExist,
  deployGroupInPipeline,
  drainParametersFit,
  healthChecksMakeSense,
  instanceNameFits,
  minBelowMax,
  poolExists,
  portsDiffer,
  promqlHasQuery,
  providerFieldsFit,
  providersCombine,
  registrationsHaveTwoParts,
  replicaKeysAgree,
  secretReferencesWellformed,
  secretsExist,
  setpointInRange,
  singleReplicaAcknowledged,
  volumesSurviveBounces,
];
