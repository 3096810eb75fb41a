import { dirname, relative, resolve } from 'node:path';
import type { Diagnostic, Path } from '../compiler/diagnostics/diagnostic.ts';
import { didYouMean, nearest } from '../compiler/diagnostics/did-you-mean.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { parseYaml } from '../compiler/load/yaml/index.ts';
import { CODES } from '../compiler/validate/codes.ts';
import type { SourceDocument } from '../compiler/model/source-document.ts';
import { isMap, type YamlMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { EVERY_NAME, patternProblem } from '../differences/secret-names.ts';
import type { Io } from './io.ts';
import { findProjectFile, PROJECT_FILE, readProjectFile, TREE_VARIABLES } from './project-file.ts';
import { textOf, type OptionValues } from './verb.ts';

/** How one cluster's output reaches it. */
export interface ClusterDelivery {
  /** kubeconfig context; verbs that reach a cluster need it here or as `--context`. */
  readonly context: string | null;
  /** The one writer of the cluster. */
  readonly delivery: 'applier' | 'argocd' | 'flux';
}

/** What this repository does: `paasta-gitops.yaml` with flags and environment applied. Paths are absolute. */
export interface Project {
  /** Folder of the project file; the working directory without one. */
  readonly root: string;
  readonly soaDir: string;
  readonly systemConfigDir: string;
  readonly out: string;
  readonly filePer: 'instance' | 'object';
  /** Modules with users' constructs, absolute paths inside the project. */
  readonly constructs: readonly string[];
  /** Severity by diagnostic code. */
  readonly severity: Readonly<Record<string, 'error' | 'warning' | 'info' | 'off'>>;
  /** Regular expressions for more names whose values are hidden in diffs and reports. */
  readonly mask: readonly string[];
  readonly publish: YamlMap;
  readonly clusters: Readonly<Record<string, ClusterDelivery>>;
}

export { INPUT_OPTIONS } from './project-file.ts';

/** Keys of the project file, and of the maps in it. */
export const PROJECT_KEYS = {
  top: ['soa_dir', 'system_config_dir', 'out', 'file_per', 'constructs', 'severity', 'mask', 'publish', 'clusters'],
  publish: ['repo', 'branch', 'folder', 'author', 'pr', 'owners'],
  cluster: ['context', 'delivery'],
} as const;

export interface LoadedProject {
  readonly project: Project;
  /** What is wrong with the project file by itself. */
  readonly diagnostics: readonly Diagnostic[];
  /** Warnings about its clusters, for which the system configuration is read. */
  unknownClusters(): readonly Diagnostic[];
}

/** Reads the project file and applies environment and flags (flag > environment > file > PaaSTA's own paths). */
export function loadProject(values: OptionValues, io: Io): LoadedProject {
  const file = findProjectFile(textOf(values, 'config'), io.cwd);
  const root = file === undefined ? io.cwd : dirname(file);
  const report = new ProjectReport(file === undefined ? PROJECT_FILE : relative(io.cwd, file) || PROJECT_FILE);
  const map = file === undefined ? {} : settingsOf(readProjectFile(file), report);
  const path = (flag: string, variable: string, key: string, fallback: string): string => {
    const fromFlag = textOf(values, flag);
    if (fromFlag !== undefined) return resolve(io.cwd, fromFlag);
    const fromEnv = io.env[variable];
    if (fromEnv !== undefined && fromEnv !== '') return resolve(io.cwd, fromEnv);
    const fromFile = report.text(map, key);
    return fromFile === undefined ? resolve(root, fallback) : resolve(root, fromFile);
  };
  const filePer = textOf(values, 'file-per') ?? report.choice(map, 'file_per', ['instance', 'object']) ?? 'instance';
  const project: Project = {
    root,
    soaDir: path('soa-dir', TREE_VARIABLES.soaDir, 'soa_dir', '/nail/etc/services'),
    systemConfigDir: path('system-config-dir', TREE_VARIABLES.systemConfigDir, 'system_config_dir', '/etc/paasta'),
    out: path('out', TREE_VARIABLES.out, 'out', 'dist'),
    filePer: filePer === 'object' ? 'object' : 'instance',
    constructs: values['no-constructs'] === true ? [] : constructPaths(map, root, report),
    severity: severities(map, report),
    mask: maskPatterns(map, report),
    publish: publishSettings(map, report),
    clusters: clusterDeliveries(map, report),
  };
  return {
    project,
    diagnostics: report.diagnostics,
    unknownClusters: () => unknownClusters(project, report),
  };
}

/** Clusters of the project file that no system configuration has. Without any there is nothing to tell them by. */
function unknownClusters({ clusters, systemConfigDir }: Project, report: ProjectReport): readonly Diagnostic[] {
  const names = Object.keys(clusters);
  if (names.length === 0) return [];
  const { universe, failed } = loadSystemConfig(createDiskReader(systemConfigDir));
  const known = [...universe, ...failed];
  const unknown = known.length === 0 ? [] : names.filter((name) => !known.includes(name));
  return unknown.map((name) => ({
    severity: 'warning',
    code: 'unknown-project-cluster',
    message: `${JSON.stringify(name)} is no cluster of the system configuration`,
    ...{ root: 'project', file: report.file, path: ['clusters', name] },
    ...report.document?.locateNearest(['clusters', name], 'key').span,
    ...didYouMean(name, known),
  }));
}

function settingsOf(bytes: Uint8Array, report: ProjectReport): YamlMap {
  const { document, diagnostics } = parseYaml(bytes, { root: 'project', file: report.file });
  report.diagnostics.push(...diagnostics);
  if (document === undefined || document.value === null) return {};
  report.document = document;
  if (!isMap(document.value)) {
    report.add(
      [],
      'bad-project-file',
      'the project file is a mapping of settings',
      `known: ${PROJECT_KEYS.top.join(', ')}`,
    );
    return {};
  }
  report.unknownKeys(document.value, PROJECT_KEYS.top, []);
  return document.value;
}

function constructPaths(map: YamlMap, root: string, report: ProjectReport): readonly string[] {
  const found = typeof map['constructs'] === 'string' ? [map['constructs']] : report.texts(map, 'constructs');
  return found.flatMap((path) => {
    const absolute = resolve(root, path);
    if (relative(root, absolute).startsWith('..')) {
      report.add(
        ['constructs'],
        'constructs-outside-project',
        `"${path}" lies outside the project`,
        'move the module into the project',
      );
      return [];
    }
    return [absolute];
  });
}

/** While a pattern is wrong, verbs that go on hide everything: it is not known what it was to hide. */
function maskPatterns(map: YamlMap, report: ProjectReport): readonly string[] {
  const before = report.diagnostics.length;
  const patterns = report.texts(map, 'mask');
  for (const [index, pattern] of patterns.entries()) {
    const problem = patternProblem(pattern);
    if (problem === undefined) continue;
    const hint = 'a part of the name is enough, such as "LICENSE"';
    report.add(['mask', index], 'bad-project-value', `mask: ${JSON.stringify(pattern)} ${problem}`, hint);
  }
  return report.diagnostics.length === before ? patterns : EVERY_NAME;
}

function severities(map: YamlMap, report: ProjectReport): Project['severity'] {
  const result: Record<string, 'error' | 'warning' | 'info' | 'off'> = {};
  const given = report.map(map, 'severity');
  for (const code of Object.keys(given)) {
    // YAML 1.1 reads `off` as false.
    const isOff = own(given, code) === false;
    const value = isOff ? 'off' : report.choice(given, code, ['error', 'warning', 'info', 'off'], ['severity', code]);
    if (!CODES.has(code)) report.unknown(['severity', code], 'the code of a finding', [...CODES.keys()]);
    if (value !== undefined) result[code] = value;
  }
  return result;
}

function publishSettings(map: YamlMap, report: ProjectReport): YamlMap {
  const publish = report.map(map, 'publish');
  report.unknownKeys(publish, PROJECT_KEYS.publish, ['publish']);
  for (const key of ['repo', 'branch', 'folder', 'author']) report.text(publish, key, ['publish', key]);
  report.choice(publish, 'pr', ['github', 'gitlab', 'gitea', 'print'], ['publish', 'pr']);
  const owners = report.map(publish, 'owners', ['publish', 'owners']);
  for (const team of Object.keys(owners)) report.text(owners, team, ['publish', 'owners', team]);
  return publish;
}

function clusterDeliveries(map: YamlMap, report: ProjectReport): Project['clusters'] {
  const result: Record<string, ClusterDelivery> = {};
  for (const [cluster, value] of Object.entries(report.map(map, 'clusters'))) {
    if (!isMap(value)) {
      report.add(
        ['clusters', cluster],
        'bad-project-value',
        `clusters.${cluster} is a mapping with context and delivery`,
      );
      continue;
    }
    report.unknownKeys(value, PROJECT_KEYS.cluster, ['clusters', cluster]);
    const delivery = report.choice(value, 'delivery', ['applier', 'argocd', 'flux'], ['clusters', cluster, 'delivery']);
    const context = report.text(value, 'context', ['clusters', cluster, 'context']) ?? null;
    result[cluster] = { context, delivery: delivery ?? 'applier' };
  }
  return result;
}

/** Typed reads of the project file; what does not fit is a diagnostic with its place. */
class ProjectReport {
  readonly diagnostics: Diagnostic[] = [];
  readonly file: string;
  document: SourceDocument | undefined;
  constructor(file: string) {
    this.file = file;
  }

  add(path: Path, code: string, message: string, hint?: string, part: 'key' | 'value' = 'value'): void {
    const span = this.document?.locateNearest(path, part).span;
    this.diagnostics.push({
      severity: 'error',
      code,
      message,
      root: 'project',
      file: this.file,
      path,
      ...span,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Keys that are none of the known ones. */
  unknownKeys(map: YamlMap, known: readonly string[], path: readonly string[]): void {
    for (const key of Object.keys(map)) {
      if (!known.includes(key)) this.unknown([...path, key], 'a project setting', known);
    }
  }

  unknown(path: readonly string[], what: string, known: readonly string[]): void {
    const name = path.at(-1)!;
    const hint = nearest(name, known);
    this.add(
      path,
      'unknown-project-key',
      `${JSON.stringify(name)} is not ${what}`,
      hint && `did you mean "${hint}"?`,
      'key',
    );
  }

  text(map: YamlMap, key: string, path: readonly string[] = [key]): string | undefined {
    const value = own(map, key);
    if (value == null || typeof value === 'string') return value ?? undefined;
    this.add(path, 'bad-project-value', `${path.join('.')} is text`);
    return undefined;
  }

  texts(map: YamlMap, key: string): readonly string[] {
    const value = own(map, key);
    if (value == null) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value as readonly string[];
    this.add([key], 'bad-project-value', `${key} is a list of texts`);
    return [];
  }

  map(map: YamlMap, key: string, path: readonly string[] = [key]): YamlMap {
    const value = own(map, key);
    if (value == null) return {};
    if (isMap(value)) return value;
    this.add(path, 'bad-project-value', `${path.join('.')} is a mapping`);
    return {};
  }

  choice<T extends string>(
    map: YamlMap,
    key: string,
    choices: readonly T[],
    path: readonly string[] = [key],
  ): T | undefined {
    const value = own(map, key);
    if (value == null) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const hint = typeof value === 'string' ? nearest(value, choices) : undefined;
    this.add(
      path,
      'bad-project-value',
      `${path.join('.')} is one of ${choices.join(', ')}`,
      hint && `did you mean "${hint}"?`,
    );
    return undefined;
  }
}

function own(map: YamlMap, key: string): YamlValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Clusters that Argo CD or Flux delivers. */
export function toolClusters({ clusters }: Project): ReadonlySet<string> {
  return new Set(Object.keys(clusters).filter((cluster) => clusters[cluster]!.delivery !== 'applier'));
}
