import type { Path } from '../compiler/diagnostics/diagnostic.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { INSTANCE_TYPES, WORKLOAD_TYPES } from '../compiler/model/service-sources.ts';
import type { ChangedFile, ChangedLine } from './changed-lines.ts';

/** An instance that differs, with all its files on both sides. */
export interface ChangedInstance {
  readonly name: string;
  readonly before: readonly RenderedFile[];
  readonly after: readonly RenderedFile[];
}

/** A service in a cluster some of whose instances are made in the base and in the head, differently. */
export interface ChangedService {
  readonly cluster: string;
  readonly service: string;
  readonly instances: readonly ChangedInstance[];
  /** What the change did to files that are read for the service. */
  readonly files: readonly ChangedFile[];
}

const INSTANCE_FILE = new RegExp(`/(?<type>${INSTANCE_TYPES.join('|')})-(?<cluster>[^/]+)\\.yaml$`);
const WORKLOADS: ReadonlySet<string> = new Set(WORKLOAD_TYPES);

/** Lines that may bear on the instances of a service: not those of other instances or clusters, nor of other deploy groups if these are known. */
export function relevantLines(
  { cluster, service, instances, files }: ChangedService,
  deployGroups: ReadonlySet<string> = new Set(),
): readonly ChangedLine[] {
  const names = new Set(instances.map(({ name }) => name));
  const controls = new Set([...names].map((name) => `${service}:${cluster}.${name}`));
  const isDeployed = ([version, part, name]: Path): boolean => {
    if (version === 'v1') return false;
    if (part === 'controls') return controls.has(String(name));
    return part !== 'deployments' || deployGroups.size === 0 || deployGroups.has(String(name));
  };
  const isNamed = ([name]: Path): boolean => String(name).startsWith('_') || names.has(String(name));
  return files.flatMap(({ file, lines }) => {
    const place = INSTANCE_FILE.exec(file)?.groups;
    if (place !== undefined && (place['cluster'] !== cluster || !WORKLOADS.has(place['type']!))) return [];
    const isRelevant = file === `${service}/deployments.json` ? isDeployed : place === undefined ? () => true : isNamed;
    return lines.filter(({ before }) => before.some(({ path }) => isRelevant(path)));
  });
}

/** Whether nothing has to be found out: there is no line, or all that changes comes from one. */
export function needsNoTrial({ files }: ChangedService, lines: readonly ChangedLine[]): boolean {
  return lines.length === 0 || (lines.length === 1 && files.every(({ isWhole }) => isWhole));
}
