// The viewer protocol's events as tables, for docs/protocol.md: what each is for and which errors answer it. Payloads are typed in
// events.ts and checked by viewer-schemas.ts.
import type { ErrorCode } from './errors.ts';
import type { ServerEvents, ViewerEvents } from './events.ts';

/** The version of the viewer protocol. There is no other yet, and nothing is negotiated. */
export const protocolVersion = 1;

export interface ViewerEventSpec {
  readonly text: string;
  /** Errors of this event besides those that any event may be answered with. */
  readonly errors: readonly ErrorCode[];
}

export const viewerEvents = {
  join: {
    text: 'Enter a room, or come back to it; answered with what was missed or with the last messages.',
    errors: ['invalid_room', 'room_forbidden', 'banned', 'room_full', 'too_many_rooms', 'not_joined', 'unavailable'],
  },
  leave: { text: 'Leave a room. Leaving a room that was not joined is no error.', errors: ['invalid_room'] },
  send: {
    text: 'Send a message to a joined room.',
    errors: [
      ...(['invalid_room', 'not_joined', 'read_only', 'unknown_type', 'type_forbidden', 'too_large', 'muted', 'room_muted', 'members_only'] as const),
      ...(['level_too_low', 'slow_mode', 'content_blocked', 'review_full', 'lane_full', 'unavailable'] as const),
    ],
  },
  receipt: { text: 'Say that messages with `receipt: true` arrived.', errors: ['invalid_room', 'not_joined'] },
  members: { text: 'Who is in a joined room, highest level first, by pages.', errors: ['invalid_room', 'not_joined', 'unavailable'] },
  history: { text: 'Older messages of one lane of a joined room, lowest offset first in the page.', errors: ['invalid_room', 'not_joined', 'unavailable'] },
} as const satisfies Record<keyof ViewerEvents, ViewerEventSpec>;

/** Errors any event may be answered with. */
export const anyEventErrors = ['invalid_request', 'rate_limited', 'unknown_event', 'internal'] as const satisfies readonly ErrorCode[];

/** Errors that answer a CONNECT, as `data.code`. */
export const connectErrors = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'banned',
  'draining',
  'unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];

export const serverEvents = {
  frame: 'Messages of one room, at least one, in the order in which they are to be shown.',
  gap: 'Messages of one lane that this viewer was not sent, with the reason.',
  presence: 'The number of connections in a room; at most once a second, and only when it changed.',
  notice: 'Something that concerns this viewer, in one room or in all.',
  goaway: 'The edge is about to close this connection; `reconnect_in_ms` is when.',
} as const satisfies Record<keyof ServerEvents, string>;
