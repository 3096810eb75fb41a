import { isMap } from '../../model/yaml-value.ts';
import type { Facts } from '../facts.ts';
import { valueAt } from './read-values.ts';

/**
 * Warns about listed registrations of services or namespaces that do not exist: PaaSTA registers nothing and says nothing.
 * An instance without the key is a worker, unless its own service has a namespace of its name.
 */
export function checkRegistrations({ keys, sources, service: own }: Pick<Facts, 'keys' | 'sources' | 'service'>): void {
  const field = keys.field('registrations');
  const listed = Array.isArray(field.value) ? field.value : [];
  listed.forEach((registration: unknown, index) => {
    const [service, namespace] = typeof registration === 'string' ? registration.split('.') : [];
    if (service === undefined || namespace === undefined) return;
    const file = service === own ? sources.smartstack : sources.foreignSmartstack[service];
    if (file === undefined || file.kind === 'broken') return;
    const { value } = file.kind === 'read' ? file.document : { value: {} };
    if (isMap(value) && valueAt(value, namespace) !== undefined) return;
    const names = isMap(value) ? Object.keys(value) : [];
    const hint =
      names.length === 0 ? `${service} has no smartstack.yaml` : `namespaces of ${service}: ${names.join(', ')}`;
    field.at(index).warn('smartstack-unknown-registration', `there is no namespace ${service}.${namespace}`, hint);
  });
}
