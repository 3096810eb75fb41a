import { isMap, isNumeric, toNumber } from '../../model/yaml-value.ts';
import { hasOverride, overrideHint } from '../override-comment.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { isListed, own, systemValue } from '../view.ts';

/** CPUs beyond which bursting needs a reason. PaaSTA: `CPU_BURST_THRESHOLD`. */
const THRESHOLD = 2;

/** A `cpu_burst_add` above 2 in the instance's own file says why. PaaSTA: `validate_cpu_burst`. */
export const cpuBurstAcknowledged: InstanceRule = (view) => {
  const { file, instance, cluster } = view.workload;
  const { sources } = view.service;
  if (sources.instanceFiles.some((each) => each.cluster === cluster && each.isGenerated)) return [];
  if (isListed(systemValue(view, 'skip_cpu_burst_validation'), sources.service)) return [];
  const settings = isMap(file.document?.value) ? own(file.document.value, instance) : undefined;
  const burst = isMap(settings) ? own(settings, 'cpu_burst_add') : undefined;
  if (!isNumeric(burst) || toNumber(burst) <= THRESHOLD) return [];
  if (hasOverride(view.workload, 'cpu_burst_add', 'override-cpu-burst')) return [];
  const message = `cpu_burst_add ${toNumber(burst)} is more than ${THRESHOLD} CPUs`;
  const hint = `lower it, or ${overrideHint('override-cpu-burst')}`;
  return [aboutKey(view, ['cpu_burst_add'], { class: 'policy', code: 'cpu-burst', message, hint })];
};
