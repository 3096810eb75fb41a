import { compareText } from '../diagnostics/diagnostic.ts';
import type { SecretReference } from '../model/resolved-instance.ts';
import type { SecretFile } from '../model/service-sources.ts';
import type { SecretUse } from './env-secrets.ts';
import type { Facts } from './facts.ts';

/** Every secret the pod uses, once each, sorted by Secret and key. A secret used in both ways counts as `env`. */
export function distinctSecrets(references: readonly SecretReference[]): readonly SecretReference[] {
  const distinct = new Map<string, SecretReference>();
  for (const reference of references) {
    const id = `${reference.secretName}\n${reference.key}`;
    if (!distinct.has(id)) distinct.set(id, reference);
  }
  return [...distinct.values()].sort((a, b) => compareText(a.secretName, b.secretName) || compareText(a.key, b.key));
}

/**
 * Signature of each secret that the environment refers to, by the reference as written; null when the secret's file or
 * its entry for the cluster's environment is missing. A new signature restarts the pods; an unreadable file is an error,
 * because nobody knows whether its secret changed.
 * Source: `environments.ENV.signature` of `secrets/NAME.json`, where PaaSTA asks the cluster.
 */
export function resolveSignatures(facts: Facts, uses: readonly SecretUse[]): Readonly<Record<string, string | null>> {
  const { sources, shared, system } = facts;
  const signatures: Record<string, string | null> = {};
  for (const { ref, field } of uses) {
    if (ref === null) continue;
    const environment = system.get('secretEnvironment');
    const files = ref.isShared ? shared.sharedSecrets : sources.secrets;
    const isUnlisted = ref.isShared ? shared.areSharedSecretsUnlisted : sources.areSecretsUnlisted;
    const file = Object.hasOwn(files, ref.name) ? files[ref.name]! : null;
    if (file?.isBroken === true) {
      field.error('broken-secret', `${field.name} refers to ${file.file}, which cannot be used`, `repair ${file.file}`);
    }
    if (isUnlisted) {
      const folder = `${ref.isShared ? '_shared' : sources.service}/secrets`;
      field.error(
        'broken-secret',
        `${field.name} refers to a file in ${folder}, which cannot be listed`,
        `repair ${folder}`,
      );
    }
    signatures[ref.text] = file === null || environment === null ? null : signatureOf(file, environment);
  }
  return signatures;
}

function signatureOf({ environments }: SecretFile, environment: string): string | null {
  return Object.hasOwn(environments, environment) ? environments[environment]!.signature : null;
}
