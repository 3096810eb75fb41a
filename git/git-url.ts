/** Why a git URL is refused, with what to write instead. */
export interface UrlProblem {
  readonly problem: string;
  readonly hint: string;
}

const ALLOWED = 'allowed: https://host/path, ssh://user@host/path, user@host:path';
/** Nothing that a shell, git's remote helpers or ssh would read as more than text. */
const PLAIN = /^[A-Za-z0-9._~:/@%+=,[\]-]+$/;
const HOST = String.raw`(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])`;
const USER = String.raw`(?:[A-Za-z0-9._~%+=,][A-Za-z0-9._~%+=,:-]*@)?`;
const WEB = new RegExp(`^(?:https|ssh)://${USER}${HOST}(?::[0-9]{1,5})?/[^-].*$`);
const SCP = new RegExp(`^${USER.replace(':-', '-')}${HOST}:[^-:].*$`);
const LOCAL = /^(?:file:\/\/)?\/[^-].*$/;

/**
 * Whether git may be given a URL: https, ssh, the scp form, and file (or an absolute path) only when `allowFile`.
 * Null when it may, else why not. A leading `-`, `::` (git's transport helpers) and characters that mean something to a shell
 * are refused in every form.
 */
export function checkGitUrl(url: string, allowFile = false): UrlProblem | null {
  if (url === '') return { problem: 'the git URL is empty', hint: ALLOWED };
  if (url.startsWith('-')) return { problem: 'a git URL cannot start with "-"', hint: ALLOWED };
  if (!PLAIN.test(url)) return { problem: 'the git URL has characters that are not allowed in one', hint: ALLOWED };
  if (/^[A-Za-z0-9+.-]*::/.test(url) || url.replace(/\[[0-9A-Fa-f:.]+\]/, '').includes('::')) {
    return { problem: 'a git URL cannot name a transport helper with "::"', hint: ALLOWED };
  }
  if (url.includes('/../') || url.endsWith('/..')) return { problem: 'a git URL cannot contain ".."', hint: ALLOWED };
  if (LOCAL.test(url)) {
    return allowFile
      ? null
      : { problem: 'a local git repository is not allowed here', hint: 'give --allow-file to allow it' };
  }
  if (WEB.test(url)) return null;
  if (url.includes('://')) {
    const scheme = url.slice(0, url.indexOf(':'));
    return { problem: `git over ${scheme} is not allowed, or the URL has no host and path`, hint: ALLOWED };
  }
  return SCP.test(url) ? null : { problem: 'the git URL is of no known form', hint: ALLOWED };
}

/** A URL, or text with URLs in it, without what stands before `@` in `scheme://user:password@host`. The user `git` stays. */
export function withoutCredentials(text: string): string {
  return text.replace(/([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^\s/'"]*)@/g, (_, scheme: string, userinfo: string) =>
    userinfo === 'git' ? `${scheme}git@` : scheme,
  );
}
