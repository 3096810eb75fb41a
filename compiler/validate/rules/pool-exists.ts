import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import type { YamlValue } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { textOf } from '../settings.ts';
import { mapUnder, own, systemValue } from '../view.ts';

/** The pool is one of the cluster's `allowed_pools`, where those are listed. */
export const poolExists: InstanceRule = (view) => {
  const { cluster } = view.workload;
  const allowed = own(mapUnder({ pools: systemValue(view, 'allowed_pools') ?? null }, 'pools'), cluster);
  if (!Array.isArray(allowed)) return [];
  const pools = (allowed as readonly YamlValue[]).filter((each) => typeof each === 'string');
  const pool = textOf(view.workload, 'pool') ?? 'default';
  if (pools.includes(pool)) return [];
  const message = `there is no pool ${JSON.stringify(pool)} in ${cluster}`;
  const hint = didYouMean(pool, pools).hint ?? `pools of the cluster: ${pools.join(', ')}`;
  return [aboutKey(view, ['pool'], { class: 'policy', code: 'unknown-pool', message, hint })];
};
