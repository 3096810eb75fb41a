import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';

const KINDS = new Set(['Deployment', 'PodDisruptionBudget', 'HorizontalPodAutoscaler']);

/** Files below a folder, in no order. */
export function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}

/** Objects of a file of JSON or YAML: one, a list, or several documents. */
export function objectsOf(path: string): readonly KubeObject[] {
  const text = readFileSync(path, 'utf8');
  const documents = path.endsWith('.json') ? [JSON.parse(text) as unknown] : loadAll(text, { schema: YAML11_SCHEMA });
  return documents.flat().filter((value) => value !== null) as KubeObject[];
}

/** Identity to digest of every object of an instance below a folder. */
export function digests(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of filesBelow(folder)) {
    if (!/\.(json|ya?ml)$/.test(path)) continue;
    for (const object of objectsOf(path)) {
      if (!KINDS.has(object.kind)) continue;
      const { namespace, name, labels } = object.metadata;
      const cluster = labels?.['paasta.yelp.com/cluster'] ?? '';
      const identity = `${object.kind} ${cluster} ${String(namespace)}/${name}`;
      const digest = createHash('sha256').update(canonical(object)).digest('hex');
      found.set(identity, found.has(identity) ? [found.get(identity)!, digest].sort().join() : digest);
    }
  }
  return found;
}

/** What differs between two sets of objects, as text; undefined when nothing does. */
export function difference(ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): string | undefined {
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].filter((key) => ours.get(key) !== theirs.get(key));
  if (names.length === 0) return undefined;
  return `${names.length} of ${ours.size} objects differ, such as ${names[0]!}`;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
