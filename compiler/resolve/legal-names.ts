import { MAX_LABEL, MAX_OBJECT_NAME } from '../model/names.ts';
import type { Field } from './field.ts';
import { shown } from './readers.ts';

const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?$/;
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Whether Kubernetes takes the text as a label value. */
export function isLabelValue(text: string): boolean {
  return text.length <= MAX_LABEL && LABEL_VALUE.test(text);
}

/** Whether Kubernetes takes the text as a label key: a name of at most 63 characters, perhaps after `prefix/`. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  return name !== '' && isLabelValue(name) && (slash < 0 || isDnsSubdomain(text.slice(0, slash)));
}

/** Whether the text may name a container, volume or namespace. */
export function isDnsLabel(text: string): boolean {
  return text.length <= MAX_LABEL && DNS_LABEL.test(text);
}

/** Whether the text may name an object. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= MAX_OBJECT_NAME && DNS_SUBDOMAIN.test(text);
}

/** Reports a value that becomes a pod label and that Kubernetes would refuse there; returns it as it is. */
export function checkedLabelValue<T extends string | null>(field: Field, what: string, value: T): T {
  if (value !== null && !isLabelValue(value)) {
    const hint = 'a label value has at most 63 letters, digits, -, _ and ., and begins and ends with a letter or digit';
    field.error('bad-label-value', `${what} ${shown(value)} becomes a pod label, and Kubernetes would refuse it`, hint);
  }
  return value;
}

/** Reports a name made from the input that Kubernetes would refuse for an object; returns it as it is. */
export function checkedObjectName(field: Field, what: string, name: string): string {
  if (!isDnsSubdomain(name)) {
    const hint =
      'object names have at most 253 lower-case letters, digits, - and ., and begin and end with a letter or digit';
    field.error('bad-object-name', `${what} would be named ${shown(name)}, which Kubernetes refuses`, hint);
  }
  return name;
}

/** Reports a name made from the input that Kubernetes would refuse for a container or volume; returns it as it is. */
export function checkedPartName(field: Field, what: string, name: string): string {
  if (!isDnsLabel(name)) {
    const hint =
      'such names have at most 63 lower-case letters, digits and -, and begin and end with a letter or digit';
    field.error('bad-part-name', `${what} would be named ${shown(name)}, which Kubernetes refuses`, hint);
  }
  return name;
}
