/** Outcome of filling a template: its text, or what is wrong with it. */
export type Interpolated =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'bad'; readonly problem: string };

const PIECE = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/**
 * A template with each `{name}` replaced, `{{` and `}}` standing for braces. Python's `str.format` without conversions,
 * positions and format specifications: those, unknown names and lone braces are problems.
 */
export function interpolate(template: string, values: Readonly<Record<string, string>>): Interpolated {
  let problem: string | undefined;
  const text = template.replace(PIECE, (piece: string, name: string | undefined) => {
    if (piece === '{{') return '{';
    if (piece === '}}') return '}';
    if (name !== undefined && Object.hasOwn(values, name)) return values[name]!;
    problem ??= name === undefined ? `a lone "${piece}"` : `the unknown field "{${name}}"`;
    return piece;
  });
  return problem === undefined ? { kind: 'text', text } : { kind: 'bad', problem };
}
