import { canonicalResource } from '../emit/quantity.ts';
import type { Resources } from '../model/resolved-instance.ts';
import { isNumeric, toNumber } from '../model/yaml-value.ts';
import type { Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { isLabelKey } from './legal-names.ts';
import { quantityValue } from './quantity-value.ts';
import { readEntries, readMap, shown } from './readers.ts';
import type { SystemKeys } from './system-keys.ts';

type Quantities = Resources['requests'];

/** PaaSTA: `DEFAULT_SIDECAR_REQUEST`; the resources that a sidecar's requests and limits always name. */
const DEFAULT_REQUESTS = { cpu: 0.1, memory: '1024Mi', 'ephemeral-storage': '256Mi' };
const RESOURCES = Object.keys(DEFAULT_REQUESTS);

/**
 * Resources of a sidecar. Requests: PaaSTA's own, or the system's `sidecar_requirements_config.NAME` as a whole, and over
 * either of them key `sidecar_resource_requirements.NAME.requests`. Limits: the three usual ones of the requests, and over them
 * its `limits`. PaaSTA: `get_sidecar_resource_requirements`, which gives null for what a configuration leaves out; the API server
 * takes that for 0, so that no default of the namespace fills it in.
 */
export function resolveSidecarResources({ keys, system }: Inputs, name: string): Resources {
  const own = keys.field('sidecar_resource_requirements');
  if (own.isSet) return resourcesOf(system, own, name);
  return system.once(`sidecar ${name}`, () => resourcesOf(system, own, name));
}

function resourcesOf(system: SystemKeys, all: Field, name: string): Resources {
  const { findings } = system.journal;
  const before = findings.length;
  const configured = system.get('sidecarRequirements');
  const base = Object.hasOwn(configured, name)
    ? readUsual(system.field('sidecarRequirements', configured).at(name))
    : DEFAULT_REQUESTS;
  const own = readMap(readMap(all).at(name));
  const requests: Quantities = { ...base, ...readQuantities(own.at('requests')) };
  const usual = RESOURCES.map((resource) => [resource, requests[resource] ?? 0]);
  const limits: Quantities = { ...Object.fromEntries(usual), ...readQuantities(own.at('limits')) };
  if (findings.length === before) checkOrder(own, requests, limits);
  return { requests, limits };
}

function readUsual(field: Field): Quantities {
  return Object.fromEntries(RESOURCES.map((resource) => [resource, readQuantity(field.at(resource))]));
}

function readQuantities(field: Field): Quantities {
  const entries = readEntries(readMap(field));
  for (const [resource, value] of entries) checkResource(value, resource);
  return Object.fromEntries(entries.map(([resource, value]) => [resource, readQuantity(value)]));
}

function checkResource(field: Field, resource: string): void {
  if (RESOURCES.includes(resource) || (resource.includes('/') && isLabelKey(resource))) return;
  const hint = `usual ones are ${RESOURCES.join(', ')}; others are written vendor.com/name`;
  field.error('bad-resource', `${shown(resource)} is no resource that Kubernetes knows`, hint);
}

function readQuantity(field: Field): number | string {
  field.note(() => `PaaSTA: ${field.name} unset`);
  const { value } = field;
  if (value === undefined || value === null) return 0;
  const quantity = isNumeric(value) ? toNumber(value) : value;
  const isQuantity = typeof quantity === 'number' || typeof quantity === 'string';
  if (isQuantity && canonicalResource(quantity) !== undefined && quantityValue(quantity) >= 0) return quantity;
  field.error('bad-quantity', `${field.name} is ${shown(value)}, expected a quantity such as 0.5, 500m or 128Mi`);
  return 0;
}

/** Kubernetes refuses a request above its limit. */
function checkOrder(field: Field, requests: Quantities, limits: Quantities): void {
  for (const [resource, limit] of Object.entries(limits)) {
    const request = requests[resource] ?? 0;
    if (quantityValue(request) <= quantityValue(limit)) continue;
    const place = field.at('limits').at(resource);
    place.error('bad-quantity', `${place.name} is ${limit}, which is less than the request of ${request}`);
  }
}
