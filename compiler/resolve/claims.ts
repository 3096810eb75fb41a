import { canonicalResource } from '../emit/quantity.ts';
import { MAX_OBJECT_NAME } from '../model/names.ts';
import type { VolumeClaim } from '../model/resolved-instance.ts';
import type { Facts, Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { readIsReadOnly } from './host-volumes.ts';
import { readItems, readMap, readNumber, readText, required, requireText, shown } from './readers.ts';
import { checkedVolumeName, type Placed } from './volume-names.ts';

const DEFAULT_STORAGE_CLASS = 'ebs';

/** `persistent_volumes` make an instance a StatefulSet. PaaSTA: `format_kubernetes_app`. */
export function resolveKind({ keys }: Inputs): 'Deployment' | 'StatefulSet' {
  const field = keys.field('persistent_volumes');
  field.note('PaaSTA: persistent_volumes []');
  return readItems(field).length > 0 ? 'StatefulSet' : 'Deployment';
}

/**
 * Key `persistent_volumes`: one claim each, `size` in GiB. A `storage_class_name` (`ebs`) that the system's
 * `supported_storage_classes` does not list is replaced by `ebs`, with a warning.
 * PaaSTA: `get_volume_claim_templates`, `get_storage_class_name`.
 */
export function resolveClaims(facts: Facts): readonly Placed<VolumeClaim>[] {
  return readItems(facts.keys.field('persistent_volumes')).map((item) => readClaim(facts, item));
}

function readClaim(facts: Facts, item: Field): Placed<VolumeClaim> {
  const volume = readMap(item);
  const mountPath = requireText(volume.at('container_path'));
  return {
    field: item,
    volume: {
      name: checkedVolumeName(item, `pv--${mountPath}`, MAX_OBJECT_NAME),
      mountPath,
      isReadOnly: readIsReadOnly(volume),
      sizeGi: readSize(required(volume.at('size'))),
      storageClassName: readStorageClass(facts, volume.at('storage_class_name')),
    },
  };
}

function readSize(field: Field): number {
  const size = readNumber(field, { default: 1 });
  if (size <= 0 || canonicalResource(`${size}Gi`) === undefined)
    field.error('bad-value', `${field.name} is ${size}, expected a size in GiB above zero`);
  return size;
}

function readStorageClass({ system }: Facts, field: Field): string {
  const name = readText(field, { default: DEFAULT_STORAGE_CLASS });
  const supported = system.get('supportedStorageClasses');
  if (supported.includes(name)) return name;
  if (name !== DEFAULT_STORAGE_CLASS) {
    const hint =
      supported.length > 0 ? `supported here: ${supported.join(', ')}` : 'supported_storage_classes is empty here';
    field.warn('unsupported-storage-class', `storage class ${shown(name)} is not supported here; ebs is used`, hint);
  }
  return DEFAULT_STORAGE_CLASS;
}
