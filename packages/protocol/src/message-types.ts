// The built-in message types and their lanes. Operators add types in the setting `messages.types`. This file does not define the
// content of `data`.
import type { Lane } from './lanes.ts';

/** Lane, sender permission, merge rule and viewer limits of one message type. */
export interface MessageType {
  readonly lane: Lane;
  /** True when viewers may send this type. It must be false for paid types such as gifts, which only the backend may send. */
  readonly viewer: boolean;
  /**
   * How a relay merges the messages of an ambient type within one tick. `sum` (default): only the newest message is sent, with the sum of
   * all `data.count`. `newest`: only the newest message of each sender and of each value of the field `key` is sent.
   */
  readonly merge?: 'sum' | 'newest';
  /** With `newest`: name of a field of `data`. Messages of one sender that differ in this field do not replace each other. */
  readonly key?: string;
  /**
   * Messages of this type that one user may send per minute through one edge. A type that sets this field has a separate rate limit, and so has
   * every ambient type; the defaults of such a limit are `edge.send_per_minute` and `edge.send_burst`. All other types share one rate limit.
   */
  readonly viewer_per_minute?: number;
  /** Messages of this type that one user may send in one burst through one edge. */
  readonly viewer_burst?: number;
  /** Largest `data.count` of one message of a viewer. */
  readonly viewer_count_max?: number;
  /** Largest sum of `data.count` per second, over the messages of this type from one user through one edge. */
  readonly viewer_count_per_second?: number;
}

/** Defaults of `viewer_count_max` and `viewer_count_per_second`. */
export const viewerCounts = { max: 100, perSecond: 20 } as const;

/** The built-in message types. */
export const messageTypes = {
  chat: { lane: 'chat', viewer: true },
  gift: { lane: 'gift', viewer: false },
  superchat: { lane: 'gift', viewer: false },
  like: { lane: 'ambient', viewer: true, merge: 'sum', viewer_per_minute: 120, viewer_burst: 20, viewer_count_max: 100, viewer_count_per_second: 20 },
  enter: { lane: 'ambient', viewer: false, merge: 'newest' },
  notice: { lane: 'control', viewer: false },
  /** An event published through the Pusher-compatible API; data is `{event, data}`. */
  event: { lane: 'control', viewer: false },
  /** Reserved: a message was recalled; data is `{id}`, `{user, positions}` or `{all: true, positions}`. */
  recall: { lane: 'control', viewer: false },
  /** Reserved: the modes of the room changed; data is `{modes}`. */
  room_state: { lane: 'control', viewer: false },
} as const satisfies Record<string, MessageType>;

/** Types that only danmux sends; publishing one is refused with `type_forbidden`. */
export const reservedTypes: readonly string[] = ['recall', 'room_state'];
