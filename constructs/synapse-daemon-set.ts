import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { EnvVariable } from '../compiler/model/resolved-instance.ts';
import type { SynapseSettings } from '../compiler/model/smartstack.ts';
import { envVar } from './_env.ts';
import type { Container, Plain, StringMap, Volume, VolumeMount } from './_plain.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import { resourceRequirements } from './_resources.ts';
import {
  HAPROXY_CONFIG,
  MASTER_SOCKET,
  SYNAPSE_CONF_FOLDER,
  SYNAPSE_RUN_FOLDER,
  SYNAPSE_SERVICES_FOLDER,
} from './_synapse-document.ts';
import { checksum, prepareScript, startScript } from './_synapse-scripts.ts';
import { synapseShardName } from './synapse-services-config-map.ts';

export interface SynapseDaemonSetProps {
  readonly synapse: SynapseSettings;
  /** Has Ruby, synapse and HAProxy. */
  readonly image: string;
  readonly labels: StringMap;
}

type DaemonSetSpec = Plain<k8s.DaemonSetSpec>;

const RUN: VolumeMount = { name: 'run', mountPath: SYNAPSE_RUN_FOLDER };
const CONF: VolumeMount = { name: 'conf', mountPath: SYNAPSE_CONF_FOLDER, readOnly: true };
const SERVICES: VolumeMount = { name: 'services', mountPath: SYNAPSE_SERVICES_FOLDER, readOnly: true };
const NODE_FILES: VolumeMount = { name: 'node-files', mountPath: '/nail/etc', readOnly: true };

/** What selects the pods; immutable. */
const SELECTOR = 'app.kubernetes.io/name';

/**
 * synapse and the HAProxy it configures, on every node. It uses the node's network and declares no ports: those would be host
 * ports, and a new generation of the pod could not start beside the old one.
 */
export class SynapseDaemonSet extends PlainApiObject {
  constructor(scope: Construct, id: string, props: SynapseDaemonSetProps) {
    super(scope, id, SynapseDaemonSet.manifest(props));
  }

  /** The manifest alone. */
  static manifest(props: SynapseDaemonSetProps): KubeObject {
    const { synapse, labels } = props;
    return {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: synapse.name, namespace: synapse.namespace, labels },
      spec: daemonSetSpec(props),
    };
  }
}

function daemonSetSpec({ synapse, image, labels }: SynapseDaemonSetProps): DaemonSetSpec {
  // As configured, in Kubernetes' form.
  const tolerations = synapse.tolerations as NonNullable<DaemonSetSpec['template']['spec']>['tolerations'];
  return {
    selector: { matchLabels: { [SELECTOR]: synapse.name } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels: { ...labels, [SELECTOR]: synapse.name } },
      spec: {
        hostNetwork: true,
        dnsPolicy: 'ClusterFirstWithHostNet',
        ...(synapse.tolerations.length > 0 && { tolerations: tolerations! }),
        ...(Object.keys(synapse.nodeSelector).length > 0 && { nodeSelector: synapse.nodeSelector }),
        initContainers: [prepareContainer(synapse, image)],
        containers: [haproxyContainer(synapse, image), synapseContainer(synapse, image)],
        volumes: volumes(synapse),
      },
    },
  };
}

/** Lets HAProxy start before synapse has written a configuration, and removes sockets that nobody listens on any more. */
function prepareContainer(synapse: SynapseSettings, image: string): Container {
  return {
    name: 'prepare',
    image,
    command: ['/bin/sh', '-c'],
    args: [prepareScript(synapse)],
    volumeMounts: [RUN],
  };
}

/** A container of its own: it keeps serving while synapse restarts. */
function haproxyContainer(synapse: SynapseSettings, image: string): Container {
  return {
    name: 'haproxy',
    image,
    command: [synapse.haproxyPath, '-W', '-S', MASTER_SOCKET, '-f', HAPROXY_CONFIG],
    resources: resourceRequirements(synapse.resources),
    volumeMounts: [RUN],
  };
}

/** Restarted, and only it, when its files are no longer those it started with: synapse reads them once. */
function synapseContainer(synapse: SynapseSettings, image: string): Container {
  const env: readonly EnvVariable[] = [
    { name: 'PAASTA_HOST', fieldPath: 'spec.nodeName' },
    { name: 'LANG', value: 'C.UTF-8' },
  ];
  return {
    name: 'synapse',
    image,
    command: ['/bin/sh', '-c'],
    args: [startScript()],
    env: env.map(envVar),
    resources: resourceRequirements(synapse.resources),
    livenessProbe: {
      exec: { command: ['/bin/sh', '-c', checksum.compare] },
      initialDelaySeconds: 30,
      periodSeconds: 30,
      timeoutSeconds: 10,
      failureThreshold: 1,
    },
    volumeMounts: [RUN, CONF, SERVICES, NODE_FILES],
  };
}

function volumes(synapse: SynapseSettings): readonly Volume[] {
  const shards = Array.from({ length: synapse.shards }, (_, shard) => shard);
  return [
    { name: RUN.name, hostPath: { path: SYNAPSE_RUN_FOLDER, type: 'DirectoryOrCreate' } },
    { name: CONF.name, configMap: { name: synapse.name } },
    {
      name: SERVICES.name,
      projected: { sources: shards.map((shard) => ({ configMap: { name: synapseShardName(synapse, shard) } })) },
    },
    { name: NODE_FILES.name, hostPath: { path: NODE_FILES.mountPath, type: 'DirectoryOrCreate' } },
  ];
}
