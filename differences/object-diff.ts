import type { JsonMap } from '../compiler/emit/json-data.ts';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { mapAt } from '../compiler/emit/json-data.ts';
import { emitDocument } from '../compiler/emit/yaml.ts';
import { unifiedDiff } from './unified-diff.ts';

/**
 * The unified diff of two objects as YAML with keys in our order; null stands for an object that is not there. Give masked objects:
 * nothing is hidden here.
 */
export function diffObjects(before: JsonMap | null, after: JsonMap | null, context = 3): readonly string[] {
  return unifiedDiff(linesOf(before), linesOf(after), context);
}

function linesOf(object: JsonMap | null): readonly string[] {
  return object === null ? [] : emitDocument(object).split('\n').slice(1, -1);
}

/** Whether applying `after` over `before` replaces pods: anything of the pod template differs. */
export function changesPods(before: JsonMap, after: JsonMap): boolean {
  const [old, wanted] = [before, after].map((object) => mapAt(mapAt(object, 'spec'), 'template'));
  return canonicalJson(old ?? null) !== canonicalJson(wanted ?? null);
}
