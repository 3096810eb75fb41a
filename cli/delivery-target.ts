import type { ServiceSources } from '../compiler/model/service-sources.ts';
import type { FileContext } from '../delivery/files/file-actions.ts';
import { isFileSourced } from '../delivery/files/read-deployments.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { commitsStartingWith } from '../delivery/refs/remote-refs.ts';
import { problemWithGroup, problemWithImageVersion } from '../delivery/refs/tag-names.ts';
import { gitUrlOf } from '../delivery/service-facts.ts';
import { openCodeRepository, type CodeRepository } from '../delivery/tags/code-repository.ts';
import { checkGitUrl, withoutCredentials } from '../git/git-url.ts';
import { withScratchRepository } from '../git/scratch-repository.ts';
import { configRepositoryOf, CONFIG_REPOSITORY_OPTIONS } from './config-target.ts';
import type { Delivery } from './delivery-call.ts';
import { textOf, UsageError, type OptionSpecs } from './verb.ts';

/** Seconds until a git command is given up. PaaSTA: `list_remote_refs`. */
const GIT_SECONDS = 60;

/** Flags of verbs that change what is deployed. */
export const TARGET_OPTIONS: OptionSpecs = {
  mode: {
    value: 'tag|file',
    choices: ['tag', 'file'],
    help: 'tags in the code repository, or commits to deployments.json (default: what deployments.json says it comes from)',
  },
  'git-url': { short: 'u', value: 'URL', help: "code repository (default: git_url of the service's service.yaml)" },
  ...CONFIG_REPOSITORY_OPTIONS,
};

/** Where a verb writes: tags, or deployments.json. Tags of the code repository can be read in both modes. */
export type DeliveryTarget =
  | { readonly mode: 'tag'; readonly code: () => CodeRepository }
  | { readonly mode: 'file'; readonly code: () => CodeRepository; readonly file: FileContext };

/** Runs a task with the target that the flags and the service's own deployments.json name. */
export async function withTarget<T>(
  delivery: Delivery,
  sources: ServiceSources,
  task: (target: DeliveryTarget) => Promise<T>,
): Promise<T> {
  const { io, allowFile } = delivery;
  const mode = modeOf(delivery, sources.service);
  return withScratchRepository({ env: io.env, allowFile, timeoutSeconds: GIT_SECONDS }, async (git) => {
    const code = (): CodeRepository => openCodeRepository(git, codeUrlOf(delivery, sources));
    if (mode === 'tag') return task({ mode, code });
    const { pathOf, identity, generator, url, base, branch } = await configRepositoryOf(delivery);
    const target = { url, base, branch };
    const { service } = sources;
    const mayTakeOver = textOf(delivery.values, 'mode') === 'file';
    const { clock } = delivery;
    const file = { git, clock, target, identity, generator, service, path: pathOf(service), mayTakeOver };
    return task({ mode, code, file });
  });
}

/**
 * How a service is deployed: what `--mode` says, else `file` where its deployments.json says that commits change it. Tags would have no
 * effect on such a file.
 */
function modeOf({ values, soa }: Delivery, service: string): 'tag' | 'file' {
  const given = textOf(values, 'mode');
  const found = soa.read(`${service}/deployments.json`);
  const isInFile = found.kind === 'file' && isFileSourced(Buffer.from(found.bytes).toString('utf8'));
  if (given === 'tag' && isInFile) {
    throw new DeliveryProblem(
      `${service}/deployments.json has "source": "file": no tag changes what it says`,
      'leave --mode out, or take "source" out of the file to deploy by tags from now on',
    );
  }
  return given === 'file' || isInFile ? 'file' : 'tag';
}

function codeUrlOf({ values, allowFile }: Delivery, { service, serviceYaml }: ServiceSources): string {
  const url = textOf(values, 'git-url') ?? gitUrlOf(service, serviceYaml);
  if (url === null) {
    throw new DeliveryProblem(
      `${service} has no code repository: its git_url is null`,
      'give --git-url URL, or set git_url',
    );
  }
  if (typeof url === 'object') throw new DeliveryProblem(url.problem);
  const refused = checkGitUrl(url, allowFile);
  if (refused === null) return url;
  throw new DeliveryProblem(`git URL ${JSON.stringify(withoutCredentials(url))}: ${refused.problem}`, refused.hint);
}

/** A deploy group from a flag; names that no tag can carry are refused. */
export function checkedGroup(group: string): string {
  const problem = problemWithGroup(group);
  if (problem === null) return group;
  throw new UsageError(`deploy group ${JSON.stringify(group)}: ${problem}`);
}

/** The image version from a flag, or null. */
export function imageVersionFlag({ values }: Delivery): string | null {
  const version = textOf(values, 'image-version') ?? null;
  const problem = version === null ? null : problemWithImageVersion(version);
  if (problem === null) return version;
  throw new UsageError(`image version ${JSON.stringify(version)}: ${problem}`);
}

/** A full commit id; a short one is looked up among the commits that refs of the code repository lead to. */
export async function fullCommit(given: string, code: () => CodeRepository): Promise<string> {
  if (!/^[0-9a-f]{4,40}$/.test(given)) {
    throw new UsageError(`${JSON.stringify(given)} is no commit id: give 4 to 40 hex digits, lower case`);
  }
  if (given.length === 40) return given;
  const found = commitsStartingWith(await code().refs('all'), given);
  if (found.length === 1) return found[0]!;
  throw new DeliveryProblem(
    `${given} stands for ${found.length} commits that a branch or tag leads to; it must be exactly 1`,
    'give the whole commit id',
  );
}
