import type { Resources } from '../compiler/model/resolved-instance.ts';
import type { ResourceRequirements } from './_plain.ts';

/** Requests and limits; a resource that a sidecar configuration leaves out stays out. */
export function resourceRequirements(resources: Resources): ResourceRequirements {
  return { requests: withoutNulls(resources.requests), limits: withoutNulls(resources.limits) };
}

function withoutNulls(amounts: Resources['requests']): Record<string, number | string> {
  const result: Record<string, number | string> = {};
  for (const [name, amount] of Object.entries(amounts)) if (amount !== null) result[name] = amount;
  return result;
}
