import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap } from '../compiler/model/yaml-value.ts';
import { GitFailure } from '../git/git-failure.ts';
import { byFolder, codeowners, type OwnedFile, type Ownership } from '../publish/codeowners.ts';
import { publishedClusters } from '../publish/published-files.ts';
import { documentsOf, objectsOf } from '../review/output-files.ts';
import { workloadFacts } from '../review/workload-facts.ts';
import { reportStyle } from './frames.ts';
import { placeOf, workingTrees } from './input-revision.ts';
import type { Io } from './io.ts';
import { INPUT_OPTIONS, loadProject, type Project } from './project.ts';
import { formatDiagnostics, formatProblem } from './report.ts';
import { soaOwners } from './soa-owners.ts';
import { textOf, UsageError, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'codeowners',
  usage: 'codeowners [--for manifests|soa-configs] [--out DIR] [--owner-format TEXT]',
  description: `
Prints a CODEOWNERS file: who is asked to review the manifests of which service or, with --for soa-configs, its configuration. The
owner of a team is publish.owners.TEAM in the project file, else --owner-format with {team} replaced. Paths start at the top of
the output tree, or of the repository that holds the soa-configs.

Exit status: 0 printed, 2 wrong usage, or no manifests are rendered yet.`,
  options: {
    ...INPUT_OPTIONS,
    for: { value: 'TREE', choices: ['manifests', 'soa-configs'], help: 'which tree it is for (default: manifests)' },
    out: { value: 'DIR', help: 'output tree (default: project file, else dist)' },
    'owner-format': { value: 'TEXT', help: 'name of a team at the host (default: "@{team}")' },
  },
  async run({ values, io }) {
    const { project, diagnostics } = loadProject(values, io);
    if (diagnostics.length > 0) {
      io.err(formatDiagnostics(diagnostics, reportStyle(project, io)));
      return 2;
    }
    const format = textOf(values, 'owner-format') ?? '@{team}';
    if (!/^@[\w./{}-]+$/.test(format)) throw new UsageError('--owner-format is "@", and a name with {team} in it');
    const { owners } = project.publish;
    const handleOf = (team: string): string => {
      const set =
        isMap(owners ?? null) && Object.hasOwn(owners as object, team)
          ? (owners as Record<string, unknown>)[team]
          : undefined;
      return typeof set === 'string' ? set.replace(/\s+/g, ' ') : format.replace('{team}', team);
    };
    const isForInput = textOf(values, 'for') === 'soa-configs';
    try {
      io.out(codeowners(isForInput ? await inputOwners(project, io) : byFolder(ownedFiles(project)), handleOf));
      return 0;
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      io.err(formatProblem(error.message));
      return 1;
    }
  },
};

/** Paths start at the top of the repository, or of the soa-configs where there is none. */
async function inputOwners(project: Project, io: Io): Promise<readonly Ownership[]> {
  const folder = (await placeOf(project.soaDir, io))?.folder ?? '';
  return soaOwners(workingTrees(project), folder === '' ? '' : `${folder}/`);
}

function ownedFiles({ out }: Project): readonly OwnedFile[] {
  const clusters = publishedClusters(out);
  if (clusters.every(({ files }) => files.size === 0)) {
    throw new UsageError(`nothing is rendered in ${out}: run "paasta-gitops synth" first`);
  }
  return clusters.flatMap(({ cluster, files }) =>
    [...files].flatMap(([path, { service, instance }]) => {
      if (service === null || instance === null) return [];
      const content = readFileSync(join(out, path), 'utf8');
      const objects = objectsOf(documentsOf([{ path, content, cluster, service, instance }]));
      const facts = workloadFacts(objects);
      return facts === null ? [] : [{ path, team: facts.team }];
    }),
  );
}
