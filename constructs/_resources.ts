import { sortedKeys } from '../compiler/emit/json-data.ts';
import { canonicalResource } from '../compiler/emit/quantity.ts';
import type { Resources } from '../compiler/model/resolved-instance.ts';
import { oncePerShared } from '../compiler/model/shared-part.ts';
import type { ResourceRequirements } from './_plain.ts';

/** Requests and limits. For `asStored` see `InstanceForm`. */
export function resourceRequirements(resources: Resources, asStored = false): ResourceRequirements {
  return asStored ? storedRequirements(resources) : requirements(resources, false);
}

const storedRequirements = oncePerShared((resources: Resources) => requirements(resources, true));

function requirements({ limits, requests }: Resources, asStored: boolean): ResourceRequirements {
  return { limits: amounts(limits, asStored), requests: amounts(requests, asStored) };
}

function amounts(configured: Resources['requests'], asStored: boolean): Record<string, number | string> {
  const result: Record<string, number | string> = {};
  for (const name of sortedKeys(configured)) {
    const amount = configured[name]!;
    result[name] = (asStored ? canonicalResource(amount) : undefined) ?? amount;
  }
  return result;
}
