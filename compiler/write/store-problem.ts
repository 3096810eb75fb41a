/** Errors after which every further write would fail too. */
const FATAL = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'a folder stands in its place',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a file stands where a folder is needed',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
};

/** A file or folder that cannot be read or written: the path below `<out>`, and why, in words. */
export class StoreProblem extends Error {
  readonly path: string;
  readonly why: string;
  /** A link, or something else that is there instead of a file or folder of ours. */
  readonly isUnsafe: boolean;
  /** Nothing else can be written either. */
  readonly isFatal: boolean;

  constructor(path: string, why: string, kind: 'unsafe' | 'failed' | 'fatal') {
    super(`${path}: ${why}`);
    this.path = path;
    this.why = why;
    this.isUnsafe = kind === 'unsafe';
    this.isFatal = kind === 'fatal';
  }
}

/** The code of an error of the system, such as `ENOENT`; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A StoreProblem for an error of the system; any other error is a mistake of ours and goes on as it is. */
export function asStoreProblem(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  if (code === 'ELOOP') return new StoreProblem(path, 'it is a symbolic link', 'unsafe');
  return new StoreProblem(path, WORDS[code] ?? `the system says ${code}`, FATAL.has(code) ? 'fatal' : 'failed');
}
