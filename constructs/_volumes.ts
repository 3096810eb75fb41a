import type {
  HostPathVolume,
  PodVolume,
  ResolvedPod,
  SecretItem,
  VolumeClaim,
} from '../compiler/model/resolved-instance.ts';
import type { ClaimTemplate, Volume, VolumeMount } from './_plain.ts';

/**
 * Volumes of the pod: host paths of the main container, then those of hacheck, then the others in order.
 * Host and EBS volumes of one name are one volume: at the first place, with the last value.
 */
export function podVolumes(pod: ResolvedPod): readonly Volume[] {
  const hosts = pod.volumes.filter((volume) => volume.type === 'host');
  const others = pod.volumes.filter((volume) => volume.type !== 'host');
  const byName = new Map<string, Volume>();
  for (const volume of [...hosts, ...pod.hacheckVolumes, ...others]) byName.set(volume.name, kubeVolume(volume));
  return [...byName.values()];
}

/** Mounts of the main container: host paths and EBS, the StatefulSet's claims, then secrets and tokens. */
export function mainMounts(pod: ResolvedPod): readonly VolumeMount[] {
  const mounts: VolumeMount[] = [];
  const isDisk = (volume: PodVolume): boolean => volume.type === 'host' || volume.type === 'ebs';
  for (const volume of pod.volumes) if (isDisk(volume)) mounts.push(volumeMount(volume));
  for (const claim of pod.claims) mounts.push(volumeMount(claim));
  for (const volume of pod.volumes) if (!isDisk(volume)) addMount(mounts, volume);
  return mounts;
}

/** Mounts of the hacheck container: its host paths, and the key files it shares with the main container. */
export function hacheckMounts(pod: ResolvedPod): readonly VolumeMount[] {
  const mounts = pod.hacheckVolumes.map(volumeMount);
  for (const volume of pod.volumes) if (volume.type === 'secret' && volume.inHacheck) addMount(mounts, volume);
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

function addMount(mounts: VolumeMount[], volume: PodVolume): void {
  if (volume.type === 'secret' && volume.replacesMount) {
    const existing = mounts.findIndex((mount) => mount.mountPath === volume.mountPath);
    if (existing >= 0) mounts.splice(existing, 1);
  }
  mounts.push(volumeMount(volume));
}

function volumeMount(volume: PodVolume | VolumeClaim): VolumeMount {
  const isReadOnly = 'isReadOnly' in volume ? volume.isReadOnly : true;
  return { name: volume.name, mountPath: volume.mountPath, readOnly: isReadOnly };
}

function kubeVolume(volume: PodVolume): Volume {
  switch (volume.type) {
    case 'host':
      return hostVolume(volume);
    case 'ebs':
      return ebsVolume(volume);
    case 'secret':
      return secretVolume(volume);
    case 'token':
      return tokenVolume(volume);
  }
}

function hostVolume(volume: HostPathVolume): Volume {
  return { name: volume.name, hostPath: { path: volume.hostPath } };
}

/** The volume itself is never read-only; the mount is (PaaSTA: `read_only=False`). */
function ebsVolume(volume: PodVolume & { type: 'ebs' }): Volume {
  return {
    name: volume.name,
    awsElasticBlockStore: {
      volumeID: volume.volumeId,
      ...(volume.fsType === null ? {} : { fsType: volume.fsType }),
      ...(volume.partition === null ? {} : { partition: volume.partition }),
      readOnly: false,
    },
  };
}

function secretVolume(volume: PodVolume & { type: 'secret' }): Volume {
  return {
    name: volume.name,
    secret: {
      secretName: volume.secretName,
      ...(volume.defaultMode === null ? {} : { defaultMode: volume.defaultMode }),
      ...(volume.items === null ? {} : { items: volume.items.map(secretItem) }),
      ...(volume.isOptional === null ? {} : { optional: volume.isOptional }),
    },
  };
}

function secretItem(item: SecretItem): { key: string; path: string; mode?: number } {
  return { key: item.key, path: item.path, ...(item.mode === null ? {} : { mode: item.mode }) };
}

function tokenVolume(volume: PodVolume & { type: 'token' }): Volume {
  const { audience, expirationSeconds } = volume;
  const serviceAccountToken = { audience, expirationSeconds, path: 'token' };
  return { name: volume.name, projected: { sources: [{ serviceAccountToken }] } };
}
