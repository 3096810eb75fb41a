import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { listServices } from '../compiler/load/index.ts';
import { asGitFailure } from '../git/git-failure.ts';
import { openGit, type SafeGit } from '../git/safe-git.ts';
import { UsageError } from './verb.ts';

/** Paths as they are: no renames, and no program that attributes or configuration name. */
const PLAIN = ['--no-renames', '--relative', '--no-ext-diff', '--no-textconv'];

type Environment = Readonly<Record<string, string | undefined>>;

/** Files in which a service may name another one, or a shared secret. */
const NAMING_FILES = /^(?:(?:kubernetes|eks|adhoc)-.*|service|smartstack)\.yaml$/;

/**
 * Services whose files differ from a git revision (from where the branches parted, untracked files included), and those that
 * may depend on them: their files mention a changed service's namespaces, or a changed shared secret. Undefined: all, since
 * a file that every service depends on changed.
 */
export async function changedServices(
  folders: { readonly soaDir: string; readonly systemConfigDir: string },
  revision: string,
  env: Environment,
): Promise<readonly string[] | undefined> {
  const soa = await changedPaths(folders.soaDir, revision, env);
  const system = await changedPaths(folders.systemConfigDir, revision, env).catch(noRepository);
  const changed = new Set(soa.map((path) => path.split('/', 1)[0]!));
  const isShared = soa.some((path) => !path.includes('/') && !path.startsWith('.'));
  if (isShared || system.length > 0) return undefined;
  const reader = createDiskReader(folders.soaDir);
  const secrets = soa.flatMap((path) => /^_shared\/secrets\/(.+)\.json$/.exec(path)?.[1] ?? []);
  const words = [...[...changed].map((service) => `${service}.`), ...secrets.map((name) => `SHARED_SECRET(${name})`)];
  return listServices(reader).services.filter((service) => changed.has(service) || mentions(reader, service, words));
}

async function changedPaths(dir: string, revision: string, env: Environment): Promise<readonly string[]> {
  const git = openGit({ dir, env });
  const base = await baseOf(git, revision);
  const tracked = await git.run(['diff', '--name-only', ...PLAIN, '-z', base, '--', '.']);
  const untracked = await git.run(['ls-files', '--others', '--exclude-standard', '-z', '--', '.']);
  return `${tracked}${untracked}`.split('\0').filter((path) => path !== '');
}

/** The commit from which the changes count: where the current branch left the revision, else the revision itself. */
async function baseOf(git: SafeGit, revision: string): Promise<string> {
  const commit = await git
    .run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
    .catch((error: unknown) => {
      const { message } = asGitFailure(error);
      throw new UsageError(`--changed-since: ${revision} is no commit here${message === '' ? '' : ` (${message})`}`);
    });
  return (await git.run(['merge-base', commit.trim(), 'HEAD']).catch(() => commit)).trim();
}

/** A system configuration outside of any repository, or outside of this one, has no changes to tell. */
function noRepository(error: unknown): readonly string[] {
  if (error instanceof UsageError) return [];
  asGitFailure(error);
  return [];
}

/** Whether the files of a service mention any of some words. Names are compared as text: too many are found, never too few. */
function mentions(reader: TreeReader, service: string, words: readonly string[]): boolean {
  const listing = reader.list(service);
  if (listing.kind !== 'directory' || words.length === 0) return false;
  return listing.entries.some(({ name }) => {
    if (!NAMING_FILES.test(name)) return false;
    const file = reader.read(`${service}/${name}`);
    if (file.kind !== 'file') return false;
    const text = Buffer.from(file.bytes).toString('utf8');
    return words.some((word) => text.includes(word));
  });
}
