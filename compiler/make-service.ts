import type { Dependency, Recording } from './cache/index.ts';
import { compileService, type CompiledService, type ServiceRun } from './compile-service.ts';
import type { RenderedFile } from './model/rendered-file.ts';
import type { EarlierTexts } from './render/index.ts';

/** A service with its files and what was looked at to make it: plain data, so that it can come from another thread. */
export interface MadeService extends CompiledService {
  readonly files: readonly RenderedFile[];
  /** Empty in a run that keeps nothing for later ones. */
  readonly dependencies: readonly Dependency[];
}

export interface MakeOptions {
  /** Notes what is looked at; null in a run that keeps nothing for later ones. */
  readonly recording: Recording | null;
  /** Output files of earlier runs; null when there are none. */
  readonly earlier: EarlierTexts | null;
}

/** Makes one service, noting what it looks at. */
export async function makeService(
  run: ServiceRun,
  service: string,
  { recording, earlier }: MakeOptions,
): Promise<MadeService> {
  const texts = recording && earlier ? recordedTexts(recording, earlier) : earlier;
  const made = await compileService(run, service, recording?.soa ?? run.input.soa, texts);
  return { ...made, dependencies: recording?.dependencies() ?? [] };
}

function recordedTexts(recording: Recording, earlier: EarlierTexts): EarlierTexts {
  return { read: (path) => recording.readEarlier(path), parse: (text) => earlier.parse(text) };
}
