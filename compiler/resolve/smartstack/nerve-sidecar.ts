import { compareText } from '../../diagnostics/diagnostic.ts';
import type { ServiceFile } from '../../model/service-sources.ts';
import type { NerveSidecar } from '../../model/smartstack.ts';
import { isMap, type YamlValue } from '../../model/yaml-value.ts';
import { documentField } from '../document-fields.ts';
import type { Facts } from '../facts.ts';
import { shown } from '../readers.ts';
import { resolveSidecarResources } from '../sidecar-resources.ts';
import { checkText } from './check-text.ts';
import { worldOf } from './location-world.ts';
import { namespaceOfRegistration, resolveNerveServices } from './nerve-services.ts';
import { valueAt } from './read-values.ts';

const IDENTITY = 'x-smartstack-target-identity';

/**
 * The nerve container of a pod in the mesh, in a cluster that has one in each pod and registers pods at all; else null.
 * Whether a registration is in SmartStack is decided in its own service.
 */
export function resolveNerve(facts: Facts): NerveSidecar | null {
  const { system, shared, containerPort, registrations } = facts;
  const smartstack = system.get('smartstack');
  if (smartstack.nerveMode === 'host' || smartstack.nerveImage === null || !system.get('registerK8sPods')) return null;
  const locations = worldOf({ smartstack }, shared);
  const smartstackOf = (service: string): YamlValue | undefined => usableSmartstack(facts, service);
  const services =
    locations === null
      ? []
      : resolveNerveServices({
          registrations: registrations(),
          smartstackOf,
          port: containerPort(),
          weight: readWeight(facts),
          settings: smartstack,
          locations,
          usesHacheckSidecar: system.get('usesHacheckSidecar'),
        });
  return {
    image: smartstack.nerveImage,
    resources: resolveSidecarResources(facts, 'nerve'),
    readsNodeFiles: Object.values(smartstack.locations).some((location) => 'nodeFile' in location),
    services,
    copiedHeaders: copiedHeaders(registrations(), smartstackOf),
  };
}

/** Key `weight`: share of the traffic, 10. HAProxy knows whole numbers up to 256. */
export function readWeight({ keys }: Pick<Facts, 'keys'>): number {
  const field = keys.field('weight');
  field.note('PaaSTA: weight 10');
  const { value } = field;
  if (value === undefined) return 10;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 256) return value;
  field.error('smartstack-weight', `weight is ${shown(value)}, expected a whole number from 0 to 256`);
  return 10;
}

/** Every header that a check carries, each once whatever its case. */
function copiedHeaders(
  registrations: readonly string[],
  smartstackOf: (service: string) => YamlValue | undefined,
): readonly string[] {
  const names = registrations.flatMap((registration) => {
    const namespace = namespaceOfRegistration(registration, { smartstackOf });
    return namespace?.extraHealthcheckHeaders.map(([name]) => name) ?? [];
  });
  const byName = new Map([...names, IDENTITY].sort(compareText).map((name) => [name.toLowerCase(), name]));
  byName.delete('host');
  return ['Host', ...byName.values()];
}

/** smartstack.yaml of a service without namespaces whose text is refused: those are held back where they stand. */
function usableSmartstack(
  { sources, journal, service: own, registrations }: Facts,
  service: string,
): YamlValue | undefined {
  const file: ServiceFile | undefined =
    service === own
      ? sources.smartstack
      : Object.hasOwn(sources.foreignSmartstack, service)
        ? sources.foreignSmartstack[service]
        : undefined;
  if (file?.kind !== 'read' || !isMap(file.document.value)) return undefined;
  const named = registrations().flatMap((each) => (each.startsWith(`${service}.`) ? [each.split('.')[1]!] : []));
  const usable = [...new Set(named)].flatMap((namespace) => {
    const keys = valueAt(file.document.value as Parameters<typeof valueAt>[0], namespace);
    if (!isMap(keys)) return [];
    documentField(journal, file.document, [namespace]).note('PaaSTA: not in SmartStack');
    const input = { registration: namespace, path: [namespace], keys, worlds: [], isSynapseRendered: false };
    return checkText(input).some(({ severity }) => severity === 'error') ? [] : [[namespace, keys] as const];
  });
  return Object.fromEntries(usable);
}
