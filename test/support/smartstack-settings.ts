import { toSmartStackSettings } from '../../compiler/load/smartstack-settings.ts';
import type { SmartStackSettings, SynapseSettings } from '../../compiler/model/smartstack.ts';
import type { YamlMap } from '../../compiler/model/yaml-value.ts';

/** A cluster with nerve and synapse at known places, as its system configuration says it. */
export const SMARTSTACK: YamlMap = {
  nerve_image: 'registry.example.com/nerve:1',
  synapse_image: 'registry.example.com/synapse:1',
  locations: { superregion: { static: 'west' }, region: { static: 'west-1' } },
  zookeeper_topology: { west: ['zk.example.com:2181'] },
};

/** Settings of that cluster, with some members changed. */
export function smartstackSettings(
  given: Partial<Omit<SmartStackSettings, 'synapse'>> & { readonly synapse?: Partial<SynapseSettings> } = {},
): SmartStackSettings {
  const defaults = toSmartStackSettings(SMARTSTACK);
  return { ...defaults, ...given, synapse: { ...defaults.synapse, ...given.synapse } };
}
