import { isSafeName, registrationLabelKey } from '../model/names.ts';
import type { Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { isLabelKey } from './legal-names.ts';
import { readText, readTexts, shown } from './readers.ts';

/**
 * Names under which the instance is discovered: key `registrations`; when it is empty `SERVICE.NERVE_NS` of the deprecated
 * key `nerve_ns`; else `SERVICE.INSTANCE`. PaaSTA: `get_registrations`, which fails on an invalid first one only.
 */
export function resolveRegistrations(inputs: Inputs): readonly string[] {
  const { keys, system, service, instance } = inputs;
  const field = keys.field('registrations');
  const listed = readTexts(field, { default: [], defaultFrom: 'PaaSTA: registrations [SERVICE.INSTANCE]' });
  const registrations = listed.length > 0 ? listed : [fallback(keys.field('nerve_ns'), service, instance)];
  registrations.forEach((registration, index) => {
    const item = listed.length > 0 ? field.at(index) : keys.field('nerve_ns');
    checkForm(item, registration, index === 0);
    if (item.isSet && system.get('addRegistrationLabels')) checkLabel(item, registration);
  });
  return registrations;
}

function fallback(nerveNamespace: Field, service: string, instance: string): string {
  const namespace = nerveNamespace.isSet ? readText(nerveNamespace, { default: instance }) : instance;
  return `${service}.${namespace}`;
}

function checkForm(field: Field, registration: string, isFirst: boolean): void {
  const text = shown(registration);
  const count = registration.split('.').length;
  if (!isSafeName(registration)) {
    field.error('unsafe-name', `registration ${text} has characters other than letters, digits, ., _ and -`);
  } else if (count !== 2 && count !== 4) {
    const message = `registration ${text} has ${count} part${count === 1 ? '' : 's'}, expected "service.namespace"`;
    if (isFirst) field.error('bad-registration', message);
    else field.warn('bad-registration', message, 'PaaSTA keeps it as it is, and nothing can discover it');
  }
}

function checkLabel(field: Field, registration: string): void {
  if (!isSafeName(registration) || isLabelKey(registrationLabelKey(registration))) return;
  field.error(
    'bad-registration',
    `registration ${shown(registration)} becomes a label, and Kubernetes would refuse it`,
  );
}
