import { compareText } from '../diagnostics/diagnostic.ts';
import type { HostVolume } from '../model/cluster-config.ts';
import { MAX_LABEL } from '../model/names.ts';
import type { HostPathVolume } from '../model/resolved-instance.ts';
import type { YamlMap } from '../model/yaml-value.ts';
import type { Facts, Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { readFlag, readItems, readMap, readText, requireText, shown } from './readers.ts';
import type { SystemKeys } from './system-keys.ts';
import { checkedVolumeName, withoutSlashes, type Placed } from './volume-names.ts';

const NO_VOLUMES: readonly Placed<HostPathVolume>[] = Object.freeze([]);
const BULKDATA: HostVolume = { hostPath: '/nail/bulkdata', containerPath: '/nail/bulkdata', mode: 'RO' };

/**
 * Host paths of the main container: system `volumes`, key `extra_volumes`, and with key `uses_bulkdata` /nail/bulkdata. The
 * same pair of paths counts once, the last one; sorted by container path, then host path.
 * PaaSTA: `get_volumes`, where `uses_bulkdata` is false unless set, whatever its schema says.
 */
export function resolveHostVolumes({ keys, system }: Inputs): readonly Placed<HostPathVolume>[] {
  const bulkdata = keys.field('uses_bulkdata');
  const usesBulkdata = readFlag(bulkdata, { default: false, whenNull: false });
  const shared = systemVolumes(system, 'volumes');
  const extra = readItems(keys.field('extra_volumes'));
  if (extra.length === 0 && !usesBulkdata) return shared;
  return inOrder([...shared, ...extra.map(readHostVolume), ...(usesBulkdata ? [hostVolume(bulkdata, BULKDATA)] : [])]);
}

/** Host paths of the hacheck sidecar: system `hacheck_sidecar_volumes`, in the same order; none without the mesh. */
export function resolveHacheckVolumes({ system, mesh }: Facts): readonly Placed<HostPathVolume>[] {
  return mesh().isInMesh ? systemVolumes(system, 'hacheckSidecarVolumes') : NO_VOLUMES;
}

/** Whether a volume is mounted read-only: key `mode`, `RO` unless set; anything but `RO` is writable. */
export function readIsReadOnly(volume: Field): boolean {
  const field = volume.at('mode');
  const mode = readText(field, { default: 'RO' });
  if (mode !== 'RO' && mode !== 'RW') {
    field.warn(
      'odd-mode',
      `${field.name} is ${shown(mode)}, and anything but "RO" is mounted writable`,
      'write RO or RW',
    );
  }
  return mode === 'RO';
}

type SystemList = 'volumes' | 'hacheckSidecarVolumes';

/** Volumes of a list in the system configuration, in order. They are made once; only their fields are the instance's own. */
function systemVolumes(system: SystemKeys, member: SystemList): readonly Placed<HostPathVolume>[] {
  const field = system.field(member, toFieldValue(system.get(member)));
  const volumes = system.once(member, () => {
    const listed = readItems(field).map(readHostVolume);
    return inOrder(listed).map((placed) => ({ volume: placed.volume, index: listed.indexOf(placed) }));
  });
  return volumes.map(({ volume, index }) => ({ field: field.at(index), volume }));
}

function readHostVolume(item: Field): Placed<HostPathVolume> {
  const volume = readMap(item);
  const containerPath = requireText(volume.at('containerPath'));
  const hostPath = requireText(volume.at('hostPath'));
  if (hostPath.split('/').includes('..')) {
    volume.at('hostPath').error('bad-path', `host path ${shown(hostPath)} has a "..", which Kubernetes refuses`);
  }
  return hostVolume(item, { hostPath, containerPath, mode: readIsReadOnly(volume) ? 'RO' : 'RW' });
}

function hostVolume(field: Field, { hostPath, containerPath, mode }: HostVolume): Placed<HostPathVolume> {
  const name = checkedVolumeName(field, `host--${hostPath}`, MAX_LABEL);
  return { field, volume: { type: 'host', name, hostPath, mountPath: containerPath, isReadOnly: mode === 'RO' } };
}

function inOrder(volumes: readonly Placed<HostPathVolume>[]): readonly Placed<HostPathVolume>[] {
  const distinct = new Map<string, Placed<HostPathVolume>>();
  for (const placed of volumes) distinct.set(pathsOf(placed.volume), placed);
  return [...distinct.values()].sort(
    ({ volume: a }, { volume: b }) => compareText(a.mountPath, b.mountPath) || compareText(a.hostPath, b.hostPath),
  );
}

function pathsOf({ mountPath, hostPath }: HostPathVolume): string {
  return withoutSlashes(mountPath) + withoutSlashes(hostPath);
}

function toFieldValue(volumes: readonly HostVolume[]): readonly YamlMap[] {
  return volumes as unknown as readonly YamlMap[];
}
