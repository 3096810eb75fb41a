import { isJsonMap, mapAt, mapsAt } from '../compiler/emit/json-data.ts';

/** One cause of a refusal: for a conflict the manager in `message` and the path in `field`. */
export interface FailureCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What kind of trouble it is, which decides what happens next and how the run ends. */
export type FailureKind =
  'invalid' | 'unauthorized' | 'forbidden' | 'not-found' | 'conflict' | 'expired' | 'overloaded' | 'unreachable';

/** The API server refused a request, or no answer came after all retries. The message is the server's own. */
export class ApiFailure extends Error {
  readonly kind: FailureKind;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Kubernetes' word, such as `AlreadyExists`; empty when none was given. */
  readonly reason: string;
  readonly causes: readonly FailureCause[];
  /** Seconds the server asks to wait; null when it does not. */
  readonly retryAfterSeconds: number | null;

  constructor(
    status: number,
    message: string,
    details: Partial<Pick<ApiFailure, 'reason' | 'causes' | 'retryAfterSeconds'>> = {},
  ) {
    super(message);
    this.status = status;
    this.reason = details.reason ?? '';
    this.causes = details.causes ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
    this.kind = kindOf(status, message);
  }
}

/** A manifest that server-side apply cannot read comes back as a 500: the object is wrong, not the server. */
const UNREADABLE_MANIFEST = 'failed to create typed patch object';

function kindOf(status: number, message: string): FailureKind {
  if (status === 500 && message.includes(UNREADABLE_MANIFEST)) return 'invalid';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 410) return 'expired';
  if (status === 429 || status >= 500) return 'overloaded';
  return status === 0 ? 'unreachable' : 'invalid';
}

/** The failure that an answer of 400 or more stands for. */
export function failureOf(status: number, text: string, retryAfter: string | undefined): ApiFailure {
  const body = parsed(text);
  const message =
    typeof body?.['message'] === 'string' ? body['message'] : text.trim().slice(0, 500) || `status ${status}`;
  const details = mapAt(body, 'details');
  const seconds = Number(retryAfter ?? details?.['retryAfterSeconds']);
  return new ApiFailure(status, message, {
    reason: typeof body?.['reason'] === 'string' ? body['reason'] : '',
    causes: mapsAt(details, 'causes').map((cause) => ({
      reason: String(cause['reason'] ?? ''),
      message: String(cause['message'] ?? ''),
      field: String(cause['field'] ?? ''),
    })),
    retryAfterSeconds:
      Number.isFinite(seconds) && seconds >= 0 && (retryAfter ?? details?.['retryAfterSeconds']) !== undefined
        ? seconds
        : null,
  });
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
