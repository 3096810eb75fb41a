import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './git-repository.ts';

const git = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();

/**
 * A folder for PATH with a git that acts at its call number AT: `kill` ends the program that called it, before the real git runs or
 * after it; `race` runs the shell command RACE before the real git. Calls are counted in the file COUNTER.
 */
export function gitWrapper(): { readonly bin: string; readonly counter: string } {
  const bin = tempDir('git-wrapper');
  const script = `#!/bin/sh
calls="$(($(cat "$COUNTER" 2>/dev/null || echo 0) + 1))"
echo "$calls" > "$COUNTER"
[ "$calls$WHEN" = "\${KILL_AT}before" ] && { kill -9 $PPID; exit 1; }
case " $* " in *" push "*) [ -n "$RACE" ] && sh -c "$RACE" >/dev/null 2>&1 ;; esac
${git} "$@"
status=$?
[ "$calls$WHEN" = "\${KILL_AT}after" ] && kill -9 $PPID
exit $status
`;
  writeFileSync(join(bin, 'git'), script);
  chmodSync(join(bin, 'git'), 0o755);
  return { bin, counter: join(bin, 'calls') };
}
