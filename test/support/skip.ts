/** Names, for the runner's summary, a suite that cannot run here and why; never silent. */
export function skipSuite(name: string, why: string): void {
  process.stdout.write(`SKIPPED ${name}: ${why}\n`);
}
