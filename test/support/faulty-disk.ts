import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Runs something while others are always a little faster in making the folder that it makes next. */
export function withRival<T>(make: (path: string) => void, run: () => T): T {
  const { mkdirSync } = fs;
  fs.mkdirSync = ((path, options) => {
    make(String(path));
    return mkdirSync(path, options);
  }) as typeof mkdirSync;
  syncBuiltinESMExports();
  try {
    return run();
  } finally {
    fs.mkdirSync = mkdirSync;
    syncBuiltinESMExports();
  }
}

/**
 * Runs something while opening a file fails with the code that `fault` gives for its path. The real disk is below, so that all else
 * behaves as ever.
 */
export function withFaultyDisk<T>(fault: (path: string) => string | undefined, run: () => T): T {
  const { openSync } = fs;
  fs.openSync = (path, flags, mode) => {
    const code = fault(String(path));
    if (code === undefined) return openSync(path, flags, mode);
    throw Object.assign(new Error(`${code}: open '${String(path)}'`), { code, syscall: 'open' });
  };
  syncBuiltinESMExports();
  try {
    return run();
  } finally {
    fs.openSync = openSync;
    syncBuiltinESMExports();
  }
}
