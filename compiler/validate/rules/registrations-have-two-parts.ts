import type { YamlValue } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';

/** Each registration is `service.namespace` (or has four parts). PaaSTA: `check_registrations`. */
export const registrationsHaveTwoParts: InstanceRule = (view) => {
  const listed = view.workload.keys.get('registrations');
  const items = Array.isArray(listed) ? (listed as readonly YamlValue[]) : [];
  return items.flatMap((registration, index) => {
    if (typeof registration !== 'string') return [];
    const parts = registration.split('.').length;
    if (parts === 2 || parts === 4) return [];
    const shown = JSON.stringify(registration.slice(0, 60));
    const message = `registration ${shown} has ${parts} ${parts === 1 ? 'part' : 'parts'}, expected "service.namespace"`;
    const hint = parts === 1 ? `write ${view.service.sources.service}.${registration.slice(0, 60)}` : undefined;
    return [aboutKey(view, ['registrations', index], { class: 'policy', code: 'bad-registration', message, hint })];
  });
};
