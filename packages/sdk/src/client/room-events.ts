// The events of a room, and the options of `join` and `send`.
import type { DanmuxError, Gap, JoinReply, Notice, RoomModes, SendReply } from '@danmux/protocol';
import type { Message } from './message.ts';
import type { ClientState } from './options.ts';

/** The events of a room and their payloads. */
export interface RoomEvents {
  /** A message: each is emitted once, in order within its lane. `type` determines the fields of `data`. Recalls and modes are separate events. */
  message: Message;
  /**
   * A message was recalled: remove it. The event may arrive before the message, which is then never emitted. When the id is one of a
   * message's `parts` (one gift of a combo), subtract that part's count instead. When all messages of a user or of the room are recalled, the
   * event is emitted once for each message.
   */
  recalled: { readonly id: string };
  /** The room's modes have changed or were sent again unchanged. */
  modes: RoomModes;
  /** A notice for this viewer about this room: muted, unmuted, kicked, banned, unbanned. */
  notice: Notice;
  /** This viewer missed messages: the lane, the number if known, and the reason. */
  gap: Gap;
  /** `send` was called: a list can show the message as pending. `sent` or `unsent` with the same cid follows. */
  sending: OutgoingMessage;
  /** The server accepted the message; `id` is its message id. The event `message` with that id may have been emitted before. */
  sent: { readonly cid: string } & SendReply;
  /** The message failed and is not retried automatically; call `send` with the same cid to retry it without a duplicate. */
  unsent: { readonly cid: string; readonly error: DanmuxError };
  /** The number of connections in the room. */
  online: number;
  /** The room was joined, for the first time or again. */
  joined: JoinReply;
  /** The connection was lost. State `connecting`: the room is joined again after the reconnect; `closed`: it is not. */
  away: { readonly state: ClientState };
  /** The server refused the join with an error that is not retryable. The room joins again after `retryAfterMs`, if given, and after a reconnect. */
  error: DanmuxError;
}

/** A message of this viewer on its way to the server. */
export interface OutgoingMessage {
  /** The client id of the message: the same for `sending`, `sent` and `unsent`. */
  readonly cid: string;
  readonly type: string;
  readonly data: unknown;
}

/** Options of `room.send`. */
export interface SendOptions {
  /** Client id of the message. The server accepts two requests with the same cid as one message. Default: a new random id. */
  readonly cid?: string;
}

/** Options of `client.join`. */
export interface JoinOptions {
  /** Number of past messages requested at the first join; when absent the server sends 50. */
  readonly history?: number;
}
