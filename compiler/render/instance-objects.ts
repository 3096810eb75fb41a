import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { canonicalJson } from '../emit/canonical-json.ts';
import { canonicalObject } from '../emit/canonical.ts';
import { isCanonicalObject } from '../emit/is-canonical.ts';
import { compareApplyOrder } from '../model/apply-order.ts';
import type { KubeObject } from '../model/rendered-file.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import { synthesise, type Toolkit } from './app.ts';
import { isWorkloadOf, withConfigSha } from './config-sha.ts';
import { addInstance, instanceManifests } from './instance-chart.ts';
import { constructFailed, moduleNames, runUserConstructs, type UserConstructs } from './user-constructs.ts';
import { holdsSecretValues, ownedObject } from './user-objects.ts';

export interface InstanceObjects {
  /** Canonical, in the order in which they are applied; null when users' constructs failed. */
  readonly objects: readonly KubeObject[] | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Every object of one instance: what PaaSTA renders, changed and added to by users' constructs, with the config sha. */
export function instanceObjects(
  toolkit: Toolkit,
  instance: ResolvedInstance,
  modules: readonly UserConstructs[],
  verbose: boolean,
): InstanceObjects {
  // Without users' constructs nothing here depends on foreign code: an exception is our own mistake and goes up.
  if (modules.length === 0)
    return { objects: finished(instance, instanceManifests(toolkit, instance), isCanonicalObject), diagnostics: [] };
  try {
    const objects = finished(instance, synthesiseInstance(toolkit, instance, modules));
    // Throws for functions, infinities and whatever else a manifest cannot hold.
    for (const object of objects) canonicalJson(object);
    return { objects, diagnostics: plaintextSecrets(instance, objects, modules) };
  } catch (error) {
    return { objects: null, diagnostics: [constructFailed(instance, modules, error, verbose)] };
  }
}

function synthesiseInstance(
  toolkit: Toolkit,
  instance: ResolvedInstance,
  modules: readonly UserConstructs[],
): readonly unknown[] {
  const { name, namespace } = instance;
  return synthesise(toolkit, { id: name, namespace }, (chart) => {
    addInstance(toolkit, chart, instance);
    runUserConstructs(modules, chart, instance);
  });
}

/** `isCanonical` is only asked about objects that nobody else can change. */
function finished(
  instance: ResolvedInstance,
  manifests: readonly unknown[],
  isCanonical: (object: KubeObject) => boolean = () => false,
): readonly KubeObject[] {
  const objects = manifests.map((manifest) => {
    const owned = ownedObject(manifest, instance.namespace);
    if (typeof owned === 'string') throw new Error(owned);
    const isPlain = isCanonical(owned);
    const canonical = isPlain ? owned : canonicalObject(owned);
    return isWorkloadOf(instance, canonical) ? withConfigSha(instance, canonical, isPlain) : canonical;
  });
  return objects.sort(compareApplyOrder);
}

function plaintextSecrets(
  instance: ResolvedInstance,
  objects: readonly KubeObject[],
  modules: readonly UserConstructs[],
): readonly Diagnostic[] {
  return objects.filter(holdsSecretValues).map((secret) => ({
    severity: 'warning',
    code: 'plaintext-secret',
    message: `Secret ${secret.metadata.name} would stand in git in plain text, added by ${moduleNames(modules)}`,
    root: 'project',
    file: modules[0]!.module,
    path: [],
    hint: 'render a reference, such as an ExternalSecret',
    service: instance.service,
    cluster: instance.cluster,
    instance: instance.instance,
  }));
}
