import { keyText } from '../applier/plan-text.ts';
import type { Listen } from '../applier/events.ts';
import type { Io } from './io.ts';
import { runEventText } from './run-text.ts';
import { safeText } from './safe-text.ts';

const MOST_LINES = 15;

/**
 * Tells what happens during a run: plain lines, one an event; on a terminal also a list below them of what is not up yet and why, redrawn as
 * it changes.
 */
export function liveList(io: Io): { readonly listen: Listen; close(): void } {
  const waiting = new Map<string, string>();
  let drawn = 0;
  const erase = (): void => {
    if (drawn > 0) io.err(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = (): void => {
    if (!io.isTerminal || waiting.size === 0) return;
    const lines = [...waiting].slice(0, MOST_LINES).map(([key, why]) => `  … ${safeText(`${keyText(key)}: ${why}`)}`);
    if (waiting.size > MOST_LINES) lines.push(`  … and ${waiting.size - MOST_LINES} more`);
    io.err(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  return {
    listen: (event) => {
      if (event.kind === 'health') {
        if (event.health.state === 'current') waiting.delete(event.key);
        else waiting.set(event.key, event.health.reason);
      }
      const text = runEventText(event);
      if (text === '' && !io.isTerminal) return;
      erase();
      if (text !== '') io.err(text);
      draw();
    },
    close: () => {
      erase();
      waiting.clear();
    },
  };
}
