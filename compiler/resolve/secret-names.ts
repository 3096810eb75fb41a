import { isSafeName, MAX_OBJECT_NAME, secretName, SHARED_SERVICE } from '../model/names.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { checkedObjectName, isDnsSubdomain } from './legal-names.ts';

/** A `SECRET(name)` or `SHARED_SECRET(name)` in an environment variable. */
export interface SecretRef {
  /** As written. */
  readonly text: string;
  readonly name: string;
  readonly isShared: boolean;
}

const REFERENCE = /^(SHARED_)?SECRET\(([A-Za-z0-9_-]*)\)$/;

/** The reference that a whole value is; null for plain text. PaaSTA: `is_secret_ref`. */
export function parseSecretRef(text: string): SecretRef | null {
  if (!text.endsWith(')')) return null;
  const match = REFERENCE.exec(text);
  return match === null ? null : { text, name: match[2]!, isShared: match[1] !== undefined };
}

/** Service whose secret a reference names: its own, or `_shared`. */
export function ownerOf(ref: { readonly isShared: boolean }, service: string): string {
  return ref.isShared ? SHARED_SERVICE : service;
}

/** Name of the Kubernetes Secret behind a soa-configs secret; null, and reported, when the secret's name cannot be used. */
export function checkedSecretName(facts: Facts, field: Field, owner: string, secret: string): string | null {
  const problem = problemWith(secret);
  if (problem !== null) {
    field.error('unsafe-name', `the secret name in ${field.name} ${problem}`);
    return null;
  }
  const name = secretName(facts.namespace(), owner, secret);
  if (isDnsSubdomain(name)) return name;
  // A bad namespace or service is reported for itself.
  if (isDnsSubdomain(secretName('ns', 'service', secret))) return null;
  checkedObjectName(field, `the Secret of ${secret}`, name);
  return null;
}

function problemWith(secret: string): string | null {
  if (secret === '') return 'is empty';
  if (!isSafeName(secret)) return `${JSON.stringify(secret)} has characters other than letters, digits, ., _ and -`;
  const { length } = secret;
  return length > MAX_OBJECT_NAME ? `has ${length} characters, expected at most ${MAX_OBJECT_NAME}` : null;
}
