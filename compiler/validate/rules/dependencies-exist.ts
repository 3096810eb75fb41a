import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { isMap } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { textOf } from '../settings.ts';

/** `dependencies_reference` is a key of dependencies.yaml. PaaSTA: `check_dependencies_reference`. */
export const dependenciesExist: InstanceRule = (view) => {
  const reference = textOf(view.workload, 'dependencies_reference');
  if (reference === undefined) return [];
  const dependencies = view.workload.keys.get('dependencies');
  const known = isMap(dependencies) ? Object.keys(dependencies) : [];
  if (known.includes(reference)) return [];
  const message = `dependencies_reference ${JSON.stringify(reference)} is not in dependencies.yaml`;
  const hint =
    known.length === 0
      ? 'there are no dependencies: add the key to dependencies.yaml'
      : (didYouMean(reference, known).hint ?? `there are: ${known.join(', ')}`);
  return [aboutKey(view, ['dependencies_reference'], { class: 'policy', code: 'unknown-dependencies', message, hint })];
};
