import { ssmSecretName } from '../model/names.ts';
import type { SecretReference } from '../model/resolved-instance.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { checkedObjectName } from './legal-names.ts';
import { readItems, readMap, readText, requireText } from './readers.ts';
import { checkedSecretName, ownerOf, type SecretRef } from './secret-names.ts';

/** A variable whose value is a secret reference. */
export interface SecretVariable {
  readonly name: string;
  readonly ref: SecretRef;
  readonly field: Field;
}

/** A variable that a Secret fills, and the secret behind it. */
export interface SecretUse {
  readonly variable: { readonly name: string; readonly secretName: string; readonly secretKey: string };
  readonly reference: SecretReference;
  /** The reference as written; null for SSM secrets, which have no signature. */
  readonly ref: SecretRef | null;
  /** The key that asks for it. */
  readonly field: Field;
}

/**
 * Variables that come from Secrets, after all plain ones: references to own secrets, to shared ones, then `ssm_secrets`
 * (whose variable and key are both the secret's name). PaaSTA: `get_kubernetes_secret_env_vars`, `get_ssm_secret_env_vars`.
 */
export function secretUses(facts: Facts, references: readonly SecretVariable[]): readonly SecretUse[] {
  if (references.length === 0) return ssmUses(facts);
  const own = references.filter(({ ref }) => !ref.isShared);
  const shared = references.filter(({ ref }) => ref.isShared);
  return [...[...own, ...shared].map((reference) => environmentUse(facts, reference)), ...ssmUses(facts)];
}

function environmentUse(facts: Facts, { name, ref, field }: SecretVariable): SecretUse {
  const make = (): SecretUse => {
    field.note('');
    const owner = ownerOf(ref, facts.service);
    const secretName = checkedSecretName(facts, field, owner, ref.name) ?? '';
    const reference = { secretName, key: ref.name, service: owner, kind: 'env' } as const;
    return { variable: { name, secretName, secretKey: ref.name }, reference, ref, field };
  };
  return facts.journal.member(`pod.main.env.${name}`, make, facts);
}

function ssmUses(facts: Facts): readonly SecretUse[] {
  const { keys, journal, application, namespace, service } = facts;
  return readItems(keys.field('ssm_secrets'), { nullIsEmpty: true }).map((item) => {
    const field = readMap(item).at('secret_name');
    const source = readText(readMap(item).at('source'), { default: '' });
    const name = requireText(field);
    if (name !== '' && !/^[a-zA-Z_][a-zA-Z0-9_]{0,252}$/.test(name)) {
      field.error('bad-env-name', `${JSON.stringify(name)} is no legal name for an environment variable`);
    }
    const make = (): SecretUse => {
      field.note('');
      const secretName = ssmSecretName(namespace(), application, name);
      checkedObjectName(field, `the Secret of ${name}`, secretName);
      const reference = { secretName, key: name, service, kind: 'ssm', source } as const;
      return { variable: { name, secretName, secretKey: name }, reference, ref: null, field };
    };
    return journal.member(`pod.main.env.${name}`, make, facts);
  });
}
