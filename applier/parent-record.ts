import { isJsonMap, mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import {
  CLUSTER_LABEL,
  KINDS_ANNOTATION,
  NAMESPACES_ANNOTATION,
  parentName,
  SET_ID_LABEL,
  setIdOf,
  TOOLING_ANNOTATION,
  type SetName,
} from './names.ts';

const SOURCE_REVISION = 'paasta.yelp.com/source-revision';
const OUTPUT_REVISION = 'paasta.yelp.com/output-revision';
const PHASE = 'paasta.yelp.com/phase';
const COUNTS = 'paasta.yelp.com/counts';
const HOLD = 'paasta.yelp.com/hold';
/** Annotations of one object hold no more than this together; the list of namespaces is left out before that. */
const MOST_NAMESPACE_BYTES = 200 * 1024;

/** What the cluster remembers of a set: its parent ConfigMap. */
export interface ParentRecord {
  readonly cluster: string;
  /** `Kind.group` of all members; the core group is empty: `ConfigMap.`. */
  readonly kinds: readonly string[];
  readonly namespaces: readonly string[];
  readonly phase: 'applying' | 'pruning' | 'idle';
  /** Revision of the input and of the rendered tree; empty when unknown. */
  readonly sourceRevision: string;
  readonly outputRevision: string;
  /** Revision that the cluster is held at after going back; empty without a hold. */
  readonly hold: string;
  readonly counts: string;
}

/** A parent that cannot be used: another tool's, another cluster's. */
export class ParentProblem extends Error {}

/** Reads the parent object; throws a ParentProblem when it belongs to another tool. */
export function parseParent(object: unknown): ParentRecord {
  const metadata = isJsonMap(object) ? mapAt(object, 'metadata') : undefined;
  const annotations = mapAt(metadata, 'annotations') ?? {};
  const text = (key: string): string => (typeof annotations[key] === 'string' ? annotations[key] : '');
  const tooling = text(TOOLING_ANNOTATION);
  if (!tooling.startsWith('paasta-gitops/')) {
    throw new ParentProblem(
      `the ConfigMap ${String(metadata?.['name'])} belongs to ${tooling || 'no tool that is known'}`,
    );
  }
  const phase = text(PHASE);
  return {
    cluster: String(mapAt(metadata, 'labels')?.[CLUSTER_LABEL] ?? ''),
    kinds: listOf(text(KINDS_ANNOTATION)),
    namespaces: listOf(text(NAMESPACES_ANNOTATION)),
    phase: phase === 'applying' || phase === 'pruning' ? phase : 'idle',
    sourceRevision: text(SOURCE_REVISION),
    outputRevision: text(OUTPUT_REVISION),
    hold: text(HOLD),
    counts: text(COUNTS),
  };
}

function listOf(text: string): readonly string[] {
  return text.split(',').filter((item) => item !== '');
}

/** The parent object to apply. */
export function parentObject(name: SetName, record: ParentRecord, version: string): JsonMap {
  const namespaces = record.namespaces.filter((namespace) => namespace !== name.namespace);
  const [major = '0', minor = '0'] = version.split('.');
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: parentName(name),
      namespace: name.namespace,
      labels: { [SET_ID_LABEL]: setIdOf(name), [CLUSTER_LABEL]: record.cluster },
      annotations: {
        [TOOLING_ANNOTATION]: `paasta-gitops/v${major}.${minor}`,
        [KINDS_ANNOTATION]: sorted(record.kinds).join(','),
        ...(!hasTooManyNamespaces(record) && { [NAMESPACES_ANNOTATION]: sorted(namespaces).join(',') }),
        [PHASE]: record.phase,
        [SOURCE_REVISION]: record.sourceRevision,
        [OUTPUT_REVISION]: record.outputRevision,
        [HOLD]: record.hold,
        [COUNTS]: record.counts,
      },
    },
  };
}

/** Whether the list of namespaces does not fit beside the other annotations. */
export function hasTooManyNamespaces({ namespaces }: ParentRecord): boolean {
  return namespaces.join(',').length > MOST_NAMESPACE_BYTES;
}

export function sorted(items: Iterable<string>): readonly string[] {
  return [...new Set(items)].sort(compareText);
}
