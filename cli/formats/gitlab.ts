import { classOf, type FindingFormat } from './finding-format.ts';
import { fingerprints } from './fingerprints.ts';

const SEVERITIES = { error: 'critical', policy: 'major', warning: 'minor', info: 'info' } as const;

/** GitLab's Code Quality report. */
export const formatGitlab: FindingFormat = (diagnostics, { pathOf }) => {
  const prints = fingerprints(diagnostics);
  const issues = diagnostics.map((d, index) => ({
    description: d.hint === undefined ? d.message : `${d.message} (${d.hint})`,
    check_name: d.code,
    fingerprint: prints[index],
    severity: SEVERITIES[classOf(d)],
    location: {
      path: pathOf(d),
      lines: { begin: d.line ?? 1, ...(d.endLine === undefined ? {} : { end: d.endLine }) },
    },
  }));
  return `${JSON.stringify(issues, null, 2)}\n`;
};
