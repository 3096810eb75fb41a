import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';

const SERVICE = 'paasta.yelp.com/service';
const INSTANCE = 'paasta.yelp.com/instance';

/** Label selector of the pods and workloads of an instance, of a service, or of all services. */
export function jobSelector(service?: string, instance?: string): string {
  const label = (key: string, value: string | undefined): string => (value === undefined ? key : `${key}=${value}`);
  return `${label(SERVICE, service)},${label(INSTANCE, instance)}`;
}

/** `service.instance` of an object, by its labels. */
export function jobLabels(object: JsonMap): string {
  const labels = labelsOf(object);
  return `${labels[SERVICE] ?? ''}.${labels[INSTANCE] ?? ''}`;
}

/** Label values are always texts. */
export function labelsOf(object: JsonMap): Readonly<Record<string, string>> {
  return (mapAt(mapAt(object, 'metadata'), 'labels') ?? {}) as Readonly<Record<string, string>>;
}
