import type { LocationLabel, NerveCheck, NerveService } from '../compiler/model/smartstack.ts';
import { RuntimeEntries, RuntimeText, type RuntimeJson, type RuntimeValue } from './_runtime-json.ts';

const HACHECK_PORT = 6666;
const POD_IP: RuntimeValue = { kind: 'pod-ip' };
const POD_NAME: RuntimeValue = { kind: 'pod-name' };

/** Folder of everything that the running nerve writes. */
export const NERVE_RUN_FOLDER = '/run/nerve';

/** nerve.conf.json of a pod: pod IP and name are filled in when the container starts (nerve-tools: `generate_configuration`). */
export function nerveDocument(services: readonly NerveService[]): RuntimeJson {
  return {
    heartbeat_path: `${NERVE_RUN_FOLDER}/heartbeat`,
    instance_id: new RuntimeText(POD_NAME),
    services: new RuntimeEntries(services.map((service) => [recordKey(service), record(service)] as const)),
  };
}

function recordKey({ registration, zkLocation, port }: NerveService): RuntimeText {
  return new RuntimeText(`${registration}.${zkLocation}:`, POD_IP, `.${port}.v2.new`);
}

function record(service: NerveService): RuntimeJson {
  return {
    host: new RuntimeText(POD_IP),
    port: service.port,
    weight: service.weight,
    zk_hosts: service.zkHosts,
    zk_cluster_name: service.zkClusterName,
    zk_path: `/smartstack/global/${service.registration}`,
    check_interval: service.check.timeoutSeconds + 1,
    checks: [check(service.registration, service.check)],
    labels: new RuntimeEntries(service.labels.map((label) => [locationLabel(label), ''] as const)),
  };
}

/** `<type>:<location>`; the label's value is empty, and that is what synapse filters by. */
export function locationLabel({ type, location }: LocationLabel): RuntimeText {
  const name = 'name' in location ? location.name : ({ kind: 'node-file', path: location.nodeFile } as const);
  return new RuntimeText(`${type}:`, name);
}

function check(registration: string, settings: NerveCheck): RuntimeJson {
  const { uri, timeoutSeconds, headers, expect, usesSidecar } = settings;
  const own = usesSidecar ? [] : [['X-Nerve-Check-IP', new RuntimeText(POD_IP)] as const];
  const identity = ['x-smartstack-target-identity', registration] as const;
  return {
    type: 'http',
    host: usesSidecar ? new RuntimeText(POD_IP) : '127.0.0.1',
    port: HACHECK_PORT,
    uri,
    timeout: timeoutSeconds,
    open_timeout: timeoutSeconds,
    rise: 1,
    fall: 2,
    headers: new RuntimeEntries([...new Map<string, RuntimeJson>([...headers, ...own, identity])]),
    ...(expect === null ? {} : { expect }),
  };
}
