import { isMap, isNumeric, pythonText, toNumber } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { numberOf, textOf } from '../settings.ts';
import { mapUnder, own, systemValue } from '../view.ts';

/** `cpus` is below the limit of the pool. PaaSTA: `validate_pool_limits`, which refuses the limit itself too. */
export const cpusFitPool: InstanceRule = (view) => {
  const { workload } = view;
  const pool = textOf(workload, 'pool') ?? 'default';
  const limits = own(mapUnder(systemValue(view, 'pool_limits'), workload.cluster), pool);
  const max = isMap(limits) ? limits['max_cpus'] : undefined;
  const cpus = numberOf(workload, 'cpus') ?? 1;
  if (!isMap(limits) || !isNumeric(max) || cpus < toNumber(max)) return [];
  const message = `cpus ${cpus} does not fit the pool ${JSON.stringify(pool)}, whose limit is below ${toNumber(max)}`;
  const other = limits['recommended_pool'];
  const hint = other === undefined ? undefined : `use the pool ${pythonText(other)}`;
  const path = [workload.keys.get('cpus') === undefined ? 'pool' : 'cpus'];
  return [aboutKey(view, path, { class: 'policy', code: 'pool-cpu-limit', message, hint })];
};
