import type { FindingFormat } from './finding-format.ts';
import { formatGithub } from './github.ts';
import { formatGitlab } from './gitlab.ts';
import { formatJson } from './json.ts';
import { formatJunit } from './junit.ts';
import { formatSarif } from './sarif.ts';

/** Forms of a report for programs, by name. */
export const FORMATS: Readonly<Record<string, FindingFormat>> = {
  json: formatJson,
  github: formatGithub,
  sarif: formatSarif,
  gitlab: formatGitlab,
  junit: formatJunit,
};
