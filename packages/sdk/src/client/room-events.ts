// Events of a room, and the options of joining and sending.
import type { DanmuxError, Gap, JoinReply, Msg, Notice, RoomModes, SendReply } from '@danmux/protocol';
import type { ClientState } from './options.ts';

export interface RoomEvents {
  /** Each message once, in the order of its lane; recalls and modes are separate events. */
  message: Msg;
  /**
   * A message was recalled: remove it. The event may precede the message, which is then never emitted. The id may be that of one of
   * a message's `parts` (a gift of a combo): then subtract that part's count.
   */
  recalled: { readonly id: string };
  /** The room's modes have changed. */
  modes: RoomModes;
  /** A notice for this viewer about this room: muted, unmuted, kicked, banned, unbanned. */
  notice: Notice;
  /** Messages that this viewer missed. */
  gap: Gap;
  /** `send` was called: show the message at once, as pending. */
  sending: OutgoingMessage;
  /** The message was accepted and has this id; the server's copy may have arrived already. */
  sent: { readonly cid: string } & SendReply;
  /** The message failed and is not retried; `send` with the same cid tries it again. */
  unsent: { readonly cid: string; readonly error: DanmuxError };
  /** Connections in the room. */
  online: number;
  /** After every join: the first and those after a reconnect. */
  joined: JoinReply;
  /** The connection ended. `connecting`: the room is joined again after the reconnect; `closed`: it is not. */
  away: { readonly state: ClientState };
  /** The room cannot be joined; retried only after `retryAfterMs`, or on the next connection. */
  error: DanmuxError;
}

export interface OutgoingMessage {
  readonly cid: string;
  readonly type: string;
  readonly data: unknown;
}

export interface SendOptions {
  /** The sender's id of the message: two messages with the same one are one. Default: a new id. */
  readonly cid?: string;
}

export interface JoinOptions {
  /** Number of messages to get at the first join; the server's default is 50. */
  readonly history?: number;
}
