import { MAX_LABEL } from '../model/names.ts';
import type { PodVolume } from '../model/resolved-instance.ts';
import { isMap, isNumeric, toNumber, type YamlValue } from '../model/yaml-value.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { readInteger, readItems, readMap, requireText } from './readers.ts';
import { checkedVolumeName, type Placed } from './volume-names.ts';

type TokenVolume = Extract<PodVolume, { type: 'token' }>;

/** Seconds. PaaSTA: `DEFAULT_PROJECTED_SA_EXPIRATION_SECONDS`. */
const DEFAULT_EXPIRATION = 3600;
/** Kubernetes' bounds, in seconds. */
const EXPIRATION = { min: 600, max: 2 ** 32 };

/**
 * Key `projected_sa_volumes`: service account tokens for an audience. A service that authenticates to others gets the
 * system's `service_auth_token_settings` first, unless it lists the same already.
 * PaaSTA: `add_volumes_for_authenticating_services`.
 */
export function resolveTokenVolumes(facts: Facts): readonly Placed<TokenVolume>[] {
  const own = readItems(facts.keys.field('projected_sa_volumes'));
  const settings = authenticationToken(facts);
  const isListed = settings !== null && own.some((item) => isSame(item.value!, settings.value!));
  return (settings === null || isListed ? own : [settings, ...own]).map(readTokenVolume);
}

function authenticationToken({ service, shared, system }: Facts): Field | null {
  if (!shared.authenticatingServices.has(service)) return null;
  const settings = system.get('serviceAuthTokenSettings');
  return settings === null ? null : system.field('serviceAuthTokenSettings', settings);
}

function readTokenVolume(item: Field): Placed<TokenVolume> {
  const volume = readMap(item);
  const audience = requireText(volume.at('audience'));
  return {
    field: item,
    volume: {
      type: 'token',
      name: checkedVolumeName(volume.at('audience'), `projected-sa--${audience}`, MAX_LABEL),
      mountPath: requireText(volume.at('container_path')),
      audience,
      expirationSeconds: readInteger(volume.at('expiration_seconds'), { default: DEFAULT_EXPIRATION, ...EXPIRATION }),
    },
  };
}

/** Python's `==`: order of keys and spelling of numbers do not count. */
function isSame(a: YamlValue, b: YamlValue): boolean {
  if (isNumeric(a) && isNumeric(b)) return toNumber(a) === toNumber(b);
  if (!isMap(a) || !isMap(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key]!, b[key]!))
  );
}
