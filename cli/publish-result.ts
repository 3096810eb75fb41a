import { withoutCredentials } from '../git/git-url.ts';
import type { PublishResult } from '../publish/publish.ts';
import type { PublishTarget } from './publish-target.ts';
import { safeText } from './safe-text.ts';

export interface ResultFacts {
  readonly isJson: boolean;
  readonly target: PublishTarget;
  readonly revision: string | null;
  /** Branch that was pushed to. */
  readonly branch: string;
  readonly proposalUrl: string | null;
  /** Whether an error held something back. */
  readonly isHeldBack: boolean;
}

/** What became of a publish, for people or as JSON. */
export function resultText(result: PublishResult, facts: ResultFacts): string {
  if (facts.isJson) {
    const { kind, ...rest } = result;
    const { facts: _facts, ...plain } = rest as { readonly facts?: unknown };
    const { revision, branch, proposalUrl } = facts;
    return `${JSON.stringify({ version: 1, result: kind, revision, branch, proposalUrl, ...plain }, null, 2)}\n`;
  }
  return `${lines(result, facts).map(safeText).join('\n')}\n`;
}

function lines(
  result: PublishResult,
  { target, revision, branch, proposalUrl, isHeldBack }: ResultFacts,
): readonly string[] {
  const short = (commit: string | null): string => commit?.slice(0, 10) ?? 'no revision';
  switch (result.kind) {
    case 'published': {
      const where = `${withoutCredentials(target.url)}, branch ${branch}`;
      const first = `Published ${short(revision)} as ${short(result.commit)} to ${where}`;
      const subject = result.message.split('\n', 1)[0]!;
      const edits = result.facts.manualEdits.map((path) => `manual edit overwritten: ${path}`);
      return [
        first,
        `  ${subject}`,
        ...edits,
        ...result.facts.holds,
        ...(proposalUrl === null ? [] : [`Pull request: ${proposalUrl}`]),
      ];
    }
    case 'unchanged':
      return [
        isHeldBack
          ? 'Nothing published: an error holds back what it feeds, and the output repository holds the rest already'
          : 'Nothing to publish: the output repository holds this already',
      ];
    case 'superseded': {
      const { by, cluster, relation } = result;
      if (relation === 'older') {
        return [
          `Superseded: ${cluster} was published from ${short(by.revision)}, which is newer than ${short(revision)}; nothing written`,
        ];
      }
      return [
        `Stopped: ${cluster} was published from ${short(by.revision)}, and ${short(revision)} does not follow from it`,
        'fetch the whole history of the configuration; to publish all the same, give --allow-older',
      ];
    }
    case 'held':
      return [
        ...result.holds.map(
          ({ cluster, revision: held }) => `Stopped: ${cluster} is held at ${short(held)}, this is ${short(revision)}`,
        ),
        'end the hold with --resume',
      ];
    case 'manual-edits':
      return ['Stopped: files of ours were changed by hand', ...result.paths.map((path) => `  ${path}`)];
    case 'collision':
      return ['Stopped: files written by hand are in the way', ...result.paths.map((path) => `  ${path}`)];
    case 'refused':
      return [
        ...result.refused.map(
          ({ cluster, instances, of }) =>
            `Stopped: ${instances.length} of ${of} instances of ${cluster} would be removed`,
        ),
        'if that is meant, give --force-prune',
      ];
  }
}
