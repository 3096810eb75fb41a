import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { isWorkloadType } from '../model/instances.ts';
import { INSTANCE_TYPES, type InstanceFile, type ServiceFile, type ServiceSources } from '../model/service-sources.ts';
import type { SourceDocument } from '../model/source-document.ts';
import type { ListResult, TreeReader } from '../model/tree-reader.ts';
import { loadDeployments } from './deployments-json.ts';
import { fileFinding, LISTING_HINTS, unreadDirectory, unreadFile } from './file-findings.ts';
import { type FileKind, fileKind, SERVICE_DIRECTORIES, type KnownNames, type ServiceFileKey } from './file-kinds.ts';
import { namedServices, type ForeignCache } from './foreign-smartstack.ts';
import { loadInstanceFile, type InstanceFileName } from './instance-files.ts';
import { loadPort } from './port-file.ts';
import { withScope } from './scope.ts';
import { loadSecrets, NO_SECRETS } from './secret-files.ts';
import { loadServiceFile, type TopLevel } from './service-file.ts';

/** What loading a service needs to know besides the tree. */
export interface LoadOptions extends KnownNames {
  /** Every known cluster, also those that this run does not render. */
  readonly clusters: ReadonlySet<string>;
  /** smartstack.yaml of other services, shared by a run. */
  readonly foreign: ForeignCache;
  /** Read instance files of these clusters only; default all known ones. */
  readonly onlyClusters?: ReadonlySet<string>;
}

/** PaaSTA fails on another top level of the first four; `data.yaml` may hold anything. */
const TOP_LEVELS: Readonly<Record<ServiceFileKey, TopLevel>> = {
  serviceYaml: 'map',
  smartstack: 'map',
  monitoring: 'map',
  authorization: 'map',
  deploy: 'map-by-policy',
  dependencies: 'map-by-policy',
  data: 'any',
};

const ABSENT: ServiceFile = { kind: 'absent' };
const NO_FILES: Readonly<Record<ServiceFileKey, ServiceFile>> = {
  serviceYaml: ABSENT,
  smartstack: ABSENT,
  monitoring: ABSENT,
  deploy: ABSENT,
  data: ABSENT,
  dependencies: ABSENT,
  authorization: ABSENT,
};

interface Draft {
  readonly reader: TreeReader;
  readonly service: string;
  readonly isUnlisted: boolean;
  readonly options: LoadOptions;
  readonly names: ReadonlySet<string>;
  readonly files: Record<ServiceFileKey, ServiceFile>;
  readonly instanceFiles: InstanceFile[];
  readonly autotuned: Record<string, ServiceFile>;
  readonly otherDocuments: Record<string, SourceDocument>;
  readonly diagnostics: Diagnostic[];
  port: number | null;
}

/**
 * Reads everything of one service, each file once and only files that a listing shows.
 * Findings carry the least that they feed: an instance, the service in one cluster, or the service.
 */
export function loadService(reader: TreeReader, service: string, options: LoadOptions): ServiceSources {
  const listing = reader.list(service);
  const entries = listing.kind === 'directory' ? listing.entries : [];
  const names = new Set(entries.map((entry) => entry.name));
  const isUnlisted = listing.kind !== 'directory';
  const draft = newDraft({ reader, service, isUnlisted, options, names });
  if (isUnlisted) draft.diagnostics.push(noListing(service, service, listing));
  for (const entry of entries) {
    if (entry.kind !== 'directory' || isRead(fileKind(entry.name, options))) loadFile(draft, entry.name);
    else if (!isKnownDirectory(entry.name)) draft.diagnostics.push(unreadDirectory(service, entry.name));
  }
  if (draft.names.has('autotuned_defaults')) loadAutotuned(draft);
  draft.instanceFiles.sort(compareInstanceFiles);
  return finish(draft);
}

function newDraft(of: Pick<Draft, 'reader' | 'service' | 'isUnlisted' | 'options' | 'names'>): Draft {
  return {
    ...of,
    files: { ...NO_FILES },
    instanceFiles: [],
    autotuned: Object.create(null) as Draft['autotuned'],
    otherDocuments: Object.create(null) as Draft['otherDocuments'],
    diagnostics: [],
    port: null,
  };
}

function finish(draft: Draft): ServiceSources {
  const { reader, service, options, names, files, instanceFiles, diagnostics } = draft;
  const ofSecrets = names.has('secrets') ? loadSecrets(reader, service) : NO_SECRETS;
  const { deployments, diagnostics: ofDeployments } = names.has('deployments.json')
    ? loadDeployments(reader, service, options.clusters)
    : NO_DEPLOYMENTS;
  const foreignSmartstack = Object.create(null) as Record<string, ServiceFile>;
  for (const other of namedServices(service, instanceFiles, files.serviceYaml, files.smartstack)) {
    foreignSmartstack[other] = options.foreign.get(reader, other);
  }
  return {
    service,
    isUnlisted: draft.isUnlisted,
    ...files,
    port: draft.port,
    instanceFiles,
    autotuned: draft.autotuned,
    otherDocuments: draft.otherDocuments,
    secrets: ofSecrets.secrets,
    areSecretsUnlisted: ofSecrets.areUnlisted,
    deployments,
    foreignSmartstack,
    diagnostics: [...diagnostics, ...ofSecrets.diagnostics, ...ofDeployments],
  };
}

