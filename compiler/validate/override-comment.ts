import type { MergedWorkload } from '../model/instance-keys.ts';

/** Comments by which people tell PaaSTA that they mean it. */
export type OverrideName = 'override-cpu-burst' | 'override-cpu-setting' | 'override-single-replica';

/** What to write at the end of the line. */
export function overrideHint(name: OverrideName): string {
  return `say why at the end of the line: # ${name} (PROJ-123 reason)`;
}

/**
 * Whether the line on which an instance's own file sets a key ends with PaaSTA's comment, such as
 * `# override-cpu-burst (PROJ-123 reason)`. A key that came through `<<` counts where it was written.
 * PaaSTA: `#\s*NAME\s+\(.+[A-Z]+-[0-9]+.+\)`, tested here in linear time.
 */
export function hasOverride({ file, instance }: MergedWorkload, key: string, name: OverrideName): boolean {
  const span = file.document?.keySpan([instance, key]);
  const comment = span === undefined ? undefined : file.document?.commentOf(span.line);
  return comment !== undefined && isOverride(comment, name);
}

/** Whether a comment is PaaSTA's of that name, with a ticket in its parentheses. */
export function isOverride(comment: string, name: OverrideName): boolean {
  const opening = new RegExp(`#\\s*${name}\\s+\\(`, 'g');
  const end = comment.lastIndexOf(')');
  for (const match of comment.matchAll(opening)) {
    const inside = match.index + match[0].length;
    const ticket = /[A-Z]-[0-9]/g;
    ticket.lastIndex = inside + 1;
    const found = ticket.exec(comment);
    if (found !== null && found.index + 4 <= end) return true;
  }
  return false;
}
