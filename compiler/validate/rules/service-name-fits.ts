import { MAX_LABEL, sanitise } from '../../model/names.ts';
import { aboutPath, type ServiceRule } from '../rule.ts';

/** The Kubernetes spelling of a service's name has at most 63 characters. PaaSTA: `validate_service_name`. */
export const serviceNameFits: ServiceRule = ({ sources: { service } }) => {
  const { length } = sanitise(service);
  if (length <= MAX_LABEL) return [];
  const message = `the service name has ${length} characters in Kubernetes, where _ counts twice; expected at most ${MAX_LABEL}`;
  return [aboutPath(service, { service }, { class: 'policy', code: 'long-name', message })];
};
