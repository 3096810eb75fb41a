import { isSafeName } from '../model/names.ts';
import { isKustomizationName } from './kustomization.ts';

/**
 * Why a path is none that we write, in words that follow it; undefined when it is. Names from users' objects arrive here too, so that
 * every segment is looked at: `[A-Za-z0-9._-]+`, neither `.` nor `..`, at most 255 bytes.
 */
export function whyUnsafe(path: string): string | undefined {
  if (isOrdinary(path)) return undefined;
  const segments = path.split('/');
  const bad = segments.find((segment) => !isSafeName(segment) || segment.length > 255);
  if (bad !== undefined) return `has the part ${JSON.stringify(bad)}, which is no safe file name`;
  if (segments.length < 2 || segments[0]!.startsWith('.')) return 'does not lie in a folder for rendered files';
  const name = segments.at(-1)!;
  if (isKustomizationName(name)) return 'has the name of the list that is kept for each folder';
  return name.startsWith('.') ? 'is hidden' : undefined;
}

/** Whether a path is one of the many that a glance tells to be safe. */
function isOrdinary(path: string): boolean {
  if (!/^\w[\w./-]{1,200}\w$/.test(path) || !path.includes('/')) return false;
  return !path.includes('//') && !path.includes('/.') && !/kustomization/i.test(path);
}
