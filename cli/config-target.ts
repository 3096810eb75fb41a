import { hostname } from 'node:os';
import { DeliveryProblem } from '../delivery/problem.ts';
import type { ConfigTarget, Identity } from '../delivery/files/config-repository.ts';
import { asGitFailure } from '../git/git-failure.ts';
import { checkGitUrl, withoutCredentials } from '../git/git-url.ts';
import { openGit, type SafeGit } from '../git/safe-git.ts';
import type { Delivery } from './delivery-call.ts';
import { version } from './version.ts';
import { textOf, UsageError, type OptionSpecs } from './verb.ts';

/** Flags that say where commits to the configuration go. */
export const CONFIG_REPOSITORY_OPTIONS: OptionSpecs = {
  'config-repo': { value: 'URL', help: "configuration repository (default: origin of the soa dir's checkout)" },
  base: { value: 'BRANCH', help: 'branch that holds the deployed state (default: what the checkout follows)' },
  branch: { value: 'BRANCH', help: 'commit to this branch, for a pull request, instead of the base' },
};

/** Where and as whom a verb commits. */
export interface ConfigRepository extends ConfigTarget {
  readonly identity: Identity;
  /** `paasta-gitops/1.2.3` */
  readonly generator: string;
  /** Path of the soa dir in the repository, empty or with `/` at its end. */
  readonly prefix: string;
  /** Path of a service's deployments.json in the repository. */
  pathOf(service: string): string;
}

/**
 * The configuration repository: flags first, then what the checkout that holds the soa dir says. The checkout itself is only
 * read: commits are made in a repository of their own and pushed.
 */
export async function configRepositoryOf({
  values,
  project,
  io,
  allowFile,
  actor,
}: Delivery): Promise<ConfigRepository> {
  const git = openGit({ dir: project.soaDir, env: io.env, allowFile });
  const prefix = await ask(git, ['rev-parse', '--show-prefix']);
  if (prefix === null) {
    throw new DeliveryProblem(
      `${project.soaDir} is not in a git repository`,
      'changing deployments.json by commits needs a checkout of the configuration repository',
    );
  }
  const url = textOf(values, 'config-repo') ?? (await ask(git, ['config', '--get', 'remote.origin.url']));
  if (url === null)
    throw new DeliveryProblem('the checkout of the soa dir has no remote "origin"', 'give --config-repo URL');
  const refused = checkGitUrl(url, allowFile);
  if (refused !== null) throw new DeliveryProblem(`${withoutCredentials(url)}: ${refused.problem}`, refused.hint);
  const base = textOf(values, 'base') ?? (await followedBranch(git));
  if (base === null) throw new DeliveryProblem('the checkout of the soa dir is on no branch', 'give --base BRANCH');
  const branch = textOf(values, 'branch') ?? base;
  for (const name of [base, branch]) await refuseBadBranch(git, name);
  return {
    url,
    base,
    branch,
    identity: await identityOf(git, actor.user),
    generator: `paasta-gitops/${version()}`,
    prefix,
    pathOf: (service) => `${prefix}${service}/deployments.json`,
  };
}

async function followedBranch(git: SafeGit): Promise<string | null> {
  const own = await ask(git, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  if (own === null) return null;
  const merge = await ask(git, ['config', '--get', `branch.${own}.merge`]);
  return merge?.startsWith('refs/heads/') ? merge.slice('refs/heads/'.length) : own;
}

async function refuseBadBranch(git: SafeGit, name: string): Promise<void> {
  if (
    /^[A-Za-z0-9._][A-Za-z0-9._/+-]*$/.test(name) &&
    (await ask(git, ['check-ref-format', `refs/heads/${name}`])) !== null
  )
    return;
  throw new UsageError(`${JSON.stringify(name)} is not the name of a branch`);
}

/** Who git would say commits in the checkout; somebody without a name in git is known by login and machine. */
async function identityOf(git: SafeGit, user: string): Promise<Identity> {
  const ident = await ask(git, ['var', 'GIT_AUTHOR_IDENT']);
  const match = /^(.+) <([^<>]*)> \d+ [+-]\d{4}$/.exec(ident ?? '');
  return match === null ? { name: user, email: `${user}@${hostname()}` } : { name: match[1]!, email: match[2]! };
}

/** Trimmed output of a command, or null when it ends with a non-zero status. */
async function ask(git: SafeGit, args: readonly string[]): Promise<string | null> {
  try {
    return (await git.run(args)).trim();
  } catch (error) {
    const failure = asGitFailure(error);
    if (failure.kind === 'no-git' || failure.kind === 'timeout') throw failure;
    return null;
  }
}
