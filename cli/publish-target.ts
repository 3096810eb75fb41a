import { resolve } from 'node:path';
import { isMap } from '../compiler/model/yaml-value.ts';
import { checkGitUrl, withoutCredentials } from '../git/git-url.ts';
import type { PublishOptions } from '../publish/publish.ts';
import type { Project } from './project.ts';
import { isOn, textOf, UsageError, type Call, type OptionSpecs } from './verb.ts';

/** Flags that say where and how to publish. */
export const PUBLISH_OPTIONS: OptionSpecs = {
  repo: { value: 'URL|PATH', help: 'output repository (default: publish.repo of the project file)' },
  branch: { value: 'BRANCH', help: 'branch with the published state (default: publish.branch, else main)' },
  folder: { value: 'DIR', help: 'folder of the output tree in the repository (default: publish.folder, else its top)' },
  rev: { value: 'REV', help: 'revision of the configuration to publish (default: HEAD)' },
  pr: {
    value: 'HOST',
    choices: ['github', 'gitlab', 'gitea', 'print'],
    help: 'make a pull request at this host (default: publish.pr); print: only print title and text',
  },
  rolling: { help: 'one branch for pull requests, updated by commits, not one a revision' },
  'on-manual-edit': {
    value: 'overwrite|fail',
    choices: ['overwrite', 'fail'],
    help: 'what to do about files of ours changed by hand',
  },
  'force-prune': { help: 'remove more than half of a cluster, or a whole one' },
  'rebuild-index': { help: 'find our files again by their first line when the index is lost' },
  'allow-older': { help: 'go back to an older revision and hold it there' },
  resume: { help: 'end a hold' },
  sign: { help: 'sign the commit with the key that git is configured for' },
  signoff: { help: 'add Signed-off-by' },
  'allow-file': { help: 'allow a repository on this machine' },
};

export type PublishTarget = Pick<
  PublishOptions,
  'branch' | 'folder' | 'identity' | 'onManualEdit' | 'allowsOlder' | 'resumes'
> & {
  readonly url: string;
  readonly revision: string;
  readonly host: 'github' | 'gitlab' | 'gitea' | 'print' | null;
  /** Branch of a pull request. */
  proposalBranch(clusters: readonly string[] | null, commit: string | null): string;
};

const DEFAULT_AUTHOR = 'paasta-gitops <paasta-gitops@localhost>';

/** Where to publish: flags, then the project file. What cannot be used is a UsageError. */
export function publishTarget({ values, io }: Call, project: Project): PublishTarget {
  const setting = (key: string): string | undefined => {
    const value = isMap(project.publish) && Object.hasOwn(project.publish, key) ? project.publish[key] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const given = textOf(values, 'repo');
  const repo = given === undefined ? setting('repo') : given;
  if (repo === undefined) throw new UsageError('which output repository? give --repo URL, or set publish.repo');
  const url = repositoryUrl(repo, given === undefined ? project.root : io.cwd);
  const refused = checkGitUrl(url, isOn(values, 'allow-file'));
  if (refused !== null) throw new UsageError(`${withoutCredentials(url)}: ${refused.problem}; ${refused.hint}`);
  const host = textOf(values, 'pr') ?? setting('pr') ?? null;
  if (host !== null && !isHost(host))
    throw new UsageError(`publish.pr is github, gitlab, gitea or print; found "${host}"`);
  const isRolling = isOn(values, 'rolling');
  return {
    url,
    host,
    branch: branchOf(textOf(values, 'branch') ?? setting('branch') ?? 'main'),
    folder: folderOf(textOf(values, 'folder') ?? setting('folder') ?? ''),
    revision: textOf(values, 'rev') ?? 'HEAD',
    identity: authorOf(setting('author') ?? DEFAULT_AUTHOR),
    onManualEdit: textOf(values, 'on-manual-edit') === 'fail' ? 'fail' : 'overwrite',
    allowsOlder: isOn(values, 'allow-older'),
    resumes: isOn(values, 'resume'),
    proposalBranch(clusters, commit) {
      const about = clusters?.length === 1 ? clusters[0]! : 'all';
      return `paasta-gitops/${about}${isRolling || commit === null ? '' : `/${commit.slice(0, 12)}`}`;
    },
  };
}

function isHost(text: string): text is 'github' | 'gitlab' | 'gitea' | 'print' {
  return ['github', 'gitlab', 'gitea', 'print'].includes(text);
}

function branchOf(name: string): string {
  const isPlain = /^[A-Za-z0-9_][A-Za-z0-9._/+-]*$/.test(name);
  if (isPlain && !/\.\.|\/\/|\/\.|\.lock(\/|$)|[./]$/.test(name)) return name;
  throw new UsageError(`${JSON.stringify(name)} is not the name of a branch`);
}

function folderOf(path: string): string {
  if (path.startsWith('/'))
    throw new UsageError(
      `${JSON.stringify(path)} is not below the top of the output repository: leave out the leading "/"`,
    );
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part))) return parts.join('/');
  throw new UsageError(`${JSON.stringify(path)} is not a folder in the output repository`);
}

function authorOf(text: string): PublishTarget['identity'] {
  const match = /^([^<>\n]+?) <([^<>\s]+@[^<>\s]+)>$/.exec(text);
  if (match === null) throw new UsageError('publish.author has the form "Name <mail@host>"');
  return { name: match[1]!, email: match[2]! };
}

/** The repository as git takes it: a path is absolute. */
function repositoryUrl(given: string, cwd: string): string {
  return /^(?:\.{0,2}\/|\.{1,2}$)/.test(given) ? resolve(cwd, given) : given;
}
