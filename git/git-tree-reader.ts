import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type { ListResult, ReadResult, TreeEntry, TreeReader } from '../compiler/model/tree-reader.ts';
import { asGitFailure, GitFailure } from './git-failure.ts';
import type { SafeGit } from './safe-git.ts';

/** Bytes above which a file is not loaded, as on disk. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_LINKS = 40;

interface Blob {
  readonly id: string;
  readonly size: number;
  readonly isLink: boolean;
}

/** Says in our words that there is no such name, where git only says that it wants one. */
async function named(message: string, ask: () => Promise<string>): Promise<string> {
  try {
    return await ask();
  } catch (error) {
    const failure = asGitFailure(error);
    if (!/^fatal: (Needed a single revision|Not a valid object name .*|not a tree object)$/.test(failure.message))
      throw failure;
    throw new GitFailure('missing', failure.exitCode, message);
  }
}

/** What stands at a path of the tree, links not followed. */
type Node = { readonly kind: 'blob'; readonly blob: Blob } | { readonly kind: 'tree' } | { readonly kind: 'submodule' };
type Found =
  { readonly kind: 'node'; readonly node: Node; readonly path: string } | Exclude<ReadResult, { kind: 'file' }>;

/**
 * The tree of a git revision (or its folder `root`) as input: two git commands read all of it, whatever its size, so that
 * nothing is read from disk and nothing waits later. Symlinks inside the tree are followed, others cannot be read.
 * Rejects with a GitFailure when the revision or the folder does not exist.
 */
export async function openGitTree(
  git: SafeGit,
  revision: string,
  root = '',
): Promise<TreeReader & { readonly commit: string }> {
  const commit = await named(`there is no revision ${JSON.stringify(revision)}`, () =>
    git.run(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`]),
  );
  const listing = await named(`the revision ${JSON.stringify(revision)} has no folder ${root}`, () =>
    git.run(['ls-tree', '-r', '-t', '-z', '-l', '--full-tree', `${commit.trim()}:${root}`]),
  );
  const nodes = parseListing(listing);
  const contents = await loadBlobs(git, nodes);
  const children = childrenOf(nodes);

  function follow(path: string): Found {
    return resolvePath(nodes, contents, path);
  }

  function read(path: string): ReadResult {
    const found = follow(path);
    if (found.kind !== 'node') return found;
    if (found.node.kind !== 'blob') return { kind: 'unreadable', reason: 'not-a-file', detail: 'is not a file' };
    const bytes = contents.get(found.node.blob.id);
    if (bytes !== undefined) return { kind: 'file', bytes };
    return { kind: 'unreadable', reason: 'too-large', detail: `has ${found.node.blob.size} bytes` };
  }

  function list(path: string): ListResult {
    const found = follow(path);
    if (found.kind !== 'node') return found;
    if (found.node.kind === 'submodule') return { kind: 'unreadable', reason: 'failed', detail: 'is a submodule' };
    if (found.node.kind !== 'tree') return { kind: 'unreadable', reason: 'failed', detail: 'is not a directory' };
    const names = children.get(found.path) ?? [];
    return {
      kind: 'directory',
      entries: names.map((name) => ({ name, kind: kindOf(follow(joinPath(found.path, name))) })),
    };
  }

  return { commit: commit.trim(), read, list, exists: (path) => follow(path).kind !== 'absent' };
}

function parseListing(listing: string): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>([['', { kind: 'tree' }]]);
  for (const record of listing.split('\0')) {
    const match = /^(\d{6}) (blob|tree|commit) ([0-9a-f]+) +(\d+|-)\t([^]*)$/.exec(record);
    if (match === null) continue;
    const [, mode, type, id, size, path] = match as unknown as [string, string, string, string, string, string];
    if (type === 'blob') nodes.set(path, { kind: 'blob', blob: { id, size: Number(size), isLink: mode === '120000' } });
    else nodes.set(path, { kind: type === 'tree' ? 'tree' : 'submodule' });
  }
  return nodes;
}

async function loadBlobs(git: SafeGit, nodes: ReadonlyMap<string, Node>): Promise<ReadonlyMap<string, Uint8Array>> {
  const ids = new Set<string>();
  for (const node of nodes.values()) {
    if (node.kind === 'blob' && node.blob.size <= MAX_FILE_BYTES) ids.add(node.blob.id);
  }
  if (ids.size === 0) return new Map();
  return parseBatch(await git.catFile([...ids].map((id) => `${id}\n`).join('')));
}

/** Objects from the output of `git cat-file --batch`: `<id> <type> <size>`, newline, that many bytes, newline. */
function parseBatch(output: Buffer): ReadonlyMap<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [id, , size] = output.toString('latin1', at, end).split(' ');
    if (id === undefined || size === undefined) break;
    const start = end + 1;
    contents.set(id, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return contents;
}

function childrenOf(nodes: ReadonlyMap<string, Node>): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const path of nodes.keys()) {
    if (path === '') continue;
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? '' : path.slice(0, slash);
    const names = children.get(parent);
    if (names === undefined) children.set(parent, [path.slice(slash + 1)]);
    else names.push(path.slice(slash + 1));
  }
  for (const names of children.values()) names.sort(compareText);
  return children;
}

/** Walks a path and the links on it, never above the root. */
function resolvePath(nodes: ReadonlyMap<string, Node>, contents: ReadonlyMap<string, Uint8Array>, path: string): Found {
  const direct = nodes.get(path);
  if (direct !== undefined && !(direct.kind === 'blob' && direct.blob.isLink))
    return { kind: 'node', node: direct, path };
  const rest = path.split('/').reverse();
  const done: string[] = [];
  let links = 0;
  /** So many parts of the path stand behind the first link that is being followed. */
  let behind = Infinity;
  while (rest.length > 0) {
    const part = rest.pop()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (done.pop() === undefined)
        return { kind: 'unreadable', reason: 'outside-tree', detail: 'leads out of the tree' };
      continue;
    }
    done.push(part);
    const node = nodes.get(done.join('/'));
    if (node === undefined) return rest.length < behind ? { kind: 'absent' } : BROKEN_LINK;
    if (node.kind !== 'blob' || !node.blob.isLink) continue;
    if (++links > MAX_LINKS) return { kind: 'unreadable', reason: 'symlink-loop', detail: 'is a loop of symlinks' };
    const target = Buffer.from(contents.get(node.blob.id) ?? []).toString();
    if (target.startsWith('/')) return { kind: 'unreadable', reason: 'outside-tree', detail: 'leads out of the tree' };
    done.pop();
    behind = Math.min(behind, rest.length);
    rest.push(...target.split('/').reverse());
  }
  const end = done.join('/');
  const node = nodes.get(end);
  return node === undefined ? { kind: 'absent' } : { kind: 'node', node, path: end };
}

const BROKEN_LINK = { kind: 'unreadable', reason: 'broken-symlink', detail: 'a symlink leads nowhere' } as const;

/** What a link out of the tree leads to is not in the listing: it may be a folder. */
function kindOf(found: Found): TreeEntry['kind'] {
  if (found.kind !== 'node' || found.node.kind === 'submodule') return 'hidden';
  return found.node.kind === 'tree' ? 'directory' : 'file';
}

function joinPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`;
}
