import type { HacheckSidecar, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { envVar, POD_ENV } from './_env.ts';
import { tcpPort } from './_main-container.ts';
import { HACHECK_CONFIG_MOUNT } from './_nerve-container.ts';
import type { Container, Draft, KubeProbe } from './_plain.ts';
import { resourceRequirements } from './_resources.ts';
import { hacheckMounts } from './_volumes.ts';

const HACHECK_PORT = 6666;

/** The sidecar that answers SmartStack's health checks, and that takes the pod out of the mesh before it stops. */
export function hacheckContainer(instance: ResolvedInstance, hacheck: HacheckSidecar, asStored: boolean): Container {
  const registrations = instance.registrations.join(' ');
  const drain = `/usr/bin/hadown ${registrations}; sleep ${hacheck.drainSeconds}`;
  const container: Draft<Container> = {
    env: [...POD_ENV.map(envVar), { name: 'MESH_REGISTRATIONS', value: registrations }],
  };
  if (hacheck.image !== null) container.image = hacheck.image;
  container.lifecycle = { preStop: { exec: { command: ['/bin/sh', '-c', drain] } } };
  container.name = 'hacheck';
  container.ports = [tcpPort(HACHECK_PORT)];
  if (hacheck.readiness !== null) container.readinessProbe = readinessProbe(hacheck.readiness);
  container.resources = resourceRequirements(hacheck.resources, asStored);
  container.volumeMounts = [
    ...hacheckMounts(instance.pod, asStored),
    ...(instance.mesh?.nerve ? [HACHECK_CONFIG_MOUNT] : []),
  ];
  return container as Container;
}

function readinessProbe(readiness: NonNullable<HacheckSidecar['readiness']>): KubeProbe {
  const { command, initialDelaySeconds, periodSeconds } = readiness;
  return { exec: { command }, initialDelaySeconds, periodSeconds };
}
