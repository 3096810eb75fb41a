export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of the caller that reach git; every other `GIT_*` is dropped: in a hook they name the repository that it runs for. */
export const PASSED = [
  'GIT_SSH_COMMAND',
  'GIT_SSH',
  'GIT_ASKPASS',
  'SSH_ASKPASS',
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_COMMITTER_DATE',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_SSL_CAINFO',
];
const DROPPED = /^(git_.*|editor|visual|pager|prefix)$/i;

/** What git gets of the caller's variables, and `own` ones. It asks nothing and speaks no language but its own. */
export function gitEnvironment(env: Environment, own: Environment = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !DROPPED.test(name) || PASSED.includes(name));
  return { ...Object.fromEntries(kept), ...own, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
}
