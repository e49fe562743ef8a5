// The table of all errors that danmux returns: code, HTTP status, whether a retry can succeed, and text. Acks to viewers,
// problem+json replies of the admin API and docs/errors.md are generated from it.

/** HTTP status, retry advice and default text of one error code. */
export interface ErrorSpec {
  readonly status: number;
  /** True when the same request may succeed later. */
  readonly retryable: boolean;
  readonly text: string;
}

/** All errors by code; docs/errors.md lists them. */
export const errors = {
  invalid_request: { status: 400, retryable: false, text: 'The request does not have the documented form.' },
  invalid_json: { status: 400, retryable: false, text: 'The body is not valid JSON.' },
  invalid_room: { status: 400, retryable: false, text: 'A room name has 1 to 128 characters of A-Z a-z 0-9 _ . : @ - and starts with a letter or digit.' },
  unknown_type: { status: 400, retryable: false, text: 'This message type is not in the setting messages.types.' },
  unknown_event: { status: 400, retryable: false, text: 'There is no such event.' },
  unauthorized: { status: 401, retryable: false, text: 'Give an API key as "Authorization: Bearer KEY" or "X-API-Key: KEY".' },
  signature_invalid: { status: 401, retryable: false, text: 'The signature does not match the request and the key.' },
  signature_expired: { status: 401, retryable: false, text: "The request's timestamp is too far from the server's time." },
  nonce_replayed: { status: 401, retryable: false, text: 'This nonce was already used; sign each request with a new one.' },
  token_missing: { status: 401, retryable: false, text: 'A viewer token is required in auth.token.' },
  token_invalid: { status: 401, retryable: false, text: 'The viewer token is malformed: it is not a signed JWT with a JSON object as its content.' },
  token_algorithm_refused: {
    status: 401,
    retryable: false,
    text: 'The algorithm (alg) of the viewer token is not accepted; sign with HS256, HS384 or HS512 and viewer.token_secret, or with the key of a row of viewer.token_keys.',
  },
  token_key_unknown: {
    status: 401,
    retryable: false,
    text: 'The viewer token names a key (kid) that is neither in viewer.token_keys nor in viewer.token_jwks_url.',
  },
  token_signature_invalid: {
    status: 401,
    retryable: false,
    text: 'The signature of the viewer token is wrong: it was signed with another secret or key, or was changed.',
  },
  token_claim_invalid: { status: 401, retryable: false, text: 'A claim of the viewer token is missing or wrong; the message names it.' },
  token_not_yet_valid: {
    status: 401,
    retryable: true,
    text: 'The viewer token is not valid yet (nbf); compare the clock of the backend with that of danmux.',
  },
  token_expired: { status: 401, retryable: false, text: 'The viewer token has expired; ask the backend for a new one.' },
  origin_forbidden: { status: 403, retryable: false, text: 'This Origin is not in edge.allowed_origins.' },
  forbidden: { status: 403, retryable: false, text: 'This key or token does not permit the request.' },
  read_only: { status: 403, retryable: false, text: 'Guests and holders of read-only tokens may watch but not send.' },
  token_key_removed: {
    status: 401,
    retryable: false,
    text: 'The watch key of this token was deleted or rotated, or has expired; get a token with a valid key.',
  },
  token_mismatch: {
    status: 403,
    retryable: false,
    text: 'The new token is of another user, device, session or issuer than the connection; connect again to change it.',
  },
  room_forbidden: { status: 403, retryable: false, text: 'The token does not allow this room.' },
  not_joined: { status: 403, retryable: false, text: 'Join the room first.' },
  type_forbidden: { status: 403, retryable: false, text: 'Viewers may not send this message type, and backends may not send the reserved types.' },
  banned: { status: 403, retryable: false, text: 'The user is banned.' },
  muted: { status: 403, retryable: true, text: 'The user is muted.' },
  room_muted: { status: 403, retryable: true, text: 'Nobody may send in this room now.' },
  members_only: { status: 403, retryable: false, text: 'Only members may send in this room.' },
  level_too_low: { status: 403, retryable: false, text: 'A higher level is needed to send in this room.' },
  content_blocked: { status: 403, retryable: false, text: 'The content of the message is not allowed.' },
  not_found: { status: 404, retryable: false, text: 'The route or resource does not exist.' },
  method_not_allowed: { status: 405, retryable: false, text: 'This route does not support the HTTP method.' },
  idempotency_in_flight: { status: 409, retryable: true, text: 'A request with this Idempotency-Key is still running.' },
  conflict: { status: 409, retryable: false, text: 'The current state of the resource does not permit the request.' },
  duplicate_id: { status: 409, retryable: false, text: 'This id belongs to a message with other content; use a new id for a new message.' },
  too_large: { status: 413, retryable: false, text: 'The message or body is larger than the limit.' },
  unsupported_media_type: { status: 415, retryable: false, text: 'Send the body as application/json.' },
  idempotency_mismatch: { status: 422, retryable: false, text: 'This Idempotency-Key was already used with a different body.' },
  too_many_rooms: { status: 429, retryable: false, text: 'The connection is in the maximum number of rooms; leave one before joining another.' },
  room_full: { status: 429, retryable: true, text: 'The room has reached its maximum number of viewers.' },
  slow_mode: { status: 429, retryable: true, text: 'The room is in slow mode; wait and send again.' },
  rate_limited: { status: 429, retryable: true, text: 'Too many requests; wait and try again.' },
  internal: { status: 500, retryable: true, text: 'Internal error; the cause is in the log of danmux under the trace id.' },
  unavailable: { status: 503, retryable: true, text: 'The message store cannot be reached; nothing was accepted.' },
  review_full: { status: 503, retryable: true, text: 'Too many messages wait for review; nothing was accepted.' },
  lane_full: { status: 503, retryable: true, text: 'The lane is full; nothing was accepted.' },
  draining: { status: 503, retryable: true, text: 'This node is draining; use another.' },
  slow: { status: 503, retryable: true, text: 'The viewer reads too slowly and was disconnected.' },
} as const satisfies Record<string, ErrorSpec>;

/** A code of the table of errors. */
export type ErrorCode = keyof typeof errors;

/** The error in an ack to a viewer. `retry_after_ms` is the time to wait before a retry, in milliseconds. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retry_after_ms?: number;
}

/** Optional details of a DanmuxError. */
export interface ErrorDetail {
  /** Text to use instead of the one in the table; names the cause and the remedy. */
  message?: string;
  retryAfterMs?: number;
  cause?: unknown;
}

/** An error with a code of the table. It may be thrown anywhere; an edge answers with it in an ack, the api in a problem+json reply. */
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

  /**
   * Returns the wait that is sent to the client, in milliseconds. `defaultMs` replaces a missing `retryAfterMs`. A wait because of the state of the
   * server (HTTP 503 and `room_full`) is multiplied by a random factor from 1 to 2 at each call: clients that are refused together must not return
   * together, and they may share one error object. Other waits, such as the end of a mute, are exact.
   */
  retryHintMs(defaultMs?: number): number | undefined {
    const afterMs = this.retryAfterMs ?? defaultMs;
    if (afterMs === undefined) return undefined;
    return this.status === 503 || this.code === 'room_full' ? Math.round(afterMs * (1 + Math.random())) : afterMs;
  }

  toBody(): ErrorBody {
    const body: ErrorBody = { code: this.code, message: this.message };
    const hintMs = this.retryHintMs();
    if (hintMs !== undefined) body.retry_after_ms = hintMs;
    return body;
  }
}
