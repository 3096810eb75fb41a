import type { MainContainer, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { oncePerShared } from '../compiler/model/shared-part.ts';
import { envVar } from './_env.ts';
import type { Container, Draft } from './_plain.ts';
import { kubeProbe } from './_probe.ts';
import { resourceRequirements } from './_resources.ts';
import { mainMounts } from './_volumes.ts';

type SecurityContext = NonNullable<Container['securityContext']>;

/** The container that runs the service. */
export function mainContainer(instance: ResolvedInstance, asStored: boolean): Container {
  const { main } = instance.pod;
  const container: Draft<Container> = {};
  if (isWritten(main.args, asStored)) container.args = main.args;
  if (isWritten(main.command, asStored)) container.command = main.command;
  container.env = main.env.map(envVar);
  container.image = instance.version.image;
  container.lifecycle = { preStop: { exec: { command: main.preStop } } };
  if (main.liveness !== null) container.livenessProbe = kubeProbe(main.liveness);
  container.name = main.name;
  container.ports = main.ports.map(tcpPort);
  if (main.readiness !== null) container.readinessProbe = kubeProbe(main.readiness);
  container.resources = resourceRequirements(main.resources, asStored);
  container.securityContext = securityContext(main);
  container.volumeMounts = mainMounts(instance.pod, asStored);
  return container as Container;
}

function isWritten(list: readonly string[] | null, asStored: boolean): list is readonly string[] {
  return list !== null && !(asStored && list.length === 0);
}

/** A container port, with the protocol that the API server would add. */
export function tcpPort(port: number): { containerPort: number; protocol: string } {
  return { containerPort: port, protocol: 'TCP' };
}

function securityContext({ capabilities, isPrivileged }: MainContainer): SecurityContext {
  const context = withCapabilities(capabilities);
  return isPrivileged === null ? context : { ...context, privileged: isPrivileged };
}

const withCapabilities = oncePerShared(({ add, drop }: MainContainer['capabilities']): SecurityContext => {
  return { capabilities: { ...(add !== null && { add }), drop } };
});
