import { HOSTS, repositoryOf } from '../publish/hosts/index.ts';
import { HostFailure } from '../publish/hosts/host.ts';
import type { PublishResult } from '../publish/publish.ts';
import { reviewMarkdown } from '../review/markdown.ts';
import type { Io } from './io.ts';
import type { PublishTarget } from './publish-target.ts';
import { safeText } from './safe-text.ts';

/** Makes the pull request of what was pushed, or prints it; its URL when there is one. Throws a HostFailure. */
export async function propose(
  { host: name, url, branch }: PublishTarget,
  head: string,
  { message, facts }: Extract<PublishResult, { kind: 'published' }>,
  io: Io,
): Promise<string | null> {
  const title = message.split('\n', 1)[0]!;
  const body = reviewMarkdown(facts.review, safeText);
  if (name === 'print' || name === null) {
    io.out(`${title}\n\n${body}`);
    return null;
  }
  const host = HOSTS[name];
  const token = host.tokenVariables.map((variable) => io.env[variable]).find((value) => (value ?? '') !== '');
  if (token === undefined) {
    throw new HostFailure(
      `the branch ${head} is pushed; a pull request needs a token in ${host.tokenVariables.join(' or ')}`,
    );
  }
  const place = repositoryOf(url);
  const apiUrl = io.env[host.apiVariable] ?? (place === null ? undefined : host.apiUrl(place.host));
  const repository = io.env['PAASTA_GITOPS_PR_REPOSITORY'] ?? place?.repository;
  if (apiUrl === undefined || repository === undefined) throw new HostFailure('the output repository is at no host');
  const made = await host.propose(
    { apiUrl: apiUrl.replace(/\/+$/, ''), repository, token },
    { head, base: branch, title, body },
  );
  return made.url;
}
