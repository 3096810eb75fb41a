/** What a pod's container would be told, and the node's location files. */
export interface RuntimeWorld {
  readonly env: Readonly<Record<string, string>>;
  /** By path. */
  readonly files?: Readonly<Record<string, string>>;
}

const FORM = /<%=\s*(.*?)\s*%>/gs;

/**
 * Evaluates exactly the forms that rendered configuration may hold, as Ruby's ERB would; anything else between `<%` and `%>`
 * is a failure: it would be code.
 */
export function evaluateErb(text: string, world: RuntimeWorld): string {
  const result = text.replace(FORM, (_, code: string) => {
    const variable = /^ENV\.fetch\('([A-Z_]+)'\)(\.sum)?$/.exec(code);
    if (variable !== null) {
      const value = world.env[variable[1]!];
      if (value === undefined) throw new Error(`no variable ${variable[1]!}`);
      return variable[2] === undefined ? value : String(sum(value));
    }
    const file = /^File\.read\('([^'\\]+)'\)\.strip$/.exec(code);
    const content = file === null ? undefined : world.files?.[file[1]!];
    if (content === undefined) throw new Error(`code in a template: ${code}`);
    return content.trim();
  });
  if (result.includes('<')) throw new Error('an unescaped < is left');
  return result;
}

/** Ruby's `String#sum`: a 16 bit check sum of the bytes. */
function sum(text: string): number {
  return Buffer.from(text, 'utf8').reduce((total, byte) => (total + byte) % 65536, 0);
}
