import type { NerveSidecar } from '../compiler/model/smartstack.ts';
import { POD_ENV } from './_env.ts';
import { NERVE_RUN_FOLDER } from './_nerve-document.ts';
import type { Container, KubeProbe, Volume, VolumeMount } from './_plain.ts';
import { resourceRequirements } from './_resources.ts';
import { hacheckConfigMapName } from './hacheck-config-map.ts';
import { nerveConfigMapName, NERVE_FILE } from './nerve-config-map.ts';

const CONFIG_FOLDER = '/etc/nerve';
const HACHECK_FOLDER = '/etc/hacheck';
/** Where PaaSTA's nodes keep one file for each location type. */
const NODE_FILES = { name: 'smartstack-node-files', folder: '/nail/etc' } as const;
const CONFIG = { mountPath: CONFIG_FOLDER, name: 'nerve-config' } as const;
const RUN = { mountPath: NERVE_RUN_FOLDER, name: 'nerve-run' } as const;
const HACHECK_CONFIG = { mountPath: HACHECK_FOLDER, name: 'hacheck-config' } as const;

/** nerve parses its file without evaluating templates; the Ruby that it needs anyway does that first. */
const EVALUATE = `ruby -rerb -e 'print ERB.new(File.read(ARGV[0])).result' ${CONFIG_FOLDER}/${NERVE_FILE}`;
const RUNNING = `${NERVE_RUN_FOLDER}/${NERVE_FILE}`;
/** The file is UTF-8 whatever the image's locale. */
const UTF8 = 'export LANG=C.UTF-8';

const START = [
  'set -e',
  UTF8,
  `${EVALUATE} > ${RUNNING}`,
  `echo $$ > ${NERVE_RUN_FOLDER}/pid`,
  `exec nerve -c ${RUNNING}`,
].join('; ');

/**
 * A heartbeat older than a minute fails and restarts nerve. A new version of the file that is valid replaces the running one,
 * and nerve reads it without a gap; an invalid one is left alone.
 */
const REFRESH =
  `${UTF8}; cd ${NERVE_RUN_FOLDER} && [ -n "$(find heartbeat -mmin -1)" ] && ${EVALUATE} > next.json && ` +
  `{ cmp -s next.json ${NERVE_FILE} || ! nerve -k -c next.json || ` +
  `{ mv next.json ${NERVE_FILE}; kill -HUP $(cat pid); }; }`;

/**
 * The sidecar that registers the pod. It stops on SIGTERM, which takes its records away, so it has no pre-stop hook; a change
 * of smartstack.yaml reaches it through the mounted ConfigMap, without a restart of the application.
 */
export function nerveContainer(nerve: NerveSidecar, asStored = false): Container {
  return {
    args: [START],
    command: ['/bin/sh', '-c'],
    env: POD_ENV,
    image: nerve.image,
    livenessProbe: refreshProbe(),
    name: 'nerve',
    resources: resourceRequirements(nerve.resources, asStored),
    volumeMounts: nerveMounts(nerve),
  };
}

/** Volumes that the pod needs for nerve, and for hacheck beside it. */
export function nerveVolumes(workload: string, nerve: NerveSidecar): readonly Volume[] {
  return [
    { configMap: { name: nerveConfigMapName(workload) }, name: CONFIG.name },
    { emptyDir: {}, name: RUN.name },
    { configMap: { name: hacheckConfigMapName(workload) }, name: HACHECK_CONFIG.name },
    ...(nerve.readsNodeFiles ? [{ hostPath: { path: NODE_FILES.folder }, name: NODE_FILES.name }] : []),
  ];
}

/** Where the hacheck container finds its configuration. Whole folders are mounted: a single file would never be updated. */
export const HACHECK_CONFIG_MOUNT: VolumeMount = { ...HACHECK_CONFIG, readOnly: true };

function nerveMounts(nerve: NerveSidecar): readonly VolumeMount[] {
  const nodeFiles = { mountPath: NODE_FILES.folder, name: NODE_FILES.name, readOnly: true };
  return [{ ...CONFIG, readOnly: true }, RUN, ...(nerve.readsNodeFiles ? [nodeFiles] : [])];
}

function refreshProbe(): KubeProbe {
  return {
    exec: { command: ['/bin/sh', '-c', REFRESH] },
    failureThreshold: 3,
    initialDelaySeconds: 60,
    periodSeconds: 30,
    timeoutSeconds: 10,
  };
}
