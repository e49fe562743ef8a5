// What relays publish to edges: the viewers' bytes, and before them what an edge must know without parsing them.
import type { Lane, StreamLane } from '@danmux/protocol';

/** A batch on its way to the edges. The head is all an edge reads; the payload it only passes on. */
export interface BusFrame {
  readonly head: FrameHead;
  /** The viewer's `frame` payload, JSON: `{"room":…,"msgs":[…]}`. */
  readonly payload: string;
}

export interface FrameHead {
  readonly room: string;
  readonly epoch: string;
  /** First and last offset this frame carries, per stream lane it carries any of. */
  readonly ranges: Partial<Record<StreamLane, readonly [first: number, last: number]>>;
  /** Messages per lane. */
  readonly counts: Partial<Record<Lane, number>>;
  /** Characters of each lane's messages in the payload, with the commas between them: frames are cut and merged by these. */
  readonly characters: Partial<Record<Lane, number>>;
  /** Messages that were shed since the last frame that said so, which viewers are told. */
  readonly shed?: Partial<Record<Lane, number>>;
  /** Messages of this frame's time that were shed, for their senders only: user id and the message as JSON. */
  readonly own?: readonly (readonly [user: string, message: string])[];
  /** Ids of its messages that ask for receipts. */
  readonly receipts?: readonly string[];
  /** Ids of messages that its messages take back. */
  readonly recalls?: readonly string[];
  /** Of a room of users: for whom each message is, in the order of the payload. */
  readonly to?: readonly string[];
  /** Message id and trace id of its messages that are traced (traces.ts says which). */
  readonly traces: readonly (readonly [id: string, trace: string])[];
}
