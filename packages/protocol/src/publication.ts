// JSON shapes of a message as sent to viewers, and of the frame that carries messages (docs/protocol.md).
import type { Lane } from './lanes.ts';

/** The sender of a message. Additional fields set by the backend are passed on unchanged. */
export interface From {
  readonly id: string;
  readonly name?: string;
  readonly avatar?: string;
  readonly level?: number;
  readonly [field: string]: unknown;
}

/** A member of a room, as listed to the other members. */
export interface RoomMember extends From {
  /** Present when the member connected without a token. */
  readonly guest?: true;
}

/** One gift of a combo. A combo is one message into which several gifts were merged. */
export interface MsgPart {
  readonly id: string;
  readonly count: number;
}

/** One message as sent to viewers. */
export interface Msg {
  readonly id: string;
  /** Id and count of each gift that was merged into this combo message. A recall may name one of these ids. */
  readonly parts?: readonly MsgPart[];
  readonly lane: Lane;
  /** Offset in the stream of room and lane; absent on lanes without a stream. */
  readonly offset?: number;
  readonly type: string;
  readonly from?: From;
  readonly data: unknown;
  /** When danmux accepted the message, milliseconds since 1970. */
  readonly ts: number;
  /** True when viewers should confirm the message with a `receipt` event. */
  readonly receipt?: boolean;
  /** Expiry, milliseconds since 1970; clients must not show the message afterwards. */
  readonly expires_at?: number;
}

/** Messages of one room that are sent together, ordered by lane priority. */
export interface Frame {
  readonly room: string;
  readonly msgs: readonly Msg[];
}
