import type { RelatedPlace } from '../../diagnostics/diagnostic.ts';
import { duplicateInstances } from '../../model/instances.ts';
import { INSTANCE_TYPES, type InstanceFile } from '../../model/service-sources.ts';
import { aboutFile, type ServiceRule } from '../rule.ts';
import { isListed } from '../view.ts';

/** A name occurs once in a cluster, over all types. PaaSTA: `validate_unique_instance_names`. */
export const instanceNamesUnique: ServiceRule = ({ sources, configs }) => {
  const { service, instanceFiles } = sources;
  if (configs.some(({ raw }) => isListed(raw['skip_unique_instance_name_validation'], service))) return [];
  return duplicateInstances(instanceFiles, INSTANCE_TYPES).flatMap(({ cluster, instance, files }) => {
    const [first, ...others] = files as [InstanceFile, ...InstanceFile[]];
    const related = placeOf(first, instance);
    return others.flatMap(({ document }) => {
      if (document === null) return [];
      const message = `instance ${instance} stands in ${first.file} too, and only that one counts`;
      const text = {
        class: 'policy',
        code: 'duplicate-instance',
        message,
        hint: 'rename or remove one',
        related,
      } as const;
      return [aboutFile(document, [instance], { service, cluster, instance }, text, 'key')];
    });
  });
};

function placeOf({ document, file }: InstanceFile, instance: string): readonly RelatedPlace[] {
  const span = document?.keySpan([instance]);
  return [{ file, ...(span && { line: span.line, column: span.column }), message: 'the first one' }];
}
