import { isSafeName } from '../model/names.ts';
import type { Inputs } from './facts.ts';
import { readMap, readText, shown } from './readers.ts';

/** Key `monitoring.team`, from the instance, monitoring.yaml or service.yaml; null when unset or empty. PaaSTA: `get_team`. */
export function resolveTeam({ keys }: Inputs): string | null {
  const field = readMap(keys.field('monitoring')).at('team');
  const team = readText(field, { default: null, whenNull: null });
  if (team === null || team === '') return null;
  if (!isSafeName(team)) {
    field.error('unsafe-name', `team ${shown(team)} has characters other than letters, digits, ., _ and -`);
  }
  return team;
}
