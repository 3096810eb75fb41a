import { isJsonMap, mapAt, mapsAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { unionFields, type FieldSet } from './managed-fields.ts';
import { FIELD_MANAGER } from './names.ts';

/**
 * The JSON patch that makes what an earlier tool set ours to drop: its entries are merged into our `Apply` entry, so that the next
 * apply removes what is no longer wanted. Null when there is nothing to take over. The patch fails when the object changed meanwhile.
 */
export function migrationPatch(object: JsonMap, managers: readonly string[]): readonly JsonMap[] | null {
  const metadata = mapAt(object, 'metadata');
  const entries = mapsAt(metadata, 'managedFields');
  const own = entries.find((e) => e['manager'] === FIELD_MANAGER && e['operation'] === 'Apply' && !e['subresource']);
  const old = entries.filter((e) => managers.includes(String(e['manager'])) && (e['subresource'] ?? '') === '');
  if (own === undefined || old.length === 0) return null;
  const merged = old.reduce<FieldSet>((all, entry) => unionFields(all, fieldsOf(entry)), fieldsOf(own));
  const rest = entries.filter((entry) => entry !== own && !old.includes(entry));
  return [
    { op: 'replace', path: '/metadata/managedFields', value: [{ ...own, fieldsV1: merged }, ...rest] },
    { op: 'replace', path: '/metadata/resourceVersion', value: metadata?.['resourceVersion'] },
  ];
}

function fieldsOf(entry: JsonMap): FieldSet {
  const fields = entry['fieldsV1'];
  return isJsonMap(fields) ? fields : {};
}
