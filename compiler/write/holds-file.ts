import { load, YAML11_SCHEMA } from 'js-yaml';
import { isJsonMap } from '../emit/json-data.ts';
import { emitDocument } from '../emit/yaml.ts';
import { compareText } from '../diagnostics/diagnostic.ts';
import type { Hold } from '../model/held-object.ts';
import { INDEX_FOLDER } from './tree-index.ts';

/** How a hold stood when somebody looked at the cluster. */
export interface SeenHold extends Hold {
  /** `service.instance` */
  readonly instance: string;
  readonly isOver: boolean;
  /** What is awaited; empty when it is over. */
  readonly reason: string;
}

const VERSION = 1;

/** Where a cluster's holds stand in the output tree. */
export function holdsPath(cluster: string): string {
  return `${INDEX_FOLDER}/${cluster}.holds.yaml`;
}

export function serialiseHolds(holds: readonly SeenHold[]): string {
  const sorted = [...holds].sort((a, b) => compareText(a.instance, b.instance) || compareText(a.object, b.object));
  const text = emitDocument({
    version: VERSION,
    holds: sorted.map(({ instance, object, waitsFor, version, isOver, reason }) => {
      return { instance, object, waitsFor, version, isOver, reason };
    }),
  });
  return `# Written by "paasta-gitops status --write-holds". Commit it beside the output.\n${text.slice(text.indexOf('\n') + 1)}`;
}

/** The holds in a file; undefined when it cannot be understood, so that nothing counts as over. */
export function parseHolds(text: string): readonly SeenHold[] | undefined {
  let value: unknown;
  try {
    value = load(text, { schema: YAML11_SCHEMA });
  } catch {
    return undefined;
  }
  if (!isJsonMap(value) || value['version'] !== VERSION || !Array.isArray(value['holds'])) return undefined;
  return value['holds'].every(isSeenHold) ? value['holds'] : undefined;
}

/** Whether somebody saw that what a hold waits for is there. */
export function isOver(seen: readonly SeenHold[], instance: string, hold: Hold): boolean {
  return seen.some(
    (each) =>
      each.isOver &&
      each.instance === instance &&
      each.object === hold.object &&
      each.waitsFor === hold.waitsFor &&
      each.version === hold.version,
  );
}

function isSeenHold(value: unknown): value is SeenHold {
  if (!isJsonMap(value)) return false;
  const texts = ['instance', 'object', 'waitsFor', 'version', 'reason'];
  return typeof value['isOver'] === 'boolean' && texts.every((key) => typeof value[key] === 'string');
}
