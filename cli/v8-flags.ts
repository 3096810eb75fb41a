/** Gives V8 flags, in the version of Node whose V8 they were measured with: later ones do not know all of them, and complain. */
export function setFlags(flags: readonly string[]): void {
  if (!process.versions.node.startsWith('20.')) return;
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  for (const flag of flags) setFlagsFromString(flag);
}

/**
 * Does something that takes a few milliseconds: it is over before V8 could compile it again, and trying to takes the time of another
 * core. With other flags Node's modules are compiled anew: what `act` needs is better loaded before.
 */
export function withoutCompilingAgain<T>(act: () => T): T {
  setFlags(['--no-opt']);
  try {
    return act();
  } finally {
    setFlags(['--opt']);
  }
}
