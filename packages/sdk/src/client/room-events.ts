// What a room tells, and how it is joined.
import type { DanmuxError, Gap, JoinReply, Msg, Notice, RoomModes, SendReply } from '@danmux/protocol';
import type { ClientState } from './options.ts';

export interface RoomEvents {
  /** Each message once, in the order of its lane; danmux's own (recalls, modes) are events of their own. */
  message: Msg;
  /**
   * A message was taken back: it must not be shown any more. It may not have come yet, and then never comes. The id may be that of one of
   * a message's `parts` (a gift of a combo): then that part's count is to be taken off.
   */
  recalled: { readonly id: string };
  /** How the room may be talked in has changed. */
  modes: RoomModes;
  /** What the server tells this viewer about this room: muted, unmuted, kicked, banned, unbanned. */
  notice: Notice;
  /** What this viewer was not sent. */
  gap: Gap;
  /** `send` was called: to be shown at once, as waiting. */
  sending: OutgoingMessage;
  /** It was accepted; its message has this id and may have come already. */
  sent: { readonly cid: string } & SendReply;
  /** It was not, and is not tried again; `send` with the same cid makes another try of the same message. */
  unsent: { readonly cid: string; readonly error: DanmuxError };
  /** Connections in the room. */
  online: number;
  /** After every join; the first and those after a reconnect. */
  joined: JoinReply;
  /** The connection ended: `connecting`, and it is joined again when it is back; or `closed` for good. */
  away: { readonly state: ClientState };
  /** The room cannot be joined; tried again only after `retryAfterMs`, or on the next connection. */
  error: DanmuxError;
}

export interface OutgoingMessage {
  readonly cid: string;
  readonly type: string;
  readonly data: unknown;
}

export interface SendOptions {
  /** The sender's id of the message: sent twice with the same one it is one message. Made anew when absent. */
  readonly cid?: string;
}

export interface JoinOptions {
  /** Messages to get at the first join; the server's default (50) when absent. */
  readonly history?: number;
}
