// Message types and the lane each travels in. Applications add rows through the config key `messages.types`; this file
// owns the built-in ones. It knows nothing of what a message's data means.
import type { Lane } from './lanes.ts';

export interface MessageType {
  readonly lane: Lane;
  /** True when a viewer may send it; a type that is paid for never is. */
  readonly viewer: boolean;
}

export const messageTypes = {
  chat: { lane: 'chat', viewer: true },
  gift: { lane: 'gift', viewer: false },
  superchat: { lane: 'gift', viewer: false },
  like: { lane: 'ambient', viewer: true },
  enter: { lane: 'ambient', viewer: false },
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
