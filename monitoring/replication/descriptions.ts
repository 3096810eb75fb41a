import type { CheckedInstance } from './verdict.ts';

/** All is well. These texts are PaaSTA's word for word: handlers and people match on them. */
export function describeHealthy({ service, instance, threshold }: CheckedInstance): string {
  return `${service}.${instance} is well-replicated because it has over ${threshold.text}% of its expected replicas up.`;
}

/** Too few pods are ready. */
export function describePods({ service, instance, cluster }: CheckedInstance): string {
  return `This replication alert means that PaaSTA can't keep the
requested number of replicas up and healthy in the cluster for the instance ${service}.${instance}.

Reasons this might be happening:

  The service may simply be unhealthy. There also may not be enough resources
  in the cluster to support the requested instance count.

Things you can do:

  * Increase the instance count
  * Fix the cause of the unhealthy service. Try running:

      paasta status -s ${service} -i ${instance} -c ${cluster} -vv
`;
}

/** Too few backends are up in the mesh. */
export function describeBackends({ service, instance, cluster }: CheckedInstance, provider: string): string {
  return `This replication alert means that a ${provider} powered loadbalancer
doesn't have enough healthy backends. Not having enough healthy backends
means that clients of that service will get 503s (http) or connection refused
(tcp) when trying to connect to it.

Reasons this might be happening:

  The service may simply not have enough copies or it could simply be
  unhealthy in that location. There also may not be enough resources
  in the cluster to support the requested instance count.

Things you can do:

  * You can view the logs for the job with:
      paasta logs -s ${service} -i ${instance} -c ${cluster}

  * Fix the cause of the unhealthy service. Try running:

      paasta status -s ${service} -i ${instance} -c ${cluster} -vv

  * Widen ${provider} discovery settings
  * Increase the instance count

`;
}