const NO_DEPLOYMENTS = { deployments: { kind: 'absent' }, diagnostics: [] } as const;

/** By cluster, then by type in PaaSTA's lookup order: of two instances with one name the first wins. */
function compareInstanceFiles(a: InstanceFile, b: InstanceFile): number {
  return compareText(a.cluster, b.cluster) || INSTANCE_TYPES.indexOf(a.type) - INSTANCE_TYPES.indexOf(b.type);
}

function isKnownDirectory(name: string): boolean {
  return name.startsWith('.') || (SERVICE_DIRECTORIES as readonly string[]).includes(name);
}

function loadFile(draft: Draft, name: string): void {
  const { reader, service, options, names, diagnostics } = draft;
  const file = `${service}/${name}`;
  const kind = fileKind(name, options);
  if (kind.kind === 'instances') {
    const isGenerated = names.has(`${kind.type}-${kind.cluster}.in`);
    loadInstances(draft, { service, type: kind.type, cluster: kind.cluster, file, isGenerated });
  } else if (kind.kind === 'service-file') {
    const loaded = loadServiceFile(reader, file, { service }, TOP_LEVELS[kind.key]);
    draft.files[kind.key] = loaded.file;
    diagnostics.push(...loaded.diagnostics);
  } else if (kind.kind === 'port') {
    const loaded = loadPort(reader, file);
    draft.port = loaded.port;
    diagnostics.push(...withScope(loaded.diagnostics, { service }));
  } else if (kind.kind === 'rollback') {
    loadRollback(draft, file);
  } else {
    diagnostics.push(...unreadFile(service, name, kind, options));
  }
}

function loadInstances({ reader, options, instanceFiles, diagnostics }: Draft, name: InstanceFileName): void {
  const { service, type, cluster, file } = name;
  if (options.onlyClusters?.has(cluster) === false) return;
  const loaded = loadInstanceFile(reader, name);
  instanceFiles.push(loaded.instanceFile);
  diagnostics.push(...loaded.diagnostics);
  if (isWorkloadType(type) || type === 'adhoc') return;
  const message = `${type} is another runtime: its instances are listed, not compiled`;
  diagnostics.push(fileFinding('info', 'not-compiled', file, message, { service, cluster }));
}

function loadRollback({ reader, service, diagnostics, otherDocuments }: Draft, file: string): void {
  const loaded = loadServiceFile(reader, file, { service, instances: [] }, 'map-by-policy');
  diagnostics.push(...loaded.diagnostics);
  if (loaded.file.kind === 'read') otherDocuments[file] = loaded.file.document;
  const message = 'rollback queries are accepted and not acted on';
  diagnostics.push(fileFinding('info', 'not-acted-on', file, message, { service }));
}

function loadAutotuned({ reader, service, options, autotuned, diagnostics }: Draft): void {
  const directory = `${service}/autotuned_defaults`;
  const listing = reader.list(directory);
  if (listing.kind !== 'directory') {
    diagnostics.push(noListing(service, directory, listing));
    return;
  }
  for (const entry of listing.entries) {
    const kind = fileKind(entry.name, options);
    if (entry.kind === 'directory' && !isRead(kind)) continue;
    const name = `autotuned_defaults/${entry.name}`;
    if (kind.kind !== 'instances') {
      diagnostics.push(...unreadFile(service, name, isReadElsewhere(kind.kind) ? { kind: 'unknown' } : kind, options));
    } else if (options.onlyClusters?.has(kind.cluster) !== false) {
      const scope = { service, cluster: kind.cluster };
      const loaded = loadServiceFile(reader, `${service}/${name}`, scope, 'map');
      autotuned[`${kind.type}-${kind.cluster}`] = loaded.file;
      diagnostics.push(...loaded.diagnostics);
    }
  }
}

/** Whether a file of this kind is read: a folder in its place is an error. */
function isRead({ kind }: FileKind): boolean {
  return ['instances', 'service-file', 'deployments', 'rollback'].includes(kind);
}

/** Kinds that mean something in the service's own directory only. */
function isReadElsewhere(kind: string): boolean {
  return ['service-file', 'deployments', 'port', 'rollback', 'other-runtime'].includes(kind);
}

function noListing(
  service: string,
  directory: string,
  listing: Exclude<ListResult, { kind: 'directory' }>,
): Diagnostic {
  if (listing.kind === 'absent') {
    const message = `the directory of service ${JSON.stringify(service)} does not exist`;
    return fileFinding('error', 'missing-service', directory, message, { service });
  }
  const message = `the directory cannot be listed: ${listing.detail}`;
  const code = listing.reason === 'outside-tree' ? 'unsafe-symlink' : 'unreadable-directory';
  return fileFinding('error', code, directory, message, { service }, LISTING_HINTS[listing.reason]);
}
