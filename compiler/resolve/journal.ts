import type { Diagnostic, InputRoot, Path, RelatedPlace, Severity, Span } from '../diagnostics/diagnostic.ts';
import type { Origin, Origins } from '../model/origin.ts';

/** Where something stands in the input; a span only where positions are known. */
export interface Place {
  readonly root: InputRoot;
  readonly file: string;
  readonly path: Path;
  readonly span?: Span;
}

/** One finding about one instance. Its place is looked up when the report is made. */
export interface Finding {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Stricter than PaaSTA. */
  readonly policy?: boolean;
  readonly place: () => Place;
  readonly related?: () => readonly RelatedPlace[];
}

/** Something that was read to make a member; resolved to an origin when the instance is finished. */
export type Read = () => Origin;

interface Recording {
  readonly members: Map<string, readonly Read[]>;
  frame: Read[];
}

/**
 * What is written down while one instance is resolved: its findings, and, when tracing, what was read for each member.
 * Without tracing `member` and `note` only call through.
 */
export class Journal {
  readonly instance: string;
  readonly findings: Finding[] = [];
  hasErrors = false;
  readonly isTracing: boolean;
  private readonly recording: Recording | null;

  constructor(instance: string, trace: boolean) {
    this.instance = instance;
    this.isTracing = trace;
    this.recording = trace ? { members: new Map(), frame: [] } : null;
  }

  report(finding: Finding): void {
    if (finding.severity === 'error') this.hasErrors = true;
    this.findings.push(finding);
  }

  /** Counts something as read for the member that is being made. */
  note(read: Read): void {
    this.recording?.frame.push(read);
  }

  /**
   * Makes a member of the resolved instance; everything read meanwhile is its origin. Made again, the last time counts. What makes
   * it is a function of one argument, so that nothing has to be made for the call itself.
   */
  member<T, A>(path: string, make: (from: A) => T, from: A): T {
    const { recording } = this;
    if (recording === null) return make(from);
    const [value, reads] = record(recording, make, from);
    recording.members.set(path, reads);
    return value;
  }

  /** A value that several members need: made at most once, and counted as read by each of them. */
  fact<T, A>(make: (from: A) => T, from: A): () => T {
    const { recording } = this;
    return recording === null ? madeOnce(make, from) : recordedOnce(recording, make, from);
  }

  /** What each member came from, each origin once; undefined without tracing. */
  origins(): Origins | undefined {
    if (this.recording === null) return undefined;
    const once = onceEach();
    const origins: Record<string, readonly Origin[]> = {};
    for (const [path, reads] of this.recording.members) {
      const found = new Set<Origin>();
      for (const read of reads) found.add(once(read));
      origins[path] = [...found];
    }
    return origins;
  }
}

/** Findings of several instances as diagnostics: the same finding at the same place once, with all its instances. */
export function toDiagnostics(service: string, cluster: string, journals: readonly Journal[]): Diagnostic[] {
  const found = new Map<string, { diagnostic: Diagnostic; instances: Set<string> }>();
  for (const { instance, findings } of journals) {
    for (const finding of findings) {
      const diagnostic = toDiagnostic(service, cluster, finding);
      const { severity, code, root, file, line, column, message } = diagnostic;
      const key = JSON.stringify([severity, code, root, file, line, column, message]);
      const same = found.get(key);
      if (same === undefined) found.set(key, { diagnostic, instances: new Set([instance]) });
      else same.instances.add(instance);
    }
  }
  return [...found.values()].map(({ diagnostic, instances }) => {
    const names = [...instances];
    return names.length === 1 ? { ...diagnostic, instance: names[0]! } : { ...diagnostic, instances: names };
  });
}

function toDiagnostic(service: string, cluster: string, finding: Finding): Diagnostic {
  const { severity, code, message, hint, related, policy } = finding;
  const { root, file, path, span } = finding.place();
  return {
    severity,
    code,
    message,
    root,
    file,
    ...span,
    path,
    service,
    cluster,
    ...(hint === undefined ? {} : { hint }),
    ...(policy === true && { policy }),
    ...(related === undefined ? {} : { related: related() }),
  };
}

function madeOnce<T, A>(make: (from: A) => T, from: A): () => T {
  let isMade = false;
  let value: T;
  return () => {
    if (!isMade) {
      value = make(from);
      isMade = true;
    }
    return value;
  };
}

function recordedOnce<T, A>(recording: Recording, make: (from: A) => T, from: A): () => T {
  let made: readonly [T, readonly Read[]] | undefined;
  return () => {
    made ??= record(recording, make, from);
    recording.frame.push(...made[1]);
    return made[0];
  };
}

function record<T, A>(recording: Recording, make: (from: A) => T, from: A): readonly [T, readonly Read[]] {
  const outer = recording.frame;
  const reads: Read[] = [];
  recording.frame = reads;
  try {
    return [make(from), reads];
  } finally {
    recording.frame = outer;
  }
}

/** Resolves reads; equal origins are one object, and what several members read is resolved once. */
function onceEach(): (read: Read) => Origin {
  const byRead = new Map<Read, Origin>();
  const byText = new Map<string, Origin>();
  return (read) => {
    const known = byRead.get(read);
    if (known !== undefined) return known;
    const made = read();
    const text =
      made.kind === 'default' ? `${made.key} ${made.source}` : `${made.kind} ${made.file} ${made.path.join('\0')}`;
    const origin = byText.get(text) ?? made;
    byText.set(text, origin);
    byRead.set(read, origin);
    return origin;
  };
}
