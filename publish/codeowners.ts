import { compareText } from '../compiler/diagnostics/diagnostic.ts';

/** A file of the output tree and the team behind it; null: it has none. */
export interface OwnedFile {
  readonly path: string;
  readonly team: string | null;
}

/** A folder (with a slash at the end) or a file, and the teams that are asked when it changes. */
export interface Ownership {
  readonly path: string;
  readonly teams: readonly string[];
}

/**
 * Lines of a CODEOWNERS file, sorted by path: later lines win there, so that files come after their folder. `handleOf` gives a team's
 * name at the host.
 */
export function codeowners(ownerships: readonly Ownership[], handleOf: (team: string) => string): string {
  const lines = [...ownerships]
    .sort((a, b) => compareText(a.path, b.path))
    .map(({ path, teams }) => `/${path} ${teams.map(handleOf).join(' ')}`);
  return ['# Made by "paasta-gitops codeowners" from the teams of the instances.', ...lines, ''].join('\n');
}

/** One entry for a folder whose files belong to one team, else one for each file. Files without a team have none. */
export function byFolder(files: readonly OwnedFile[]): readonly Ownership[] {
  const folders = new Map<string, Ownership[]>();
  for (const { path, team } of files) {
    if (team === null) continue;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), { path, teams: [team] }]);
  }
  return [...folders].flatMap(([path, owned]) => {
    const teams = [...new Set(owned.flatMap((each) => each.teams))];
    return teams.length === 1 ? [{ path, teams }] : owned;
  });
}
