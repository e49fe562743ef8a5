// The built-in message types and their lanes. Operators add types in the setting `messages.types`. This file does not define the
// content of `data`.
import type { Lane } from './lanes.ts';

/** Lane, sender permission, merge rule and viewer limits of one message type. */
export interface MessageType {
  readonly lane: Lane;
  /** True when viewers may send this type. Must be false for paid types, which only the backend sends. */
  readonly viewer: boolean;
  /**
   * How a relay merges the messages of an ambient type within one tick. `sum` (default): into the newest message, with the sum of the
   * counts. `newest`: keeps the newest message of each sender and `key`.
   */
  readonly merge?: 'sum' | 'newest';
  /** Name of a field of `data`, used with `newest`: messages of one sender with different values in this field are kept separately. */
  readonly key?: string;
  /**
   * Messages of this type that one user may send per minute through one edge. A type that sets this, and every ambient
   * type, has a separate limit; `edge.send_per_minute` and `edge.send_burst` are the defaults. All other types share one limit.
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
  /** Reserved: a message was recalled; data is `{id}`. */
  recall: { lane: 'control', viewer: false },
  /** Reserved: the modes of the room changed; data is `{modes}`. */
  room_state: { lane: 'control', viewer: false },
} as const satisfies Record<string, MessageType>;

/** Types that only danmux sends; publishing one is refused with `type_forbidden`. */
export const reservedTypes: readonly string[] = ['recall', 'room_state'];
