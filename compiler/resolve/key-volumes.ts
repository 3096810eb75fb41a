import { botoSecretName, cryptoSecretName, datastoreSecretName, MAX_LABEL } from '../model/names.ts';
import type { SecretItem } from '../model/resolved-instance.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { checkedObjectName } from './legal-names.ts';
import { readEntries, readMap, readTexts } from './readers.ts';
import type { SecretVolume } from './secret-volumes.ts';
import { checkedVolumeName, type Placed } from './volume-names.ts';

const NO_NAMES: readonly string[] = Object.freeze([]);
const NONE = { default: NO_NAMES };
const NONE_OR_NULL = { default: NO_NAMES, whenNull: NO_NAMES };
const READ_BY_ALL = 0o444;
const BOTO_FILES = ['sh', 'yaml', 'cfg', 'json'];

/**
 * Volumes of the keys `boto_keys`, `crypto_keys` and `datastore_credentials`, in this order, as the configuration says.
 * PaaSTA makes each only once its signature is in the cluster: what is in git cannot depend on that.
 */
export function resolveKeyVolumes(facts: Facts): readonly Placed<SecretVolume>[] {
  const volumes: Placed<SecretVolume>[] = [];
  for (const make of [botoVolume, cryptoVolume, datastoreVolume]) {
    const volume = make(facts);
    if (volume !== null) volumes.push(volume);
  }
  return volumes;
}

/** PaaSTA: `get_boto_volume`; four files a key at /etc/boto_cfg. */
function botoVolume({ keys, application }: Facts): Placed<SecretVolume> | null {
  const field = keys.field('boto_keys');
  const names = readTexts(field, NONE_OR_NULL);
  if (names.length === 0) return null;
  const items = names.flatMap((name) => BOTO_FILES.map((type) => botoItem(`${name}.${type}`)));
  return keyVolume(field, items, () => ({
    name: `secret-boto-key-${application}`,
    mountPath: '/etc/boto_cfg',
    secretName: botoSecretName(application),
    isOptional: null,
    replacesMount: true,
  }));
}

/** PaaSTA: `get_crypto_volume`; `encrypt` lists public keys, `decrypt` private ones, at /etc/crypto_keys. */
function cryptoVolume(facts: Facts): Placed<SecretVolume> | null {
  const { application, service, instance } = facts;
  const field = readMap(facts.keys.field('crypto_keys'));
  const encrypt = readTexts(field.at('encrypt'), NONE);
  const decrypt = readTexts(field.at('decrypt'), NONE);
  const namespace = facts.namespace();
  if (encrypt.length + decrypt.length === 0) return null;
  const items = [
    ...encrypt.map((name) => cryptoItem('public', name)),
    ...decrypt.map((name) => cryptoItem('private', name)),
  ];
  return keyVolume(field, items, () => ({
    name: `secret-crypto-key-${application}`,
    mountPath: '/etc/crypto_keys',
    secretName: cryptoSecretName(namespace, service, instance),
    isOptional: true,
    replacesMount: true,
  }));
}

/** PaaSTA: `get_datastore_credentials_secrets_volume`; one file a credential below /datastore. */
function datastoreVolume(facts: Facts): Placed<SecretVolume> | null {
  const { application, service, instance } = facts;
  const field = facts.keys.field('datastore_credentials');
  if (field.value === null) return null;
  const items = readEntries(readMap(field)).flatMap(([datastore, credentials]) =>
    readTexts(credentials, NONE).map((credential) => ({
      key: `secrets-datastore-${datastore}-${credential}`.replaceAll('/', '-'),
      path: `${datastore}/${credential}/credentials`,
      mode: READ_BY_ALL,
    })),
  );
  const namespace = facts.namespace();
  return keyVolume(field, items, () => ({
    name: `secret-datastore-creds-${application}`,
    mountPath: '/datastore',
    secretName: datastoreSecretName(namespace, service, instance),
    isOptional: false,
    replacesMount: false,
  }));
}

type KeyVolume = Pick<SecretVolume, 'name' | 'mountPath' | 'secretName' | 'isOptional' | 'replacesMount'>;

function keyVolume(field: Field, items: readonly SecretItem[], make: () => KeyVolume): Placed<SecretVolume> | null {
  if (items.length === 0) return null;
  const volume = make();
  checkItems(field, items);
  checkedObjectName(field, 'its Secret', volume.secretName);
  const name = checkedVolumeName(field, volume.name, MAX_LABEL);
  return { field, volume: { type: 'secret', ...volume, name, defaultMode: READ_BY_ALL, items, inHacheck: true } };
}

function checkItems(field: Field, items: readonly SecretItem[]): void {
  const bad = items.find(
    ({ key, path }) => !/^[-._a-zA-Z0-9]+$/.test(key) || path.startsWith('/') || path.split('/').includes('..'),
  );
  if (bad === undefined) return;
  const hint = 'key names have letters, digits, -, _ and .';
  field.error('bad-key-name', `${field.name} names a key that makes the illegal secret key "${bad.key}"`, hint);
}

function botoItem(file: string): SecretItem {
  return { key: file.replaceAll('.', '-').replaceAll('_', '--'), path: file, mode: READ_BY_ALL };
}

function cryptoItem(folder: 'public' | 'private', name: string): SecretItem {
  return { key: `${folder}-${name.replaceAll('/', '-')}`, path: `${folder}/${name}.json`, mode: READ_BY_ALL };
}
