import { isMap } from '../../model/yaml-value.ts';
import { hasOverride, overrideHint } from '../override-comment.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { isAutoscaled, isGenerated, providersOf } from '../settings.ts';
import { isListed, own, systemValue } from '../view.ts';

/**
 * `cpus` of an instance that scales on CPU is left to autotuning, or its line says why not; with several providers it must
 * be set. PaaSTA: `validate_autoscaling_configs`.
 */
export const cpuSettingAcknowledged: InstanceRule = (view) => {
  const { workload } = view;
  const { file, instance } = workload;
  if (!isAutoscaled(workload) || isGenerated(view)) return [];
  if (isListed(systemValue(view, 'skip_cpu_override_validation'), view.service.sources.service)) return [];
  const providers = providersOf(view);
  const cpu = providers.find(({ type, decisionPolicy }) => type === 'cpu' && decisionPolicy !== 'bespoke');
  if (cpu === undefined) return [];
  const settings = isMap(file.document?.value) ? own(file.document.value, instance) : undefined;
  const cpus = isMap(settings) ? own(settings, 'cpus') : undefined;
  if (cpus === undefined || cpus === null) {
    if (providers.length === 1) return [];
    const message = 'scaling on CPU beside other metrics needs an explicit cpus in the instance';
    return [aboutKey(view, [...cpu.path, 'type'], { class: 'policy', code: 'cpu-setting', message })];
  }
  if (hasOverride(workload, 'cpus', 'override-cpu-setting')) return [];
  const message = 'cpus is set although the instance scales on CPU, where autotuning knows better';
  const hint = `remove cpus, or ${overrideHint('override-cpu-setting')}`;
  return [aboutKey(view, ['cpus'], { class: 'policy', code: 'cpu-setting', message, hint })];
};
