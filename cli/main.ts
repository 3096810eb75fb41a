import type { MessagePort } from 'node:worker_threads';
import { nearest } from '../compiler/diagnostics/did-you-mean.ts';
import { fileProblem } from './file-problem.ts';
import { loadVerb, VERB_NAMES } from './find-verb.ts';
import { helpOf, overview } from './help.ts';
import { endProcess, type Io, processIo } from './io.ts';
import { COMMON_OPTIONS, parseCall } from './parse-call.ts';
import { formatProblem } from './report.ts';
import { safeText } from './safe-text.ts';
import { isOutputLost } from './standard-output.ts';
import type { Seal } from './synth-seal.ts';
import type { WorkerCall } from './synth-worker.ts';
import { UsageError } from './verb.ts';
import { version } from './version.ts';

/** Runs one call of the program and returns its exit status. `seal` is that of the call, if somebody opened it. */
export async function main(args: readonly string[], io: Io, seal: Seal | null = null): Promise<number> {
  const [first, ...rest] = args[0] === 'help' && args[1] !== undefined ? [args[1], '--help'] : args;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    io.out(overview());
    return first === undefined ? 2 : 0;
  }
  if (first === '--version' || first === 'version') {
    io.out(`paasta-gitops ${version()}\n`);
    return 0;
  }
  const verb = await loadVerb(first);
  if (verb === undefined) {
    const hint = nearest(first, VERB_NAMES);
    io.err(
      `paasta-gitops: unknown verb "${safeText(first)}"${hint === undefined ? '' : `. Did you mean "${hint}"?`}\n`,
    );
    io.err('Run "paasta-gitops --help" for the list.\n');
    return 2;
  }
  try {
    const { values, words } = parseCall(rest, { ...COMMON_OPTIONS, ...verb.options });
    if (values['help'] === true) {
      io.out(helpOf(verb));
      return 0;
    }
    const { min, max } = verb.words ?? { min: 0, max: 0 };
    if (words.length < min || words.length > max) throw new UsageError(wordsMessage(words, min, max));
    const status = await verb.run({ values, words, io, seal });
    return status === 0 && isOutputLost() ? (verb.usageExit ?? 1) : status;
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`paasta-gitops ${verb.name}: ${safeText(error.message)}\nUsage: paasta-gitops ${verb.usage}\n`);
      return verb.usageExit ?? 2;
    }
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    io.err(formatProblem(problem));
    return verb.usageExit ?? 1;
  }
}

function wordsMessage(words: readonly string[], min: number, max: number): string {
  if (words.length > max) return `unexpected "${words[max]!}"`;
  return min === 1 ? 'one word is missing' : `${min} words are needed, found ${words.length}`;
}

/** Time for what is still under way when a verb has ended. */
const LAST_CHANCE_MS = 500;

/** Runs the program for the process it is in. An unexpected exception is our own mistake: one line, the stack with DEBUG. */
export async function runProcess(seal: Seal | null): Promise<void> {
  const io = processIo();
  let isAtWork = true;
  process.once('exit', () => {
    if (!isAtWork) return;
    io.err(
      'paasta-gitops: ended before its work was done: something that it runs, such as a construct, ended the process\n',
    );
    process.exitCode = 1;
  });
  try {
    process.exitCode = await main(process.argv.slice(2), io, seal);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    io.err(`paasta-gitops: internal error: ${text}\n`);
    if (io.env['DEBUG'] !== undefined && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
    else io.err('This is a defect of paasta-gitops. Run again with DEBUG=1 for the stack, and report it.\n');
    process.exitCode = 1;
  }
  isAtWork = false;
  endProcess();
  // A program of the kubeconfig that gives no credentials, and no answer, would keep us alive for as long as it runs.
  setTimeout(endProcess, LAST_CHANCE_MS).unref();
}

/** Makes services for `synth --jobs` in a thread of its own. */
export async function runWorker(call: WorkerCall, port: MessagePort): Promise<void> {
  const { serveServices } = await import('./synth-worker.ts');
  await serveServices(call, port);
}
