import { posix } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../model/source-document.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { readDocument } from './read-document.ts';
import type { SystemDirectory } from './system-config-dir.ts';

/** A configuration without its team data file, and what that file says. */
export interface TeamDataTaken {
  readonly directory: SystemDirectory;
  /** By team; null when no file is named, or when it cannot be used. */
  readonly teams: YamlMap | null;
}

/**
 * Takes the file that `sensu.team_data` names out of a configuration, since it holds keys of teams and is no part of it. The path is
 * relative to the configuration's folder and may not leave the tree. Nothing that is said of the file quotes it.
 * PaaSTA: `/etc/sensu/team_data.json`, `{"team_data": {TEAM: {...}}}`.
 */
export function takeTeamData(reader: TreeReader, directory: SystemDirectory): TeamDataTaken {
  const named = namedFile(directory.documents);
  if (named === undefined) return { directory, teams: null };
  const path = posix.join(directory.folder, named);
  if (posix.isAbsolute(named) || path.startsWith('../')) {
    const message = `sensu.team_data is ${JSON.stringify(named)}, which leaves the system configuration`;
    return { directory: withFinding(directory, finding('bad-team-data', '', message)), teams: null };
  }
  const documents = directory.documents.filter(({ file }) => file !== path);
  const others = directory.diagnostics.filter(({ file }) => file !== path);
  const read = readDocument(reader, path, { root: 'system', format: path.endsWith('.json') ? 'json' : 'yaml' });
  const problems = read.absent
    ? [finding('missing-team-data', path, 'sensu.team_data names this file, and it is not there')]
    : read.diagnostics.map((found) => ({ ...finding(found.code, path, unquoted(found)), severity: found.severity }));
  const teams = read.document === undefined ? null : teamsOf(read.document.value);
  if (read.document !== undefined && teams === null) {
    problems.push(finding('bad-team-data', path, 'the file is not a map "team_data" of teams, each a map'));
  }
  return { directory: { ...directory, documents, diagnostics: [...others, ...problems] }, teams };
}

function namedFile(documents: readonly SourceDocument[]): string | undefined {
  for (const { value } of documents) {
    const sensu = isMap(value) && Object.hasOwn(value, 'sensu') ? value['sensu'] : undefined;
    const named = isMap(sensu) && Object.hasOwn(sensu, 'team_data') ? sensu['team_data'] : undefined;
    if (typeof named === 'string') return named;
  }
  return undefined;
}

function teamsOf(value: YamlValue): YamlMap | null {
  const teams = isMap(value) && Object.hasOwn(value, 'team_data') ? value['team_data'] : undefined;
  return isMap(teams) && Object.values(teams).every(isMap) ? teams : null;
}

/** What is wrong with the file, in words that hold nothing of it. */
function unquoted({ code, line }: Diagnostic): string {
  return `the team data cannot be read: ${code.replaceAll('-', ' ')}${line === undefined ? '' : ` at line ${line}`}`;
}

function withFinding(directory: SystemDirectory, diagnostic: Diagnostic): SystemDirectory {
  return { ...directory, diagnostics: [...directory.diagnostics, diagnostic] };
}

function finding(code: string, file: string, message: string): Diagnostic {
  return { severity: 'error', code, message, root: 'system', file, path: [] };
}
