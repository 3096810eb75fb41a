import type { Probe } from '../compiler/model/resolved-instance.ts';
import type { KubeProbe } from './_plain.ts';

/** A health check as a Kubernetes probe. */
export function kubeProbe(probe: Probe): KubeProbe {
  return {
    ...probeAction(probe.action),
    initialDelaySeconds: probe.initialDelaySeconds,
    periodSeconds: probe.periodSeconds,
    timeoutSeconds: probe.timeoutSeconds,
    failureThreshold: probe.failureThreshold,
  };
}

function probeAction(action: Probe['action']): Pick<KubeProbe, 'httpGet' | 'tcpSocket' | 'exec'> {
  switch (action.type) {
    case 'http':
      return { httpGet: { path: action.path, port: action.port, scheme: action.scheme } };
    case 'tcp':
      return { tcpSocket: { port: action.port } };
    case 'exec':
      return { exec: { command: action.command } };
  }
}
