import type { MessagePort } from 'node:worker_threads';
import { recordLooks } from '../compiler/cache/index.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createDiskStamps } from '../compiler/load/disk-stamps.ts';
import { type MadeService, makeService } from '../compiler/make-service.ts';
import { prepareRun } from '../compiler/prepare-run.ts';
import { FileStore } from '../compiler/write/file-store.ts';
import { StoreProblem } from '../compiler/write/store-problem.ts';
import { earlierTexts } from './earlier-output.ts';
import type { Io } from './io.ts';
import { loadProjectWithConstructs } from './load-constructs.ts';
import { synthInput } from './synth-input.ts';
import type { OptionValues } from './verb.ts';

/** What a thread needs of the call that started it. */
export interface WorkerCall {
  readonly values: OptionValues;
  readonly env: Io['env'];
  readonly cwd: string;
  /** Results are kept for later runs: what is looked at is noted. */
  readonly isRecording: boolean;
}

/** Makes the services that it is sent, one batch after the other, and sends back what it made; never answers before it is asked. */
export async function serveServices(call: WorkerCall, port: MessagePort): Promise<void> {
  const { values, env, cwd } = call;
  const nothing = (): void => undefined;
  const io: Io = { env, cwd, out: nothing, err: nothing, isTerminal: false, hasColor: false };
  const { project, constructs } = await loadProjectWithConstructs(values, io);
  const soa = createDiskReader(project.soaDir);
  const run = prepareRun(
    synthInput(values, project, constructs, { soa, system: createDiskReader(project.systemConfigDir) }),
  );
  const output = new FileStore(project.out);
  const earlier = earlierTexts((path) => readText(output, path));
  const stamps = createDiskStamps(project.soaDir);
  const world = { soa, stamps, now: Date.now, readEarlier: (path: string) => earlier.read(path) };
  port.on('message', (batch: readonly string[]) => {
    void (async () => {
      const made: MadeService[] = [];
      for (const service of batch) {
        const recording = call.isRecording ? recordLooks(world) : null;
        made.push(await makeService(run, service, { recording, earlier }));
      }
      port.postMessage(made);
    })();
  });
}

function readText(output: FileStore, path: string): string | null {
  try {
    return output.readText(path);
  } catch (error) {
    if (error instanceof StoreProblem) return null;
    throw error;
  }
}
