import { nearest } from '../../diagnostics/did-you-mean.ts';
import { isMap } from '../../model/yaml-value.ts';
import { INSTANCE_KEYS, SERVICE_KEYS } from '../key-names.ts';
import { aboutFile, type ServiceRule } from '../rule.ts';

/** A key of service.yaml is about the service, or known to be a default of all its instances. */
export const serviceKeysKnown: ServiceRule = ({ sources: { service, serviceYaml } }) => {
  if (serviceYaml.kind !== 'read' || !isMap(serviceYaml.document.value)) return [];
  const { document } = serviceYaml;
  return Object.keys(serviceYaml.document.value).flatMap((key) => {
    if (SERVICE_KEYS.has(key) || key.startsWith('_')) return [];
    const scope = { service, instances: [] };
    if (INSTANCE_KEYS.has(key)) {
      const message = `${key} applies to all instances of the service in all clusters`;
      return [aboutFile(document, [key], scope, { class: 'info', code: 'service-wide-key', message }, 'key')];
    }
    const found = nearest(key, [...SERVICE_KEYS, ...INSTANCE_KEYS]);
    const hint = found === undefined ? undefined : `did you mean "${found}"?`;
    const message = `${JSON.stringify(key.slice(0, 60))} is no key of a service or an instance`;
    return [aboutFile(document, [key], scope, { class: 'warning', code: 'unknown-key', message, hint }, 'key')];
  });
};
