import { setMaxListeners } from 'node:events';

/** Ends a run on SIGINT and SIGTERM, or when its time is over: no new write is begun, and those under way are completed. */
export function endSignal(timeoutMs: number): {
  readonly signal: AbortSignal;
  /** 130 or 143 when a signal came. */
  exit(): number | null;
  close(): void;
} {
  const controller = new AbortController();
  // As many listen as there are objects in a run: no leak.
  setMaxListeners(0, controller.signal);
  let exit: number | null = null;
  const onSignal = (name: NodeJS.Signals): void => {
    exit = name === 'SIGINT' ? 130 : 143;
    controller.abort();
  };
  const timer = setTimeout(() => {
    controller.abort();
  }, timeoutMs);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    exit: () => exit,
    close: () => {
      clearTimeout(timer);
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
