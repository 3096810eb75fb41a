import type { HacheckSidecar, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { share } from '../compiler/model/shared-part.ts';
import { POD_ENV } from './_env.ts';
import { tcpPort } from './_main-container.ts';
import { HACHECK_CONFIG_MOUNT } from './_nerve-container.ts';
import type { Container, Draft, KubeProbe } from './_plain.ts';
import { resourceRequirements } from './_resources.ts';
import { hacheckMounts } from './_volumes.ts';

const PORTS = share([tcpPort(6666)]);

/** The sidecar that answers SmartStack's health checks, and that takes the pod out of the mesh before it stops. */
export function hacheckContainer(instance: ResolvedInstance, hacheck: HacheckSidecar, asStored: boolean): Container {
  const registrations = instance.registrations.join(' ');
  const drain = `/usr/bin/hadown ${registrations}; sleep ${hacheck.drainSeconds}`;
  const container: Draft<Container> = {
    env: [...POD_ENV, { name: 'MESH_REGISTRATIONS', value: registrations }],
  };
  if (hacheck.image !== null) container.image = hacheck.image;
  container.lifecycle = { preStop: { exec: { command: ['/bin/sh', '-c', drain] } } };
  container.name = 'hacheck';
  container.ports = PORTS;
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
