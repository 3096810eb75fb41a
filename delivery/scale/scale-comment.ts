/** A bound of an instance that was changed for a while, as it stands on one line of its file. */
export interface TemporaryBound {
  readonly indent: string;
  readonly key: string;
  readonly value: number;
  /** When it should end, as written. */
  readonly until: string;
  /** What stood there before; null: the key was not there. */
  readonly before: number | null;
  /** Another comment that stood there before. */
  readonly note: string | null;
}

const LINE = /^(\s*)(min_instances|max_instances):\s*(\d+)\s*# scaled until (\S+), then (\d+|unset)(?:; (.*))?$/;

/** The temporary bound on a line, or null for any other line. */
export function parseTemporaryBound(line: string): TemporaryBound | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, indent, key, value, until, before, note] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  return {
    indent,
    key,
    value: Number(value),
    until,
    before: before === 'unset' ? null : Number(before),
    note: note ?? null,
  };
}

/** The line of a temporary bound. */
export function temporaryBoundLine({ indent, key, value, until, before, note }: TemporaryBound): string {
  const end = note === null ? '' : `; ${note}`;
  return `${indent}${key}: ${value} # scaled until ${until}, then ${before ?? 'unset'}${end}`;
}

/** The lines that a temporary bound leaves when it ends: what stood there before. */
export function linesAfter({ indent, key, before, note }: TemporaryBound): readonly string[] {
  if (before !== null) return [`${indent}${key}: ${before}${note === null ? '' : ` # ${note}`}`];
  return note === null ? [] : [`${indent}# ${note}`];
}

/** Whether a temporary bound should have ended. One whose time cannot be read has. */
export function isOver({ until }: TemporaryBound, now: Date): boolean {
  const end = new Date(until).getTime();
  return Number.isNaN(end) || end <= now.getTime();
}
