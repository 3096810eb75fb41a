import { isMap, type YamlValue } from '../../model/yaml-value.ts';
import { aboutPath, type ServiceRule } from '../rule.ts';

/** Every secret of a service is used by some file of it, and each of its entries is signed. */
export const secretsUsed: ServiceRule = ({ sources, hasAllClusters }) => {
  const { service, secrets } = sources;
  const names = Object.keys(secrets);
  if (names.length === 0) return [];
  const used = namesIn(sources);
  return names.flatMap((name) => {
    const { file, environments, isBroken } = secrets[name]!;
    if (isBroken) return [];
    const unsigned = Object.entries(environments).flatMap(([ecosystem, entry]) =>
      entry.hasCiphertext && entry.signature === null ? [ecosystem] : [],
    );
    const scope = { service, instances: [] };
    const notUsed = `nothing in ${service} refers to the secret ${JSON.stringify(name)}`;
    const notSigned = `no signature for ${unsigned.join(', ')}: a new value restarts no pods`;
    return [
      ...(used.has(name) || !hasAllClusters
        ? []
        : [aboutPath(file, scope, { class: 'warning', code: 'unused-secret', message: notUsed })]),
      ...(unsigned.length === 0
        ? []
        : [aboutPath(file, scope, { class: 'warning', code: 'unsigned-secret', message: notSigned })]),
    ];
  });
};

/** Every name that any file mentions: references, and texts that may be names in volumes or other runtimes' files. */
function namesIn(sources: Parameters<ServiceRule>[0]['sources']): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<object>();
  const walk = (value: YamlValue): void => {
    if (typeof value === 'string') names.add(/^SECRET\((.*)\)$/.exec(value)?.[1] ?? value);
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (isMap(value)) Object.values(value).forEach(walk);
    else if (Array.isArray(value)) (value as readonly YamlValue[]).forEach(walk);
  };
  for (const { document } of sources.instanceFiles) if (document !== null) walk(document.value);
  if (sources.serviceYaml.kind === 'read') walk(sources.serviceYaml.document.value);
  return names;
}
