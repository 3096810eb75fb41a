import type { ChaosSetting, SmartStackSettings, SynapseNamespace } from '../compiler/model/smartstack.ts';
import { haproxyWord } from './_haproxy-text.ts';

/**
 * The `chaos` settings of this cluster: those of each location it is in, later ones over earlier ones (synapse-tools:
 * `merge_dict_for_my_grouping`). A location that only the node knows matches nothing.
 */
export function mergeChaos({ chaos = [] }: SynapseNamespace, { locations }: SmartStackSettings): ChaosSetting {
  const matching = chaos.map(([type, byLocation]) => {
    const here = Object.hasOwn(locations, type) ? locations[type]! : { nodeFile: '' };
    return 'name' in here && Object.hasOwn(byLocation, here.name) ? byLocation[here.name] : {};
  });
  return Object.assign({}, ...matching) as ChaosSetting;
}

/** Whether clients are to see no servers at all. */
export function hasNoServers({ fail }: ChaosSetting): boolean {
  return fail === 'error_503';
}

/** What a frontend does to its requests first. */
export function chaosLines({ fail, delay }: ChaosSetting): readonly string[] {
  if (fail === 'drop') return ['tcp-request content reject'];
  if (fail === 'error_503' || delay === undefined) return [];
  return [`tcp-request inspect-delay ${haproxyWord(delay)}`, 'tcp-request content accept if WAIT_END'];
}
