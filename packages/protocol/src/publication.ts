// What a viewer sees of one publication, and the frame it arrives in. The JSON shapes of docs/protocol.md.
import type { Lane } from './lanes.ts';

/** Who sent a message. Further fields a backend gives are passed on as they are. */
export interface From {
  readonly id: string;
  readonly name?: string;
  readonly avatar?: string;
  readonly level?: number;
  readonly [field: string]: unknown;
}

/** Somebody in a room, as the others see it. */
export interface RoomMember extends From {
  /** Present when it came without a token. */
  readonly guest?: true;
}

/** One of several gifts of a combo that were sent as one message. */
export interface MsgPart {
  readonly id: string;
  readonly count: number;
}

export interface Msg {
  readonly id: string;
  /** Of a message that stands for several gifts of a combo: each one's id and count. A recall may name one of them. */
  readonly parts?: readonly MsgPart[];
  readonly lane: Lane;
  /** Its place in the stream of room and lane; absent on lanes that keep none. */
  readonly offset?: number;
  readonly type: string;
  readonly from?: From;
  readonly data: unknown;
  /** Milliseconds since 1970 at which danmux accepted it. */
  readonly ts: number;
  /** True when the backend wants to know who received it. */
  readonly receipt?: boolean;
  /** When it loses its meaning, milliseconds since 1970: not to be shown after. */
  readonly expires_at?: number;
}

/** Publications of one room that are sent at once, in lane order. */
export interface Frame {
  readonly room: string;
  readonly msgs: readonly Msg[];
}
