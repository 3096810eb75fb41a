import { DeliveryProblem } from '../problem.ts';

/** A registry as images name it, taken apart. */
export interface RegistryAddress {
  /** Host with port, as credentials are stored for it. */
  readonly host: string;
  /** What stands between host and repository, with `/` at the end; empty for most registries. */
  readonly prefix: string;
}

const ADDRESS =
  /^((?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?)((?:\/[a-z0-9][a-z0-9._-]*)*)\/?$/;

/** Takes `registry.example.com:5000/team` apart. Throws DeliveryProblem for anything that is no address. */
export function parseRegistry(registry: string): RegistryAddress {
  const match = ADDRESS.exec(registry);
  if (match === null) {
    throw new DeliveryProblem(
      `docker_registry ${JSON.stringify(registry)} is no registry`,
      'write host, host:port or host/path, without a scheme',
    );
  }
  const prefix = match[2]!.slice(1);
  return { host: match[1]!, prefix: prefix === '' ? '' : `${prefix}/` };
}

/** Whether a host is this machine, where plain http is no risk. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}
