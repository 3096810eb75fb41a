import type { CompileScope } from '../compiler/compile.ts';
import { textsOf, type OptionSpecs, type OptionValues } from './verb.ts';

/** Flags that narrow a run. */
export const SCOPE_OPTIONS: OptionSpecs = {
  cluster: { short: 'c', value: 'CLUSTER', multiple: true, help: 'only this cluster (repeatable)' },
  service: { short: 's', value: 'SERVICE', multiple: true, help: 'only this service (repeatable)' },
  instance: { short: 'i', value: 'INSTANCE', multiple: true, help: 'only this instance (repeatable)' },
};

/** The scope that the flags give; each member only when its flag was used. */
export function scopeOf(values: OptionValues): CompileScope {
  const clusters = textsOf(values, 'cluster');
  const services = textsOf(values, 'service');
  const instances = textsOf(values, 'instance');
  return {
    ...(clusters.length > 0 && { clusters }),
    ...(services.length > 0 && { services }),
    ...(instances.length > 0 && { instances }),
  };
}
