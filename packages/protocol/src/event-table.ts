// Tables of the viewer protocol's events, with the purpose and the possible errors of each; docs/protocol.md is generated from them. The
// payload types are in events.ts, and the schemas that check the payloads of viewers in viewer-schemas.ts.
import type { ErrorCode } from './errors.ts';
import type { ServerEvents, ViewerEvents } from './events.ts';

/** Version of the viewer protocol. It is the only version, so client and edge do not negotiate one. */
export const protocolVersion = 1;

/** Purpose and errors of one event that viewers send. */
export interface ViewerEventSpec {
  readonly text: string;
  /** Errors specific to this event, in addition to `anyEventErrors`. */
  readonly errors: readonly ErrorCode[];
}

/** Events from viewer to edge, each answered by an ack. */
export const viewerEvents = {
  join: {
    text: 'Join or rejoin a room; the reply holds the missed messages or the latest ones.',
    errors: ['invalid_room', 'room_forbidden', 'banned', 'room_full', 'too_many_rooms', 'not_joined', 'unavailable'],
  },
  leave: { text: 'Leave a room. Succeeds also when the room was not joined.', errors: ['invalid_room'] },
  send: {
    text: 'Send a message to a joined room.',
    errors: [
      ...(['invalid_room', 'not_joined', 'read_only', 'unknown_type', 'type_forbidden', 'too_large', 'muted', 'room_muted', 'members_only'] as const),
      ...(['level_too_low', 'slow_mode', 'content_blocked', 'review_full', 'lane_full', 'unavailable'] as const),
    ],
  },
  receipt: { text: 'Confirm that messages with `receipt: true` arrived.', errors: ['invalid_room', 'not_joined'] },
  members: { text: 'List the members of a joined room in pages, highest level first.', errors: ['invalid_room', 'not_joined', 'unavailable'] },
  history: {
    text: 'Read older messages of one lane of a joined room in pages; a page starts with its lowest offset.',
    errors: ['invalid_room', 'not_joined', 'unavailable'],
  },
  auth: {
    text: 'Replaces the token of the connection before the token expires; narrower rights apply at once. After an error the previous token stays in force.',
    errors: [
      ...(['token_invalid', 'token_algorithm_refused', 'token_key_unknown', 'token_signature_invalid', 'token_claim_invalid'] as const),
      ...(['token_not_yet_valid', 'token_expired', 'token_key_removed', 'token_mismatch', 'banned', 'unavailable'] as const),
    ],
  },
} as const satisfies Record<keyof ViewerEvents, ViewerEventSpec>;

/** Errors that the ack of any event may contain. */
export const anyEventErrors = ['invalid_request', 'rate_limited', 'unknown_event', 'internal'] as const satisfies readonly ErrorCode[];

/** Errors with which an edge refuses a connection. The client finds the code in `data.code` of socket.io's `connect_error`. */
export const connectErrors = [
  'token_missing',
  'token_invalid',
  'token_algorithm_refused',
  'token_key_unknown',
  'token_signature_invalid',
  'token_claim_invalid',
  'token_not_yet_valid',
  'token_expired',
  'token_key_removed',
  'banned',
  'draining',
  'unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];

/** Events from edge to viewer. */
export const serverEvents = {
  frame: 'One or more messages of a room, in display order.',
  gap: 'Reports messages of one lane that this viewer did not get, with the reason.',
  presence: 'The number of connections in a room; sent when it changed, at most once per second.',
  notice: 'Reports a sanction, an expired token, a room that a new token does not allow, or a refused event to this viewer, for one room or for all.',
  goaway: 'The edge will close this connection in `reconnect_in_ms` milliseconds.',
} as const satisfies Record<keyof ServerEvents, string>;
