import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { readDesiredSet, type DesiredSet } from '../applier/desired-set.ts';
import { EXIT } from '../applier/exit-status.ts';
import type { Revision } from '../applier/guards.ts';
import { setIdOf } from '../applier/names.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { indexPath } from '../compiler/write/tree-index.ts';
import { asGitFailure } from '../git/git-failure.ts';
import { openGitTree } from '../git/git-tree-reader.ts';
import { openGit } from '../git/safe-git.ts';
import { refuse, type ClusterCall } from './cluster-call.ts';
import type { Io } from './io.ts';
import { INPUT_OPTIONS } from './project-file.ts';
import { safeText } from './safe-text.ts';
import { printedBy } from './sealed-run.ts';
import { isOn, textOf, UsageError, type OptionSpecs, type OptionValues } from './verb.ts';

/** A tree that is broken in more places is broken as a whole. */
const MOST_PROBLEMS = 20;

/** Flags that say which rendered tree is meant, besides --dir. */
export const TREE_OPTIONS: OptionSpecs = {
  rev: { value: 'REV', help: 'read the tree from this git revision instead of the disk' },
  synth: { help: 'render soa-configs first, over a temporary copy of the tree, and take that' },
  ...INPUT_OPTIONS,
};

/** What a cluster should hold. */
export interface RenderedTree {
  readonly desired: DesiredSet;
  readonly revision: Revision;
  /** Errors of the input kept earlier files in place: only with --synth. */
  readonly isHeldBack: boolean;
}

/** The rendered tree that a call names: on disk, at a revision, or made now. */
export async function desiredOf(call: ClusterCall): Promise<RenderedTree> {
  const { values, io } = call;
  const root = treeFolder(call);
  const rev = textOf(values, 'rev');
  if (isOn(values, 'synth')) {
    if (rev !== undefined) throw new UsageError('--synth renders what is on disk: it takes no --rev');
    return synthesised(call, root);
  }
  const { tree, revision } = rev === undefined ? await diskTree(root, io) : await gitTree(root, rev, io);
  return { desired: readUsable(tree, call), revision, isHeldBack: false };
}

/** Renders over a copy of the cluster's earlier output, so that what errors hold back is as it was, and leaves that output alone. */
async function synthesised(call: ClusterCall, root: string): Promise<RenderedTree> {
  const { io, cluster, values } = call;
  const copy = mkdtempSync(join(tmpdir(), 'paasta-gitops-synth-'));
  try {
    for (const path of [`clusters/${cluster}`, indexPath(cluster)])
      if (existsSync(join(root, path))) cpSync(join(root, path), join(copy, path), { recursive: true });
    const { config, 'soa-dir': soaDir, 'system-config-dir': systemConfigDir } = values;
    const input = Object.entries({ config, 'soa-dir': soaDir, 'system-config-dir': systemConfigDir });
    const given = Object.fromEntries(input.filter(([, value]) => value !== undefined)) as OptionValues;
    const force = isOn(values, 'force-prune') ? { 'force-prune': true } : {};
    // Only here: the compiler takes memory that a run on a rendered tree does not need.
    const { synthesiseFleet } = await import('./synth-run.ts');
    const outcome = await synthesiseFleet(
      { values: { ...given, ...force, out: copy, cluster: [cluster] }, words: [], io },
      null,
    );
    const printed = [...printedBy(outcome)].join('');
    io.err(outcome.stderr);
    if (outcome.status === 4) refuse(EXIT.refused, 'synth refuses:', printed.trim().split('\n'));
    if (printed === '') refuse(EXIT.invalid, 'nothing could be rendered');
    const isHeldBack = outcome.status !== 0;
    if (isHeldBack) io.err('warning: what has errors is taken from the earlier output\n');
    const revision = { commit: '', source: () => Promise.resolve(''), isOlderThan: () => Promise.resolve(false) };
    return { desired: readUsable(createDiskReader(copy), call), revision, isHeldBack };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function readUsable(tree: TreeReader, { io, cluster, name }: ClusterCall): DesiredSet {
  const desired = readDesiredSet(tree, cluster, setIdOf(name));
  if (desired.problems.length > 0) {
    const more = desired.problems.length - MOST_PROBLEMS;
    const shown = desired.problems.slice(0, MOST_PROBLEMS);
    refuse(EXIT.invalid, 'the tree cannot be used:', more > 0 ? [...shown, `and ${more} more`] : shown);
  }
  for (const doubt of desired.doubts) io.err(`warning: ${safeText(doubt)}\n`);
  return desired;
}

/** The folder of the rendered tree that `desiredOf` reads, or looks up in a revision. */
export function treeFolder({ values, project, io, cluster }: ClusterCall): string {
  const dir = textOf(values, 'dir');
  if (dir === undefined) return project.out;
  const folder = resolve(io.cwd, dir);
  return basename(folder) === cluster && basename(dirname(folder)) === 'clusters' ? dirname(dirname(folder)) : folder;
}

async function diskTree(root: string, io: Io): Promise<{ tree: TreeReader; revision: Revision }> {
  if (!existsSync(root)) refuse(EXIT.invalid, `there is no folder ${root}`);
  const git = gitAt(root, io);
  const ask = async (args: readonly string[]): Promise<string | null> => git(args);
  const isClean = (await ask(['status', '--porcelain', '--', root])) === '';
  const commit = isClean ? ((await ask(['rev-parse', '--verify', 'HEAD'])) ?? '') : '';
  return { tree: createDiskReader(root), revision: revisionOf(commit, git) };
}

async function gitTree(root: string, rev: string, io: Io): Promise<{ tree: TreeReader; revision: Revision }> {
  let folder = root;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const git = gitAt(folder, io);
  const top = await git(['rev-parse', '--show-toplevel']);
  if (top === null) refuse(EXIT.invalid, `${root} is in no git repository, so --rev has no meaning`);
  try {
    const tree = await openGitTree(openGit({ dir: top, env: io.env }), rev, relative(top, root).split('\\').join('/'));
    return { tree, revision: revisionOf(tree.commit, git) };
  } catch (error) {
    refuse(EXIT.invalid, asGitFailure(error).message);
  }
}

type AskGit = (args: readonly string[]) => Promise<string | null>;

/** Trimmed output of git in a folder; null when it fails. */
function gitAt(dir: string, io: Io): AskGit {
  return async (args) => {
    try {
      return (await openGit({ dir, env: io.env }).run(args)).trim();
    } catch {
      return null;
    }
  };
}

function revisionOf(commit: string, git: AskGit): Revision {
  return {
    commit,
    source: async () => {
      const format = '--format=%(trailers:key=Source-Revision,valueonly,separator=%x2C)';
      return commit === '' ? '' : ((await git(['log', '-1', format, commit, '--', '.'])) ?? '');
    },
    isOlderThan: async (other) =>
      /^[0-9a-f]{40,64}$/.test(other) && (await git(['merge-base', commit, other])) === commit,
  };
}
