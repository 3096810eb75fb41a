import type { Probe } from '../compiler/model/resolved-instance.ts';
import type { KubeProbe } from './_plain.ts';

/** A health check as a Kubernetes probe. */
export function kubeProbe(probe: Probe): KubeProbe {
  const { action, initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold } = probe;
  switch (action.type) {
    case 'http': {
      const httpGet = { path: action.path, port: action.port, scheme: action.scheme };
      return { failureThreshold, httpGet, initialDelaySeconds, periodSeconds, timeoutSeconds };
    }
    case 'tcp': {
      const tcpSocket = { port: action.port };
      return { failureThreshold, initialDelaySeconds, periodSeconds, tcpSocket, timeoutSeconds };
    }
    case 'exec': {
      const exec = { command: action.command };
      return { exec, failureThreshold, initialDelaySeconds, periodSeconds, timeoutSeconds };
    }
  }
}
