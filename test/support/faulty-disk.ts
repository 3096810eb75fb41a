import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

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
