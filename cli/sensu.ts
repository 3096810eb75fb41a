import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { JsonMap } from '../compiler/emit/json-data.ts';
import { emitDocuments } from '../compiler/emit/yaml.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { isSafeName } from '../compiler/model/names.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { GitFailure } from '../git/git-failure.ts';
import { openGitTree } from '../git/git-tree-reader.ts';
import { resourceChanges, type ResourceChanges } from '../monitoring/sensu/resource-changes.ts';
import { readResources, resourceId, sensuClusters } from '../monitoring/sensu/resource-tree.ts';
import { writeText } from './file-problem.ts';
import { placeOf } from './input-revision.ts';
import type { Io } from './io.ts';
import { loadProject, type Project } from './project.ts';
import { safeText } from './safe-text.ts';
import { textOf, UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'sensu',
  usage: 'sensu diff OLD NEW [-c CLUSTER] [--write DIR]',
  description: `
Compares the Sensu resources of two rendered trees, each a folder or a git revision of the repository that holds --out, and lists
what to delete and what to create. With --write, each cluster gets DIR/CLUSTER/delete.yaml and create.yaml, for
"sensuctl delete -f" and "sensuctl create -f"; a file that would be empty is not there.

Exit status: 0, 1 when a tree cannot be read, 2 wrong usage.`,
  words: { min: 3, max: 3 },
  options: {
    cluster: { short: 'c', value: 'CLUSTER', help: 'only this cluster' },
    out: { value: 'DIR', help: 'rendered tree whose repository has the revisions (default: project file, else dist)' },
    write: { value: 'DIR', help: 'write files for sensuctl into this folder' },
  },
  run,
};

async function run({ values, words, io }: Call): Promise<number> {
  const [what, before, after] = words as [string, string, string];
  if (what !== 'diff') throw new UsageError(`sensu does "diff"; found "${safeText(what)}"`);
  const { project, diagnostics } = loadProject(values, io);
  const trees = await Promise.all([before, after].map((name) => treeOf(name, project, io)));
  const [old, now] = trees as [TreeReader | string, TreeReader | string];
  const unreadable = [...diagnostics.map(({ message }) => message), ...[old, now].filter((t) => typeof t === 'string')];
  if (typeof old === 'string' || typeof now === 'string' || unreadable.length > 0) return fail(io, unreadable);
  const cluster = textOf(values, 'cluster');
  const all = [...new Set([...sensuClusters(old), ...sensuClusters(now)])].filter(isSafeName);
  const clusters = cluster === undefined ? all : all.filter((name) => name === cluster);
  for (const name of clusters) {
    const [from, to] = [readResources(old, name), readResources(now, name)];
    const problems = [...from.problems, ...to.problems];
    if (problems.length > 0) return fail(io, problems);
    const changes = resourceChanges(from, to);
    for (const resource of changes.deleted) io.out(`${name}: delete ${safeText(resourceId(resource))}\n`);
    for (const resource of changes.created) {
      const verbOf = from.resources.has(resourceId(resource)) ? 'update' : 'create';
      io.out(`${name}: ${verbOf} ${safeText(resourceId(resource))}\n`);
    }
    const folder = textOf(values, 'write');
    if (folder !== undefined) writeChanges(join(resolve(io.cwd, folder), name), changes);
  }
  if (clusters.length === 0) {
    const others = all.length > 0 ? `; there are some of ${all.join(', ')}` : '';
    io.out(`neither tree has resources of Sensu${cluster === undefined ? '' : ` of ${safeText(cluster)}${others}`}\n`);
  }
  return 0;
}

/** A folder as it is on disk, else the rendered tree at a revision; a text that says why there is neither. */
async function treeOf(name: string, project: Project, io: Io): Promise<TreeReader | string> {
  const folder = resolve(io.cwd, name);
  if (existsSync(folder) && statSync(folder).isDirectory()) return createDiskReader(folder);
  if (!existsSync(project.out))
    return `${name} is no folder, and there is no rendered tree whose revisions it could be`;
  try {
    const place = await placeOf(project.out, io);
    if (place === null) return `${name} is no folder, and ${project.out} is in no git repository`;
    return await openGitTree(place.git, name, place.folder);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return `${name} is neither a folder nor a revision that has the rendered tree`;
  }
}

function writeChanges(folder: string, { created, deleted }: ResourceChanges): void {
  const files: readonly (readonly [string, readonly JsonMap[]])[] = [
    ['delete.yaml', deleted],
    ['create.yaml', created],
  ];
  mkdirSync(folder, { recursive: true });
  for (const [name, resources] of files) {
    if (resources.length === 0) rmSync(join(folder, name), { force: true });
    else writeText(join(folder, name), emitDocuments(resources));
  }
}

function fail(io: Io, problems: readonly string[]): number {
  for (const problem of problems) io.err(`paasta-gitops sensu: ${safeText(problem)}\n`);
  return 1;
}
