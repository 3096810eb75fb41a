import { MAX_LABEL, sanitise } from '../../model/names.ts';
import { aboutFile, type InstanceRule } from '../rule.ts';

/** The Kubernetes spelling of an instance's name has at most 63 characters. PaaSTA: `validate_instance_names`. */
export const instanceNameFits: InstanceRule = ({ service, workload }) => {
  const { instance, cluster, file } = workload;
  const { length } = sanitise(instance);
  if (length <= MAX_LABEL || file.document === null) return [];
  const scope = { service: service.sources.service, cluster, instance };
  const message = `the instance name has ${length} characters in Kubernetes, where _ counts twice; expected at most ${MAX_LABEL}`;
  return [aboutFile(file.document, [instance], scope, { class: 'policy', code: 'long-name', message }, 'key')];
};
