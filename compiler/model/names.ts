import { createHash } from 'node:crypto';

/** Length limit of a Kubernetes label value and of a DNS label. */
export const MAX_LABEL = 63;
/** Length limit of a Kubernetes object name. */
export const MAX_OBJECT_NAME = 253;
/** Length limit of a service and a nerve namespace together that has a proxy port. PaaSTA: `MAX_SMARTSTACK_NAME_LEN`. */
export const MAX_SOCKET = 55;
/** Pseudo service that owns shared secrets (PaaSTA: `SHARED_SECRET_SERVICE`). */
export const SHARED_SERVICE = '_shared';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * PaaSTA's Kubernetes spelling of a name: each `_` becomes `--`, a leading `--` becomes `underscore-`, all lower-case.
 * Not limited in length and not always a legal name (`a_` gives `a--`). PaaSTA: `sanitise_kubernetes_name`.
 */
export function sanitise(name: string): string {
  const dashed = name.replaceAll('_', '--');
  return (dashed.startsWith('--') ? `underscore-${dashed.slice(2)}` : dashed).toLowerCase();
}

/**
 * The name itself when it has at most `max` characters, else its beginning, `-` and `hashLength` characters of the base32
 * MD5 of the whole. Characters are code points. PaaSTA: `limit_size_with_hash`.
 */
export function limitSize(name: string, max = MAX_LABEL, hashLength = 4): string {
  // No text has more code points than code units.
  const characters = name.length <= max ? [] : codePoints(name);
  if (characters.length <= max) return name;
  const hash = base32(createHash('md5').update(name, 'utf8').digest());
  return `${characters.slice(0, max - hashLength - 1).join('')}-${hash.slice(0, hashLength)}`;
}

/**
 * Volume name made from a path or other text: `/` becomes `slash-`, `.` becomes `dot-`, then `sanitise`; longer than `max`
 * (0: no limit) it is cut and ends with 4 hex digits of its MD5.
 * Null when text beyond ASCII exceeds the limit: there PaaSTA fails (`get_sanitised_volume_name`), and no such name is legal.
 */
export function sanitiseVolumeName(text: string, max = 0): string | null {
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end--;
  const name = sanitise(text.slice(0, end).replaceAll('/', 'slash-').replaceAll('.', 'dot-'));
  if (max === 0 || name.length <= max || codePoints(name).length <= max) return name;
  if (!isAscii(name)) return null;
  return `${name.slice(0, max - 6)}--${createHash('md5').update(name).digest('hex').slice(0, 4)}`;
}

/** Name of the workload, HPA and PDB of an instance. PaaSTA: `get_sanitised_deployment_name`. */
export function applicationName(service: string, instance: string): string {
  return `${sanitise(service)}-${sanitise(instance)}`;
}

/** Namespace of an instance that does not set one. PaaSTA: `paastasvc-` and the sanitised service. */
export function defaultNamespace(service: string): string {
  return `paastasvc-${sanitise(service)}`;
}

/** Secret behind `SECRET(secret)`; a shared one has the service `_shared`. PaaSTA: `get_paasta_secret_name`. */
export function secretName(namespace: string, service: string, secret: string): string {
  return joinSecretName(namespace, 'secret', service, secret);
}

/** Secret behind one of an instance's `ssm_secrets`; `application` is its `applicationName`. */
export function ssmSecretName(namespace: string, application: string, secret: string): string {
  return joinSecretName(namespace, 'ssm-secret', application, secret);
}

/** Secret that holds all of an instance's `crypto_keys`. */
export function cryptoSecretName(namespace: string, service: string, instance: string): string {
  return joinSecretName(namespace, 'crypto-key', service, instance);
}

/** Secret that holds all of an instance's `datastore_credentials`. */
export function datastoreSecretName(namespace: string, service: string, instance: string): string {
  return joinSecretName(namespace, 'datastore-credentials', service, instance);
}

/** Secret that holds an instance's `boto_keys`. Without the namespace, and 63 characters at most, as in PaaSTA. */
export function botoSecretName(application: string): string {
  return limitSize(`paasta-boto-key-${application}`);
}

/**
 * ServiceAccount of an IAM role: `paasta--` and the lower-case role, each run of other characters than letters and digits
 * one `-`. A role that ends with such a character gives an illegal name. PaaSTA: `get_service_account_name`.
 */
export function serviceAccountName(roleArn: string): string {
  return `paasta--${roleArn.toLowerCase().replace(/[^0-9a-z]+/g, '-')}`;
}

/** Pod label that marks a registration. PaaSTA: `registrations.paasta.yelp.com/` and at most 63 characters. */
export function registrationLabelKey(registration: string): string {
  return `registrations.paasta.yelp.com/${limitSize(registration)}`;
}

/** Whether a name may stand in paths, commands and object names: `[A-Za-z0-9._-]+`, but neither `.` nor `..`. */
export function isSafeName(name: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(name) && name !== '.' && name !== '..';
}

function joinSecretName(namespace: string, kind: string, owner: string, key: string): string {
  return limitSize([namespace, kind, sanitise(owner), sanitise(key)].join('-'), MAX_OBJECT_NAME);
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

function codePoints(text: string): readonly string[] {
  return isAscii(text) ? text.split('') : Array.from(text);
}

/** RFC 4648 base32, lower-case, without padding. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31]!;
      value &= (1 << bits) - 1;
    }
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31]! : text;
}
