import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './git-repository.ts';

const git = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();

/**
 * A folder for PATH with a git that ends the program that called it: after its call number KILL_AT (calls are counted in the file
 * COUNTER), or before the command KILL_BEFORE. It runs the shell command RACE before a push.
 */
export function gitWrapper(): { readonly bin: string; readonly counter: string } {
  const bin = tempDir('git-wrapper');
  const script = `#!/bin/sh
calls="$(($(cat "$COUNTER" 2>/dev/null || echo 0) + 1))"
echo "$calls" > "$COUNTER"
case " $* " in *" $KILL_BEFORE "*) [ -n "$KILL_BEFORE" ] && { kill -9 $PPID; exit 1; } ;; esac
case " $* " in *" push "*) [ -n "$RACE" ] && sh -c "$RACE" >/dev/null 2>&1 ;; esac
${git} "$@"
status=$?
[ "$calls" = "$KILL_AT" ] && kill -9 $PPID
exit $status
`;
  writeFileSync(join(bin, 'git'), script);
  chmodSync(join(bin, 'git'), 0o755);
  return { bin, counter: join(bin, 'calls') };
}
