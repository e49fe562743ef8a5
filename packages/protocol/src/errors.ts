// Every error that leaves danmux, as one table: its code, its HTTP status, whether trying again can help, and its text.
// The viewer's ack, the admin API's problem+json and the docs are all made from it.

export interface ErrorSpec {
  readonly status: number;
  /** True when the same request may succeed later. */
  readonly retryable: boolean;
  readonly text: string;
}

export const errors = {
  invalid_request: { status: 400, retryable: false, text: 'The request does not have the documented form.' },
  invalid_json: { status: 400, retryable: false, text: 'The body is not valid JSON.' },
  invalid_room: { status: 400, retryable: false, text: 'A room name is 1 to 128 of A-Z a-z 0-9 _ . : @ - and starts with a letter or digit.' },
  unknown_type: { status: 400, retryable: false, text: 'This message type is not in the table messages.types.' },
  unknown_event: { status: 400, retryable: false, text: 'There is no such event.' },
  unauthorized: { status: 401, retryable: false, text: 'Give an API key as "Authorization: Bearer KEY" or "X-API-Key: KEY".' },
  signature_invalid: { status: 401, retryable: false, text: 'The signature does not fit the request and the key.' },
  signature_expired: { status: 401, retryable: false, text: "The request's timestamp is too far from the time here." },
  nonce_replayed: { status: 401, retryable: false, text: 'A request with this nonce was seen already.' },
  token_missing: { status: 401, retryable: false, text: 'A viewer token is required in auth.token.' },
  token_invalid: { status: 401, retryable: false, text: 'The viewer token is malformed, wrongly signed or not for this cluster.' },
  token_expired: { status: 401, retryable: false, text: 'The viewer token has expired; ask the backend for a new one.' },
  origin_forbidden: { status: 403, retryable: false, text: 'This Origin is not in edge.allowed_origins.' },
  forbidden: { status: 403, retryable: false, text: 'This key or token does not allow that.' },
  read_only: { status: 403, retryable: false, text: 'Guests, and tokens that say so, may watch but not send.' },
  room_forbidden: { status: 403, retryable: false, text: 'The token does not allow this room.' },
  not_joined: { status: 403, retryable: false, text: 'Join the room first.' },
  type_forbidden: { status: 403, retryable: false, text: 'Messages of this type may not be sent this way.' },
  banned: { status: 403, retryable: false, text: 'The user is banned.' },
  muted: { status: 403, retryable: true, text: 'The user is muted.' },
  room_muted: { status: 403, retryable: true, text: 'Nobody may send in this room now.' },
  members_only: { status: 403, retryable: false, text: 'Only members may send in this room.' },
  level_too_low: { status: 403, retryable: false, text: 'A higher level is needed to send in this room.' },
  content_blocked: { status: 403, retryable: false, text: 'The message was not accepted for what it says.' },
  not_found: { status: 404, retryable: false, text: 'There is no such route or thing.' },
  method_not_allowed: { status: 405, retryable: false, text: 'This route does not take that method.' },
  idempotency_in_flight: { status: 409, retryable: true, text: 'A request with this Idempotency-Key is still running.' },
  conflict: { status: 409, retryable: false, text: 'It is not in a state that allows this.' },
  too_large: { status: 413, retryable: false, text: 'The message or body is larger than the limit.' },
  unsupported_media_type: { status: 415, retryable: false, text: 'Send the body as application/json.' },
  idempotency_mismatch: { status: 422, retryable: false, text: 'This Idempotency-Key was used with another body.' },
  too_many_rooms: { status: 429, retryable: false, text: 'Leave a room before joining another.' },
  room_full: { status: 429, retryable: true, text: 'The room has as many viewers as it takes.' },
  slow_mode: { status: 429, retryable: true, text: 'The room is in slow mode; wait and send again.' },
  rate_limited: { status: 429, retryable: true, text: 'Too many requests; wait and try again.' },
  internal: { status: 500, retryable: true, text: 'Danmux failed; the cause is in its log under the trace id.' },
  unavailable: { status: 503, retryable: true, text: 'The message store cannot be reached; nothing was accepted.' },
  review_full: { status: 503, retryable: true, text: 'Too many messages wait for review; nothing was accepted.' },
  lane_full: { status: 503, retryable: true, text: 'The lane has no room for more; nothing was accepted.' },
  draining: { status: 503, retryable: true, text: 'This node is being drained; use another.' },
  slow: { status: 503, retryable: true, text: 'The viewer reads too slowly and was disconnected.' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof errors;

/** What a viewer gets in an ack. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retry_after_ms?: number;
}

export interface ErrorDetail {
  /** What was wrong and what to do; the table's text when absent. */
  message?: string;
  retryAfterMs?: number;
  cause?: unknown;
}

/** An error with a code of the table, thrown anywhere and turned into an ack or a problem at the door. */
export class DanmuxError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail: ErrorDetail = {}) {
    super(detail.message ?? errors[code].text, { cause: detail.cause });
    this.name = 'DanmuxError';
    this.code = code;
    this.retryAfterMs = detail.retryAfterMs;
  }

  get status(): number {
    return errors[this.code].status;
  }

  toBody(): ErrorBody {
    const body: ErrorBody = { code: this.code, message: this.message };
    if (this.retryAfterMs !== undefined) body.retry_after_ms = this.retryAfterMs;
    return body;
  }
}
