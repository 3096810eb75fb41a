import { lstatSync, readdirSync } from 'node:fs';
import { type Look, Looks } from '../model/looks.ts';

const NOT_THROWING = { throwIfNoEntry: false } as const;

/**
 * Notes how everything looked that a run depends on or leaves behind: each path before it is read and after it is written, each
 * folder before it is listed. While all of it looks so, the same run again would find the tree as this one left it.
 */
export class TreeWatch {
  readonly #prefix: string;
  readonly #looks: Looks;
  /** What listed folders held, and our own changes since: one `+name/` or `-name/` after the other, for sets take five times as much. */
  readonly #listed = new Map<string, string>();
  readonly #changed = new Set<string>();
  /** The whole tree was looked at, and is as the last complete run left it. */
  readonly isSettled: boolean;

  /** `seen` is how the tree looks (but what git looked at), if it is as the last complete run left it. */
  constructor(root: string, seen: Looks | null = null) {
    this.#prefix = root === '' || root.endsWith('/') ? root : `${root}/`;
    this.#looks = seen ?? new Looks();
    this.isSettled = seen !== null;
  }

  /** The look of a path before anything else is done with it; null for a link, or what is neither file nor folder. */
  look(path: string): Look {
    let known = this.#looks.get(path);
    if (known === undefined) this.#looks.set(path, (known = this.#lookNow(path)));
    return known;
  }

  listed(folder: string, names: readonly string[]): void {
    this.#listed.set(folder, names.map((name) => `+${name}/`).join(''));
  }

  /** A file or folder of ours was put at the path, or one was taken away. */
  changed(path: string, isThere: boolean): void {
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, Math.max(0, slash));
    const listed = this.#listed.get(folder);
    if (listed !== undefined) this.#listed.set(folder, `${listed}${isThere ? '+' : '-'}${path.slice(slash + 1)}/`);
    this.#changed.add(folder);
    this.#looks.set(path, this.#lookNow(path));
  }

  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** Folders in which something of ours was put or taken away. */
  get changedFolders(): ReadonlySet<string> {
    return this.#changed;
  }

  /** All looks by path; null when some path's look tells nothing, or somebody else changed a folder meanwhile. */
  looks(): Looks | null {
    for (const folder of this.#changed) {
      this.#looks.set(folder, this.#lookNow(folder));
      const listed = this.#listed.get(folder);
      if (listed !== undefined && !this.#holds(folder, namesIn(listed))) return null;
    }
    for (const [, look] of this.#looks.fresh()) if (look === null) return null;
    return this.#looks;
  }

  #holds(folder: string, names: ReadonlySet<string>): boolean {
    try {
      const found = readdirSync(this.#prefix + folder);
      return found.length === names.size && found.every((name) => names.has(name));
    } catch {
      // A folder that is gone holds nothing.
      return names.size === 0;
    }
  }

  #lookNow(path: string): Look {
    try {
      const status = lstatSync(this.#prefix + path, NOT_THROWING);
      if (status === undefined) return 'absent';
      const { size, mtimeMs, ctimeMs, ino } = status;
      return status.isFile() || status.isDirectory() ? [size, mtimeMs, ctimeMs, ino] : null;
    } catch {
      return null;
    }
  }
}

function namesIn(listed: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const each of listed.split('/')) {
    if (each.startsWith('+')) names.add(each.slice(1));
    else names.delete(each.slice(1));
  }
  return names;
}
