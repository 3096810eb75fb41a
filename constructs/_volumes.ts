import type {
  HostPathVolume,
  PodVolume,
  ResolvedPod,
  SecretItem,
  VolumeClaim,
} from '../compiler/model/resolved-instance.ts';
import { oncePerShared } from '../compiler/model/shared-part.ts';
import type { ClaimTemplate, Volume, VolumeMount } from './_plain.ts';

/**
 * Volumes of the pod: host paths of the main container, then those of hacheck, then the others in order.
 * Host and EBS volumes of one name are one volume: at the first place, with the last value.
 */
export function podVolumes(pod: ResolvedPod): readonly Volume[] {
  const byName = new Map<string, Volume>();
  for (const volume of pod.volumes) if (volume.type === 'host') byName.set(volume.name, hostVolume(volume));
  for (const volume of pod.hacheckVolumes) byName.set(volume.name, hostVolume(volume));
  for (const volume of pod.volumes) if (volume.type !== 'host') byName.set(volume.name, kubeVolume(volume));
  return [...byName.values()];
}

/** Mounts of the main container: host paths and EBS, the StatefulSet's claims, then secrets and tokens. */
export function mainMounts(pod: ResolvedPod, asStored: boolean): readonly VolumeMount[] {
  const mounts: VolumeMount[] = [];
  const isDisk = (volume: PodVolume): boolean => volume.type === 'host' || volume.type === 'ebs';
  for (const volume of pod.volumes) if (isDisk(volume)) mounts.push(volumeMount(volume, asStored));
  for (const claim of pod.claims) mounts.push(volumeMount(claim, asStored));
  for (const volume of pod.volumes) if (!isDisk(volume)) addMount(mounts, volume, asStored);
  return mounts;
}

/** Mounts of the hacheck container: its host paths, and the key files it shares with the main container. */
export function hacheckMounts(pod: ResolvedPod, asStored: boolean): readonly VolumeMount[] {
  const mounts = pod.hacheckVolumes.map((volume) => volumeMount(volume, asStored));
  for (const volume of pod.volumes)
    if (volume.type === 'secret' && volume.inHacheck) addMount(mounts, volume, asStored);
  return mounts;
}

/**
 * Claim template of a persistent volume. Templates are immutable and compared as a whole by the API server, so what it
 * would add is written out.
 */
export function claimTemplate(claim: VolumeClaim): ClaimTemplate {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claim.name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: `${claim.sizeGi}Gi` } },
      storageClassName: claim.storageClassName,
      volumeMode: 'Filesystem',
    },
  };
}

function addMount(mounts: VolumeMount[], volume: PodVolume, asStored: boolean): void {
  if (volume.type === 'secret' && volume.replacesMount) {
    const existing = mounts.findIndex((mount) => mount.mountPath === volume.mountPath);
    if (existing >= 0) mounts.splice(existing, 1);
  }
  mounts.push(volumeMount(volume, asStored));
}

function volumeMount(volume: PodVolume | VolumeClaim, asStored: boolean): VolumeMount {
  return asStored ? storedMount(volume) : configuredMount(volume);
}

const storedMount = oncePerShared((volume: PodVolume | VolumeClaim): VolumeMount => {
  const { mountPath, name, readOnly } = configuredMount(volume);
  return readOnly === true ? { mountPath, name, readOnly } : { mountPath, name };
});

function configuredMount(volume: PodVolume | VolumeClaim): VolumeMount {
  const { name, mountPath } = volume;
  return { mountPath, name, readOnly: 'isReadOnly' in volume ? volume.isReadOnly : true };
}

function kubeVolume(volume: Exclude<PodVolume, HostPathVolume>): Volume {
  switch (volume.type) {
    case 'ebs':
      return ebsVolume(volume);
    case 'secret':
      return secretVolume(volume);
    case 'token':
      return tokenVolume(volume);
  }
}

const hostVolume = oncePerShared((volume: HostPathVolume): Volume => {
  return { hostPath: { path: volume.hostPath }, name: volume.name };
});

/** The volume itself is never read-only; the mount is (PaaSTA: `read_only=False`). */
function ebsVolume(volume: PodVolume & { type: 'ebs' }): Volume {
  return {
    awsElasticBlockStore: {
      ...(volume.fsType === null ? {} : { fsType: volume.fsType }),
      ...(volume.partition === null ? {} : { partition: volume.partition }),
      readOnly: false,
      volumeID: volume.volumeId,
    },
    name: volume.name,
  };
}

function secretVolume(volume: PodVolume & { type: 'secret' }): Volume {
  return {
    name: volume.name,
    secret: {
      ...(volume.defaultMode === null ? {} : { defaultMode: volume.defaultMode }),
      ...(volume.items === null ? {} : { items: volume.items.map(secretItem) }),
      ...(volume.isOptional === null ? {} : { optional: volume.isOptional }),
      secretName: volume.secretName,
    },
  };
}

function secretItem(item: SecretItem): { key: string; path: string; mode?: number } {
  const { key, path, mode } = item;
  return mode === null ? { key, path } : { key, mode, path };
}

function tokenVolume(volume: PodVolume & { type: 'token' }): Volume {
  const { audience, expirationSeconds } = volume;
  const serviceAccountToken = { audience, expirationSeconds, path: 'token' };
  return { name: volume.name, projected: { sources: [{ serviceAccountToken }] } };
}
