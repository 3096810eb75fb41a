import { sortedKeys } from '../compiler/emit/json-data.ts';
import { canonicalResource } from '../compiler/emit/quantity.ts';
import type { Resources } from '../compiler/model/resolved-instance.ts';
import type { ResourceRequirements } from './_plain.ts';

/** Requests and limits; a resource that a sidecar configuration leaves out stays out. For `asStored` see `InstanceForm`. */
export function resourceRequirements(resources: Resources, asStored = false): ResourceRequirements {
  return { limits: amounts(resources.limits, asStored), requests: amounts(resources.requests, asStored) };
}

function amounts(configured: Resources['requests'], asStored: boolean): Record<string, number | string> {
  const result: Record<string, number | string> = {};
  for (const name of sortedKeys(configured)) {
    const amount = configured[name]!;
    if (amount !== null) result[name] = (asStored ? canonicalResource(amount) : undefined) ?? amount;
  }
  return result;
}
