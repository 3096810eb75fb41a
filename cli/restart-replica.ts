import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { isSafeName } from '../compiler/model/names.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { ConnectionProblem } from '../cluster/connection.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { contextOf, openCluster } from './cluster-access.ts';
import { clusterInstances, UnknownChoice } from './cluster-instances.ts';
import { printJson, required, serviceOf, type Delivery } from './delivery-call.ts';
import { isOn, textsOf, UsageError } from './verb.ts';

/**
 * Deletes one pod of an instance, so that its workload makes another; nothing else changes. The pod must belong to the
 * instance that is named. PaaSTA: `paasta restart --replica`.
 */
export async function restartReplica(delivery: Delivery): Promise<number> {
  const { values } = delivery;
  const pod = required(values, 'replica', 'which pod? give --replica POD');
  if (!isSafeName(pod)) throw new UsageError(`${JSON.stringify(pod)} is not the name of a pod`);
  const service = serviceOf(delivery);
  const [cluster, ...clusters] = textsOf(values, 'cluster');
  const [instance, ...instances] = textsOf(values, 'instance');
  if (cluster === undefined || instance === undefined || clusters.length + instances.length > 0) {
    throw new UsageError('--replica needs exactly one -c CLUSTER and one -i INSTANCE');
  }
  try {
    await deletePod(delivery, { cluster, service, instance }, pod);
  } catch (error) {
    if (!(error instanceof ApiFailure || error instanceof ConnectionProblem || error instanceof UnknownChoice))
      throw error;
    throw new DeliveryProblem(`${pod} was not restarted: ${error.message}`);
  }
  const scope = { service, cluster, instance };
  const { user, host } = delivery.actor;
  delivery.log.event(
    'deploy',
    scope,
    `Restarted replica ${pod} of ${instance} (an instance of ${service}) by ${user}@${host}`,
  );
  delivery.log.audit('restart-replica', scope, { replica: pod });
  delivery.say(`${pod} is being replaced`);
  if (delivery.isJson) printJson(delivery, { ...scope, replica: pod });
  return 0;
}

interface Owner {
  readonly cluster: string;
  readonly service: string;
  readonly instance: string;
}

async function deletePod({ values, project, io }: Delivery, owner: Owner, pod: string): Promise<void> {
  const { cluster, service, instance } = owner;
  const [resolved] = clusterInstances(project, owner).instances;
  if (resolved === undefined) throw new DeliveryProblem(`nothing is deployed to ${service}.${instance} in ${cluster}`);
  const client = await openCluster(values, contextOf(values, project, cluster), io, { attempts: 6 });
  try {
    const path = `/api/v1/namespaces/${resolved.namespace}/pods/${pod}`;
    const { body } = await client.request({ method: 'GET', path });
    const metadata = mapAt(body as JsonMap, 'metadata');
    const labels = mapAt(metadata, 'labels');
    if (labels?.['paasta.yelp.com/service'] !== service || labels['paasta.yelp.com/instance'] !== instance) {
      throw new DeliveryProblem(`${pod} is no pod of ${service}.${instance}`);
    }
    const grace = isOn(values, 'force') ? { gracePeriodSeconds: 0 } : {};
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: metadata?.['uid'] }, ...grace };
    await client.request({ method: 'DELETE', path, body: JSON.stringify(options) });
  } finally {
    client.close();
  }
}
