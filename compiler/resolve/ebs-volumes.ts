import type { PodVolume } from '../model/resolved-instance.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { readIsReadOnly } from './host-volumes.ts';
import { readInteger, readItems, readMap, readText, requireText } from './readers.ts';
import { checkedVolumeName, type Placed } from './volume-names.ts';

type EbsVolume = Extract<PodVolume, { type: 'ebs' }>;

/**
 * Key `aws_ebs_volumes`. A disk can be attached to one pod: the instance needs `bounce_method: downthenup` (without it PaaSTA never
 * creates a StatefulSet either) and at most one replica. PaaSTA: `get_aws_ebs_volumes`, `get_bounce_method`, `get_desired_instances`.
 */
export function resolveEbsVolumes(facts: Facts): readonly Placed<EbsVolume>[] {
  const field = facts.keys.field('aws_ebs_volumes');
  const volumes = readItems(field).map(readEbsVolume);
  if (volumes.length > 0) checkAttachable(facts, field);
  return volumes;
}

function readEbsVolume(item: Field): Placed<EbsVolume> {
  const volume = readMap(item);
  const volumeId = requireText(volume.at('volume_id'));
  const partition = readInteger(volume.at('partition'), { default: null, whenNull: null, min: 0, max: 255 });
  const name = checkedVolumeName(item, `aws-ebs--${volumeId}${partition ?? ''}`, 0);
  item.warn('deprecated-volume', 'aws_ebs_volumes makes an in-tree EBS volume', 'use persistent_volumes');
  return {
    field: item,
    volume: {
      type: 'ebs',
      name,
      mountPath: requireText(volume.at('container_path')),
      isReadOnly: readIsReadOnly(volume),
      volumeId,
      fsType: readText(volume.at('fs_type'), { default: null, whenNull: null }),
      partition,
    },
  };
}

function checkAttachable({ keys, maxInstances, deployment }: Facts, field: Field): void {
  const method = keys.get('bounce_method');
  if (method !== 'downthenup') {
    const place = method === undefined ? field : keys.field('bounce_method');
    const hint = 'a disk must be free before the next pod can have it';
    place.error('ebs-bounce-method', 'an instance with aws_ebs_volumes needs bounce_method: downthenup', hint);
  }
  if (deployment.control.desiredState !== 'start') return;
  const key = maxInstances() === null ? 'instances' : 'max_instances';
  const most = maxInstances() ?? readInteger(keys.field(key), { default: 1 });
  if (most > 1) {
    keys.field(key).error('ebs-replicas', `${key} is ${most}, and aws_ebs_volumes allow at most one replica`);
  }
}
