import type { HacheckSidecar, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { envVar, POD_ENV } from './_env.ts';
import { tcpPort } from './_main-container.ts';
import { HACHECK_CONFIG_MOUNT } from './_nerve-container.ts';
import type { Container, KubeProbe } from './_plain.ts';
import { resourceRequirements } from './_resources.ts';
import { hacheckMounts } from './_volumes.ts';

const HACHECK_PORT = 6666;

/** The sidecar that answers SmartStack's health checks, and that takes the pod out of the mesh before it stops. */
export function hacheckContainer(instance: ResolvedInstance, hacheck: HacheckSidecar): Container {
  const registrations = instance.registrations.join(' ');
  const drain = `/usr/bin/hadown ${registrations}; sleep ${hacheck.drainSeconds}`;
  return {
    name: 'hacheck',
    ...(hacheck.image !== null && { image: hacheck.image }),
    env: [...POD_ENV, { name: 'MESH_REGISTRATIONS', value: registrations }].map(envVar),
    resources: resourceRequirements(hacheck.resources),
    ports: [tcpPort(HACHECK_PORT)],
    lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', drain] } } },
    ...(hacheck.readiness !== null && { readinessProbe: readinessProbe(hacheck.readiness) }),
    volumeMounts: [...hacheckMounts(instance.pod), ...(instance.mesh?.nerve ? [HACHECK_CONFIG_MOUNT] : [])],
  };
}

function readinessProbe(readiness: NonNullable<HacheckSidecar['readiness']>): KubeProbe {
  const { command, initialDelaySeconds, periodSeconds } = readiness;
  return { exec: { command }, initialDelaySeconds, periodSeconds };
}
