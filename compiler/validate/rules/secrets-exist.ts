import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts';
import { SHARED_SERVICE } from '../../model/names.ts';
import type { SecretFile } from '../../model/service-sources.ts';
import { secretUsesOf } from '../secret-uses.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { textOf } from '../settings.ts';
import { mapUnder, systemValue, type InstanceView } from '../view.ts';

/**
 * Every secret that an instance refers to has a file with a ciphertext for the cluster's ecosystem. PaaSTA:
 * `validate_secrets`, which looks at references in `env` only.
 */
export const secretsExist: InstanceRule = (view) => {
  const owner = textOf(view.workload, 'service') ?? view.service.sources.service;
  if (owner !== view.service.sources.service) return [];
  const uses = secretUsesOf(view.workload.keys);
  if (uses.length === 0) return [];
  const ecosystem = ecosystemFor(view);
  if (ecosystem === null) {
    const message = `vault_cluster_map has no entry for ${view.workload.cluster}: its secrets cannot be checked`;
    return [aboutKey(view, uses[0]!.path, { class: 'policy', code: 'unknown-ecosystem', message })];
  }
  return uses.flatMap(({ name, isShared, path }) => checkUse(view, { name, isShared, path, ecosystem }));
};

function checkUse(
  view: InstanceView,
  { name, isShared, path, ecosystem }: { name: string; isShared: boolean; path: Path; ecosystem: string },
): readonly Diagnostic[] {
  const { sources, shared } = view.service;
  const files: Readonly<Record<string, SecretFile>> = isShared ? shared.sharedSecrets : sources.secrets;
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
  const path0 = `${isShared ? SHARED_SERVICE : sources.service}/secrets/${name}.json`;
  if (file === undefined) {
    const message = `secret ${JSON.stringify(name)} has no file ${path0}`;
    const elsewhere = isShared ? sources.secrets : shared.sharedSecrets;
    const other = isShared ? 'SECRET' : 'SHARED_SECRET';
    const hint = Object.hasOwn(elsewhere, name)
      ? `did you mean ${other}(${name})?`
      : didYouMean(name, Object.keys(files)).hint;
    return [aboutKey(view, path, { class: 'policy', code: 'missing-secret', message, hint })];
  }
  const entry = Object.hasOwn(file.environments, ecosystem) ? file.environments[ecosystem] : undefined;
  if (file.isBroken || entry?.hasCiphertext === true) return [];
  const message = `secret ${JSON.stringify(name)} has no ciphertext for ${ecosystem} in ${file.file}`;
  const known = Object.keys(file.environments);
  const hint = known.length === 0 ? undefined : `it has: ${known.join(', ')}`;
  return [aboutKey(view, path, { class: 'policy', code: 'missing-secret', message, hint })];
}

function ecosystemFor(view: InstanceView): string | null {
  if (view.config !== null) return view.config.secretEnvironment;
  const named = mapUnder({ map: systemValue(view, 'vault_cluster_map') ?? null }, 'map')[view.workload.cluster];
  return typeof named === 'string' ? named : null;
}
