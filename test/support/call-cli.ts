import { main } from '../../cli/main.ts';
import type { Io } from '../../cli/io.ts';

export interface CalledCli {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One call of the program in this process, with an environment and a working directory of its own. */
export async function callCli(
  args: readonly string[],
  { cwd, env = {}, io = {} }: { readonly cwd: string; readonly env?: Io['env']; readonly io?: Partial<Io> },
): Promise<CalledCli> {
  let stdout = '';
  let stderr = '';
  const status = await main(args, {
    ...{ env, cwd, isTerminal: false, hasColor: false },
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    ...io,
  });
  return { status, stdout, stderr };
}
