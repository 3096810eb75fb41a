import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap } from '../compiler/model/yaml-value.ts';
import { codeowners, type OwnedFile } from '../publish/codeowners.ts';
import { publishedClusters } from '../publish/published-files.ts';
import { documentsOf, objectsOf } from '../review/output-files.ts';
import { workloadFacts } from '../review/workload-facts.ts';
import { loadProject, type Project } from './project.ts';
import { rootPrefixes } from './frames.ts';
import { formatDiagnostics } from './report.ts';
import { textOf, UsageError, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'codeowners',
  summary: 'generate CODEOWNERS for the output tree from the teams of instances',
  usage: 'codeowners [--out DIR] [--owner-format TEXT]',
  description: `
Prints a CODEOWNERS file for the output tree: who is asked to review the manifests of which service. The owner of a team is
publish.owners.TEAM in the project file, else --owner-format with {team} replaced.

Exit status: 0 printed, 2 wrong usage.`,
  options: {
    out: { value: 'DIR', help: 'output tree (default: project file, else dist)' },
    'owner-format': { value: 'TEXT', help: 'name of a team at the host (default: "@{team}")' },
  },
  run({ values, io }) {
    const { project, diagnostics } = loadProject(values, io);
    if (diagnostics.length > 0) {
      io.err(formatDiagnostics(diagnostics, { hasColor: io.hasColor, prefix: rootPrefixes(project, io.cwd) }));
      return Promise.resolve(2);
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
    io.out(codeowners(ownedFiles(project), handleOf));
    return Promise.resolve(0);
  },
};

function ownedFiles({ out }: Project): readonly OwnedFile[] {
  return publishedClusters(out).flatMap(({ cluster, files }) =>
    [...files].flatMap(([path, { service, instance }]) => {
      if (service === null || instance === null) return [];
      const content = readFileSync(join(out, path), 'utf8');
      const objects = objectsOf(documentsOf([{ path, content, cluster, service, instance }]));
      const facts = workloadFacts(objects);
      return facts === null ? [] : [{ path, team: facts.team }];
    }),
  );
}
