import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { compareText, type Diagnostic, type Path } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import { isSafeName } from '../model/names.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { checkRequired, checkSystemConfig } from './check-system-config.ts';
import { toClusterConfig } from './cluster-config.ts';
import { mergeSystemFiles, type MergedFiles } from './merge-system-files.ts';
import { withScope } from './scope.ts';
import { clusterNameOf, readSystemLayout, type SystemDirectory } from './system-config-dir.ts';
import { takeTeamData } from './team-data.ts';

/** The system configuration of every cluster that a run may render. */
export interface SystemConfig {
  /** Usable configurations, sorted by cluster. */
  readonly clusters: readonly ClusterConfig[];
  /** Clusters whose configuration has an error: nothing of them is rendered and nothing is removed. Sorted. */
  readonly failed: readonly string[];
  /** Every known cluster, sorted: the union of all `clusters` lists and the configured clusters themselves. */
  readonly universe: readonly string[];
  /** File prefixes of custom resources (`kubernetes_custom_resources[].file_prefix`) of any cluster, sorted. */
  readonly customPrefixes: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** One configuration on its way to a ClusterConfig. */
interface Candidate {
  readonly directory: SystemDirectory;
  readonly merged: MergedFiles;
  readonly teams: YamlMap | null;
  /** The cluster it says it is for, else its folder; empty when neither tells. */
  readonly name: string;
}

/**
 * Reads the system configuration: a flat directory (PaaSTA's `/etc/paasta`) for one cluster, or a complete folder for each.
 * Findings name the cluster that they hold back; those about the directory itself hold back everything.
 * `onlyClusters` keeps the configurations, and the findings, of some clusters; known clusters come from all of them.
 */
export function loadSystemConfig(
  reader: TreeReader,
  options: { readonly onlyClusters?: readonly string[] } = {},
): SystemConfig {
  const layout = readSystemLayout(reader);
  const candidates = layout.directories.map((directory) => toCandidate(reader, directory));
  const listed = new Set(candidates.flatMap(listedClusters));
  const configured = candidates.map((c) => c.name).filter((name) => name !== '');
  const universe = [...new Set([...listed, ...configured])].filter(isSafeName).sort(compareText);
  const duplicates = duplicateClusters(candidates);
  const results = candidates.map((candidate) => build(candidate, listed, duplicates.get(candidate)));
  const wanted = options.onlyClusters;
  const isWanted = (name: string): boolean => wanted === undefined || name === '' || wanted.includes(name);
  const kept = results.filter((result) => isWanted(result.name));
  return {
    clusters: kept.flatMap((r) => (r.config ? [r.config] : [])).sort((a, b) => compareText(a.cluster, b.cluster)),
    failed: [...new Set(kept.flatMap((r) => (r.config || r.name === '' ? [] : [r.name])))].sort(compareText),
    universe,
    customPrefixes: [...new Set(candidates.flatMap(customPrefixes))].sort(compareText),
    diagnostics: [
      ...layout.diagnostics,
      ...kept.flatMap((result) => result.diagnostics),
      ...(layout.directories.length > 0 ? unconfigured(wanted ?? [], configured) : []),
    ],
  };
}

function toCandidate(reader: TreeReader, read: SystemDirectory): Candidate {
  const { directory, teams } = takeTeamData(reader, read);
  const merged = mergeSystemFiles(directory.documents);
  return { directory, merged, teams, name: clusterNameOf(directory) ?? directory.folder };
}

function listedClusters({ merged }: Candidate): readonly string[] {
  const clusters = merged.value['clusters'];
  return Array.isArray(clusters) ? clusters.filter((name) => typeof name === 'string') : [];
}

function customPrefixes({ merged }: Candidate): readonly string[] {
  const resources = merged.value['kubernetes_custom_resources'];
  if (!Array.isArray(resources)) return [];
  const prefixes = (resources as readonly YamlValue[]).map((r) => (isMap(r) ? r['file_prefix'] : undefined));
  return prefixes.filter((prefix) => typeof prefix === 'string');
}

/** For every candidate whose cluster an earlier one has, that earlier folder. */
function duplicateClusters(candidates: readonly Candidate[]): ReadonlyMap<Candidate, string> {
  const first = new Map<string, Candidate>();
  const found = new Map<Candidate, string>();
  for (const candidate of candidates) {
    const earlier = first.get(candidate.name);
    if (earlier === undefined) first.set(candidate.name, candidate);
    else found.set(candidate, earlier.directory.folder).set(earlier, candidate.directory.folder);
  }
  return found;
}

interface Built {
  readonly name: string;
  readonly config: ClusterConfig | null;
  readonly diagnostics: readonly Diagnostic[];
}

function build(candidate: Candidate, listed: ReadonlySet<string>, duplicateOf: string | undefined): Built {
  const { directory, merged, name } = candidate;
  const isComplete = directory.diagnostics.every((d) => d.severity !== 'error');
  const findings = [
    ...directory.diagnostics,
    ...merged.diagnostics,
    ...checkSystemConfig(merged),
    ...(isComplete ? [...checkRequired(merged), ...checkName(candidate, listed, duplicateOf)] : []),
  ];
  const diagnostics = name === '' ? findings : withScope(findings, { cluster: name });
  const isUsable = diagnostics.every((d) => d.severity !== 'error');
  const config = isUsable ? toClusterConfig(name, merged.value, merged.fileOf, candidate.teams) : null;
  return { name, config, diagnostics };
}

function checkName(candidate: Candidate, listed: ReadonlySet<string>, duplicateOf: string | undefined): Diagnostic[] {
  const { directory, merged, name } = candidate;
  const { folder } = directory;
  const at = (code: string, message: string): Diagnostic => {
    const document = merged.documentAt(['cluster']);
    const place = document ? { file: document.file, ...document.locateNearest(['cluster']).span } : { file: folder };
    return { severity: 'error', code, message, root: 'system', path: ['cluster'], ...place };
  };
  if (!Object.hasOwn(merged.value, 'cluster')) {
    const message = 'no file of this configuration sets "cluster", the name of the cluster that it is for';
    return [{ ...at('missing-system-key', message), path: [] }];
  }
  if (duplicateOf !== undefined) {
    return [at('duplicate-cluster', `the folders "${duplicateOf}" and "${folder}" are both for the cluster "${name}"`)];
  }
  const policy = (code: string, message: string): Diagnostic => ({
    ...at(code, message),
    severity: 'warning',
    policy: true,
  });
  const findings: Diagnostic[] = [];
  if (folder !== '' && folder !== name) {
    findings.push(
      policy('cluster-folder-name', `the folder "${folder}" is for the cluster "${name}"; name them alike`),
    );
  }
  if (!listed.has(name)) {
    const message = `no \`clusters\` list contains "${name}": PaaSTA would deploy the cluster and never validate it`;
    findings.push({ ...policy('cluster-not-listed', message), ...didYouMean(name, listed) });
  }
  return findings;
}

function unconfigured(wanted: readonly string[], configured: readonly string[]): readonly Diagnostic[] {
  return wanted
    .filter((name) => !configured.includes(name))
    .map((name) => ({
      severity: 'error',
      code: 'unknown-cluster',
      message: `there is no system configuration for the cluster "${name}" (there is for ${configured.join(', ')})`,
      root: 'system',
      file: '',
      path: [] as Path,
      cluster: name,
      ...didYouMean(name, configured),
    }));
}
