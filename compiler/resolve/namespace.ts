import { defaultNamespace, isSafeName } from '../model/names.ts';
import type { Inputs } from './facts.ts';
import { isDnsLabel, isLabelValue } from './legal-names.ts';
import { readText, shown } from './readers.ts';

/**
 * Kubernetes namespace: key `namespace`, default `paastasvc-` and the sanitised service, which is reported elsewhere when it
 * is no legal label. PaaSTA: `get_namespace`.
 */
export function resolveNamespace({ keys, service }: Inputs): string {
  const field = keys.field('namespace');
  const fallback = defaultNamespace(service);
  const namespace = readText(field, { default: fallback, defaultFrom: 'PaaSTA: namespace paastasvc-SERVICE' });
  if (!isSafeName(namespace)) {
    field.error('unsafe-name', `namespace ${shown(namespace)} has characters other than letters, digits, ., _ and -`);
  } else if (!isDnsLabel(namespace) && (field.isSet || isLabelValue(service))) {
    const hint =
      'a namespace has at most 63 lower-case letters, digits and -, and begins and ends with a letter or digit';
    const whence = field.isSet ? 'namespace' : 'the default namespace';
    field.error('bad-namespace', `${whence} ${shown(namespace)} is no legal name for Kubernetes`, hint);
  }
  return namespace;
}
