import type { HostPathVolume, PodVolume, SecretReference, VolumeClaim } from '../model/resolved-instance.ts';
import { resolveClaims } from './claims.ts';
import { resolveEbsVolumes } from './ebs-volumes.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { resolveHacheckVolumes, resolveHostVolumes } from './host-volumes.ts';
import { resolveKeyVolumes } from './key-volumes.ts';
import { shown } from './readers.ts';
import { resolveSecretVolumes, type MountedSecret } from './secret-volumes.ts';
import { SystemKeys } from './system-keys.ts';
import { resolveTokenVolumes } from './token-volumes.ts';
import { withoutSlashes, type Placed } from './volume-names.ts';

/** All storage of a pod. */
export interface ResolvedVolumes {
  readonly volumes: readonly PodVolume[];
  readonly hacheckVolumes: readonly HostPathVolume[];
  readonly claims: readonly VolumeClaim[];
  readonly secrets: readonly SecretReference[];
}

/**
 * Volumes in PaaSTA's order: host paths, EBS, (claims,) secrets, tokens, keys. Whatever Kubernetes would refuse about their
 * names and mount paths is reported. hacheck's volumes exist only with hacheck: PaaSTA adds them to every pod.
 */
export function resolveVolumes(facts: Facts): ResolvedVolumes {
  const { journal } = facts;
  const claims = journal.member('pod.claims', resolveClaims, facts);
  const hacheck = journal.member('pod.hacheckVolumes', resolveHacheckVolumes, facts);
  const { shared, own, mounted } = journal.member('pod.volumes', resolvePodVolumes, facts);
  checkNames([...shared, ...hacheck], [...claims, ...own]);
  checkMounts([...shared, ...claims, ...own]);
  checkMounts(hacheck);
  return {
    volumes: [...shared, ...own].map(({ volume }) => volume),
    hacheckVolumes: hacheck.map(({ volume }) => volume),
    claims: claims.map(({ volume }) => volume),
    secrets: mounted.map(({ reference }) => reference),
  };
}

interface PodVolumes {
  readonly shared: readonly Placed<PodVolume>[];
  readonly own: readonly Placed<PodVolume>[];
  /** Those of `own` that are soa-configs secrets. */
  readonly mounted: readonly MountedSecret[];
}

function resolvePodVolumes(facts: Facts): PodVolumes {
  const mounted = resolveSecretVolumes(facts);
  const shared = [...resolveHostVolumes(facts), ...resolveEbsVolumes(facts)];
  return { shared, own: [...mounted, ...resolveTokenVolumes(facts), ...resolveKeyVolumes(facts)], mounted };
}

/** Host paths and disks may be mounted twice from one volume; every other volume needs a name of its own. */
function checkNames(shared: readonly Placed<PodVolume>[], single: readonly Placed<{ readonly name: string }>[]): void {
  const taken = new Map<string, string>();
  for (const { volume, field } of shared) {
    const what = contentOf(volume);
    const other = taken.get(volume.name);
    if (other !== undefined && other !== what) reportTaken(field, `${other} and ${what} both become`, volume.name);
    taken.set(volume.name, what);
  }
  for (const { volume, field } of single) {
    if (volume.name === '') continue;
    if (taken.has(volume.name)) reportTaken(field, 'two volumes become', volume.name);
    taken.set(volume.name, volume.name);
  }
}

function contentOf(volume: PodVolume): string {
  return volume.type === 'host' ? withoutSlashes(volume.hostPath) : volume.name;
}

function reportTaken(field: Field, what: string, name: string): void {
  field.error('duplicate-volume', `${what} the volume ${shown(name)}, and a pod needs different names`);
}

function checkMounts(mounts: readonly Placed<{ readonly mountPath: string }>[]): void {
  if (mounts.length === 0) return;
  const replacing = mounts.filter(({ volume }) => 'replacesMount' in volume && volume.replacesMount === true);
  const taken = new Map<string, Placed<{ readonly mountPath: string }>>();
  for (const placed of mounts) {
    const { mountPath } = placed.volume;
    const isReplaced =
      replacing.length > 0 && replacing.some((other) => other !== placed && other.volume.mountPath === mountPath);
    if (isReplaced || mountPath === '') continue;
    if (mountPath.includes(':')) placed.field.error('bad-path', `mount path ${shown(mountPath)} has a ":"`);
    const other = taken.get(mountPath);
    if (other !== undefined) {
      const { field } = placed.field.source instanceof SystemKeys ? other : placed;
      field.error('duplicate-mount', `two volumes are mounted at ${shown(mountPath)}, expected one`);
    }
    taken.set(mountPath, placed);
  }
}
