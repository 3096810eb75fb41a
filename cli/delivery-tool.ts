import { mkdirSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { isSafeName } from '../compiler/model/names.ts';
import { withoutCredentials } from '../git/git-url.ts';
import type { ToolSource } from '../publish/delivery-tools.ts';
import { writeText } from './file-problem.ts';
import { reportStyle } from './frames.ts';
import { loadProject, type Project } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { textOf, textsOf, UsageError, type Call, type OptionSpecs } from './verb.ts';

/** Flags of `argocd generate` and `flux generate`. */
export const TOOL_OPTIONS: OptionSpecs = {
  cluster: { short: 'c', value: 'CLUSTER', multiple: true, help: 'only this cluster (repeatable)' },
  repo: { value: 'URL', help: 'output repository (default: publish.repo of the project file)' },
  branch: { value: 'BRANCH', help: 'its branch (default: publish.branch, else main)' },
  folder: { value: 'DIR', help: 'folder of the output tree in it (default: publish.folder, else its top)' },
  out: {
    value: 'DIR',
    help: 'write one file a cluster here, not to standard output; never below clusters/ of the output tree',
  },
};

/** What to generate for: the clusters of a tool, and where it reads from. */
export interface ToolCall {
  readonly project: Project;
  readonly clusters: readonly string[];
  readonly source: ToolSource;
}

/** Runs a generator for the clusters whose `delivery` is the tool's; `fileOf` gives the text of a cluster's file. */
export function runTool(
  call: Call,
  tool: 'argocd' | 'flux',
  fileOf: (cluster: string, about: ToolCall) => string,
): number {
  const { values, words, io } = call;
  if (words[0] !== 'generate') throw new UsageError(`unknown "${words[0] ?? ''}": use "${tool} generate"`);
  const out = textOf(values, 'out');
  const { out: _, ...others } = values;
  const { project, diagnostics, unknownClusters } = loadProject(others, io);
  if (diagnostics.length > 0) {
    io.err(formatDiagnostics(diagnostics, reportStyle(project, io)));
    return 2;
  }
  const about = {
    project,
    clusters: clustersOf(project, tool, textsOf(values, 'cluster')),
    source: sourceOf(call, project),
  };
  io.err(formatDiagnostics(unknownClusters(), reportStyle(project, io)));
  if (out === undefined) {
    const [head, ...rest] = about.clusters.map((cluster) => fileOf(cluster, about));
    io.out([head, ...rest].join('---\n'));
    return 0;
  }
  const folder = resolve(io.cwd, out);
  refuseReconciled(folder, project);
  mkdirSync(folder, { recursive: true });
  for (const cluster of about.clusters) {
    const file = join(folder, `${tool}-${cluster}.yaml`);
    writeText(file, fileOf(cluster, about));
    io.out(`${relative(io.cwd, file)}\n`);
  }
  return 0;
}

function clustersOf({ clusters }: Project, tool: string, wanted: readonly string[]): readonly string[] {
  const own = Object.keys(clusters).filter((cluster) => clusters[cluster]!.delivery === tool && isSafeName(cluster));
  const unknown = wanted.find((cluster) => !own.includes(cluster));
  if (unknown !== undefined) throw new UsageError(`clusters.${unknown}.delivery is not ${tool} in the project file`);
  if (own.length === 0) throw new UsageError(`no cluster has "delivery: ${tool}" in the project file`);
  return (wanted.length > 0 ? [...wanted] : own).sort(compareText);
}

function sourceOf({ values }: Call, { publish }: Project): ToolSource {
  const setting = (key: string): string | undefined => {
    const value = Object.hasOwn(publish, key) ? publish[key] : undefined;
    return textOf(values, key) ?? (typeof value === 'string' ? value : undefined);
  };
  const repo = setting('repo');
  if (repo === undefined) throw new UsageError('which output repository? give --repo URL, or set publish.repo');
  const folder = (setting('folder') ?? '')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  return { repoUrl: withoutCredentials(repo), branch: setting('branch') ?? 'main', folder };
}

/** What a tool reconciles must not hold the objects that make it do so: it would prune itself. */
function refuseReconciled(folder: string, { out }: Project): void {
  const inside = relative(join(out, 'clusters'), folder);
  if (inside === '' || !inside.startsWith('..'))
    throw new UsageError(`--out lies in what the tool reconciles (${join(out, 'clusters')})`);
}

/** Namespace folders of a cluster in the output tree, sorted. */
export function namespaceFolders({ out }: Project, cluster: string): readonly string[] {
  const folder = join(out, 'clusters', cluster);
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== '_cluster' && isSafeName(entry.name))
      .map(({ name }) => name)
      .sort(compareText);
  } catch {
    throw new UsageError(`there is no ${folder}: run "paasta-gitops synth" first`);
  }
}
