import { compareText } from '../compiler/diagnostics/diagnostic.ts';

/** A file of the output tree, or of soa-configs, and the team behind it; null: it has none. */
export interface OwnedFile {
  readonly path: string;
  readonly team: string | null;
}

/**
 * Lines of a CODEOWNERS file: one for a folder whose files belong to one team, else one for each file. `handleOf` gives a team's name at
 * the host. Later lines win there, so that files come after folders. Files without a team have no line.
 */
export function codeowners(files: readonly OwnedFile[], handleOf: (team: string) => string): string {
  const folders = new Map<string, OwnedFile[]>();
  for (const file of files) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const lines = [...folders.keys()].sort(compareText).flatMap((folder) => {
    const own = folders.get(folder)!.filter(({ team }) => team !== null);
    const teams = new Set(own.map(({ team }) => team!));
    if (teams.size === 1) return [`/${folder} ${handleOf([...teams][0]!)}`];
    return own.sort((a, b) => compareText(a.path, b.path)).map(({ path, team }) => `/${path} ${handleOf(team!)}`);
  });
  return ['# Made by "paasta-gitops codeowners" from the teams of the instances.', ...lines, ''].join('\n');
}
