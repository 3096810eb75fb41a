import { proposeToGitea } from './gitea.ts';
import { proposeToGithub } from './github.ts';
import { proposeToGitlab } from './gitlab.ts';
import type { HostTarget, ProposeTo } from './host.ts';

/** A host that pull requests are opened at. */
export interface Host {
  readonly propose: ProposeTo;
  /** Environment variables that may hold the token, the first that is set counts. */
  readonly tokenVariables: readonly string[];
  /** Environment variable with the root of the API, as the host's own CI sets it. */
  readonly apiVariable: string;
  /** Root of the API of an installation. */
  apiUrl(host: string): string;
}

export const HOSTS: Readonly<Record<'github' | 'gitlab' | 'gitea', Host>> = {
  github: {
    propose: proposeToGithub,
    tokenVariables: ['GITHUB_TOKEN', 'GH_TOKEN'],
    apiVariable: 'GITHUB_API_URL',
    apiUrl: (host) => (host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`),
  },
  gitlab: {
    propose: proposeToGitlab,
    tokenVariables: ['GITLAB_TOKEN'],
    apiVariable: 'CI_API_V4_URL',
    apiUrl: (host) => `https://${host}/api/v4`,
  },
  gitea: {
    propose: proposeToGitea,
    tokenVariables: ['GITEA_TOKEN', 'FORGEJO_TOKEN'],
    apiVariable: 'GITEA_API_URL',
    apiUrl: (host) => `https://${host}/api/v1`,
  },
};

/** Host and `owner/name` of a git URL; null for a path on this machine. */
export function repositoryOf(url: string): (Pick<HostTarget, 'repository'> & { readonly host: string }) | null {
  const match = /^(?:[a-z]+:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/|(?:[^@/]*@)?([^/:]+):)(.+?)(?:\.git)?\/?$/.exec(url);
  const [, web, scp, path] = match ?? [];
  const host = web ?? scp;
  return host === undefined || path === undefined ? null : { host, repository: path.replace(/^\/+/, '') };
}
