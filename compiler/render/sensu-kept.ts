import type { SensuResource } from '../model/sensu.ts';
import type { ClassicCheck } from '../../constructs/sensu-classic-check.ts';

/** Files of an earlier run. */
export interface EarlierTexts {
  /** Null when there is no such file, or none that can be read. */
  read(path: string): string | null;
  /** Documents of a YAML or JSON text; null when it is none. */
  parse(text: string): readonly unknown[] | null;
}

/** Checks of earlier runs whose instances this run does not render, in either style. */
export interface KeptChecks {
  readonly resources: readonly SensuResource[];
  readonly checks: readonly ClassicCheck[];
}

/** The checks in an earlier file of a service that are kept; null when the file cannot be made sense of. */
export function keptChecks(
  earlier: EarlierTexts,
  path: string,
  isKept: (instance: string) => boolean,
): KeptChecks | null {
  const text = earlier.read(path);
  if (text === null) return { resources: [], checks: [] };
  const outer = earlier.parse(text);
  const documents = outer?.flatMap((document) => inConfigMap(earlier, document) ?? [document]);
  if (documents?.every(isMap) !== true) return null;
  const resources = documents.filter((document) => isKept(instanceOf(document)));
  const checks = documents.flatMap((document) => Object.entries(isMap(document['checks']) ? document['checks'] : {}));
  return {
    // What we wrote ourselves and find again by its labels.
    resources: resources as unknown as readonly SensuResource[],
    checks: checks.flatMap(([name, check]) =>
      isMap(check) && isKept(textOf(check['paasta_instance'])) ? [[name, check] as const] : [],
    ),
  };
}

/** What a ConfigMap of ours holds; undefined when the document is none. */
function inConfigMap(earlier: EarlierTexts, document: unknown): readonly unknown[] | undefined {
  if (!isMap(document) || document['kind'] !== 'ConfigMap' || !isMap(document['data'])) return undefined;
  return Object.values(document['data']).flatMap((text) => earlier.parse(textOf(text)) ?? [null]);
}

function instanceOf({ type, metadata }: Record<string, unknown>): string {
  const labels = isMap(metadata) ? metadata['labels'] : undefined;
  return type === 'CheckConfig' && isMap(labels) ? textOf(labels['instance']) : '';
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
