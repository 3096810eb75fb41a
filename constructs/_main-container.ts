import type { MainContainer, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { envVar } from './_env.ts';
import type { Container } from './_plain.ts';
import { kubeProbe } from './_probe.ts';
import { resourceRequirements } from './_resources.ts';
import { mainMounts } from './_volumes.ts';

/** The container that runs the service. */
export function mainContainer(instance: ResolvedInstance): Container {
  const { main } = instance.pod;
  return {
    name: main.name,
    image: instance.version.image,
    ...(main.command !== null && { command: main.command }),
    ...(main.args !== null && { args: main.args }),
    env: main.env.map(envVar),
    resources: resourceRequirements(main.resources),
    ports: main.ports.map(tcpPort),
    lifecycle: { preStop: { exec: { command: main.preStop } } },
    ...(main.liveness !== null && { livenessProbe: kubeProbe(main.liveness) }),
    ...(main.readiness !== null && { readinessProbe: kubeProbe(main.readiness) }),
    securityContext: securityContext(main),
    volumeMounts: mainMounts(instance.pod),
  };
}

/** A container port, with the protocol that the API server would add. */
export function tcpPort(port: number): { containerPort: number; protocol: string } {
  return { containerPort: port, protocol: 'TCP' };
}

function securityContext(main: MainContainer): NonNullable<Container['securityContext']> {
  const { add, drop } = main.capabilities;
  return {
    capabilities: { ...(add !== null && { add }), drop },
    ...(main.isPrivileged !== null && { privileged: main.isPrivileged }),
  };
}
