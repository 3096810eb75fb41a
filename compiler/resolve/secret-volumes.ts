import { MAX_LABEL } from '../model/names.ts';
import type { PodVolume, SecretItem, SecretReference } from '../model/resolved-instance.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { readFileMode } from './file-mode.ts';
import { readItems, readMap, requireText, shown } from './readers.ts';
import { checkedSecretName } from './secret-names.ts';
import { checkedVolumeName, type Placed } from './volume-names.ts';

export type SecretVolume = Extract<PodVolume, { type: 'secret' }>;

/** A mounted secret, and the soa-configs secret behind it. */
export interface MountedSecret extends Placed<SecretVolume> {
  readonly reference: SecretReference;
}

/**
 * Key `secret_volumes`: secrets of the own service as files, never shared ones. Without `items` the one file is named like
 * the secret. PaaSTA: `get_secret_volumes`, which needs `secret_name` although its documentation shows entries without.
 */
export function resolveSecretVolumes(facts: Facts): readonly MountedSecret[] {
  return readItems(facts.keys.field('secret_volumes')).map((item) => readSecretVolume(facts, item));
}

function readSecretVolume(facts: Facts, item: Field): MountedSecret {
  const volume = readMap(item);
  const field = volume.at('secret_name');
  const secret = requireText(field);
  const secretName = secret === '' ? null : checkedSecretName(facts, field, facts.service, secret);
  const items = volume.at('items');
  return {
    field: item,
    reference: { secretName: secretName ?? '', key: secret, service: facts.service, kind: 'volume' },
    volume: {
      type: 'secret',
      name: secretName === null ? '' : checkedVolumeName(field, `secret--${secret}`, MAX_LABEL),
      mountPath: requireText(volume.at('container_path')),
      secretName: secretName ?? '',
      defaultMode: readFileMode(volume.at('default_mode')),
      items: items.isSet ? readItems(items).map(readItem) : null,
      isOptional: false,
      inHacheck: false,
      replacesMount: false,
    },
  };
}

function readItem(field: Field): SecretItem {
  const item = readMap(field);
  const path = requireText(item.at('path'));
  if (path.startsWith('/') || path.split('/').includes('..')) {
    item.at('path').error('bad-path', `${item.at('path').name} is ${shown(path)}, expected a path inside the volume`);
  }
  return { key: requireText(item.at('key')), path, mode: readFileMode(item.at('mode')) };
}
