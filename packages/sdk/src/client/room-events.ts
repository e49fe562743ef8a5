// What a room tells, and how it is joined.
import type { DanmuxError, Gap, JoinReply, Msg, Notice, RoomModes } from '@danmux/protocol';

export interface RoomEvents {
  /** Each message once, in the order of its lane; danmux's own (recalls, modes) are events of their own. */
  message: Msg;
  /** A message was taken back: it must not be shown any more. It may not have come yet, and then never comes. */
  recalled: { readonly id: string };
  /** How the room may be talked in has changed. */
  modes: RoomModes;
  /** What the server tells this viewer about this room: muted, unmuted, kicked, banned, unbanned. */
  notice: Notice;
  /** What this viewer was not sent. */
  gap: Gap;
  /** Connections in the room. */
  online: number;
  /** After every join; the first and those after a reconnect. */
  joined: JoinReply;
  /** The room cannot be joined; tried again only after `retryAfterMs`, or on the next connection. */
  error: DanmuxError;
}

export interface JoinOptions {
  /** Messages to get at the first join; the server's default (50) when absent. */
  readonly history?: number;
}
