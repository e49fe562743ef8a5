// Message types and the lane each travels in. Applications add rows through the config key `messages.types`; this file
// owns the built-in ones. It knows nothing of what a message's data means.
import type { Lane } from './lanes.ts';

export interface MessageType {
  readonly lane: Lane;
  /** True when a viewer may send it; a type that is paid for never is. */
  readonly viewer: boolean;
  /**
   * What becomes of an ambient type's messages of one tick. `sum` (when absent): one message, the newest, with the sum of the counts.
   * `newest`: the newest of each sender and `key`.
   */
  readonly merge?: 'sum' | 'newest';
  /** With `newest`, a field of `data`: messages of one sender that differ in it do not replace one another. */
  readonly key?: string;
  /**
   * Messages of this type one user may send a minute through one edge, and at once. Given, or of an ambient type, they have a limit of
   * their own; the other types share `edge.send_per_minute` and `edge.send_burst`, which are also the numbers where these are absent.
   */
  readonly viewer_per_minute?: number;
  readonly viewer_burst?: number;
  /** What one message of a viewer may count, and all of this type and viewer together a second through one edge. */
  readonly viewer_count_max?: number;
  readonly viewer_count_per_second?: number;
}

/** Where a type's row does not say what a viewer may count. */
export const viewerCounts = { max: 100, perSecond: 20 } as const;

export const messageTypes = {
  chat: { lane: 'chat', viewer: true },
  gift: { lane: 'gift', viewer: false },
  superchat: { lane: 'gift', viewer: false },
  like: { lane: 'ambient', viewer: true, merge: 'sum', viewer_per_minute: 120, viewer_burst: 20, viewer_count_max: 100, viewer_count_per_second: 20 },
  enter: { lane: 'ambient', viewer: false, merge: 'newest' },
  notice: { lane: 'control', viewer: false },
  /** An event of a Pusher client: data is `{event, data}`. */
  event: { lane: 'control', viewer: false },
  /** Danmux's own: a message was taken back. data is `{id}`. */
  recall: { lane: 'control', viewer: false },
  /** Danmux's own: the room's modes changed. data is `{modes}`. */
  room_state: { lane: 'control', viewer: false },
} as const satisfies Record<string, MessageType>;

/** Types only danmux itself sends; who publishes them is refused with `type_forbidden`. */
export const reservedTypes: readonly string[] = ['recall', 'room_state'];
