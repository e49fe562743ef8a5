// The contract of frames: what a relay publishes to the edges that hold a room. A frame carries the viewers' bytes, and before them a
// head with what an edge must know without parsing those bytes. Frames are a fast path and never the only copy of anything.
import type { Lane, StreamLane } from '@danmux/protocol';
import type { Subscription } from './subscription.ts';

/** A batch on its way to the edges. An edge reads the head and passes the payload on. */
export interface BusFrame {
  readonly head: FrameHead;
  /** The viewer's `frame` payload, JSON: `{"room":…,"msgs":[…]}`. */
  readonly payload: string;
}

export interface FrameHead {
  readonly room: string;
  readonly epoch: string;
  /** First and last offset in this frame, of each stream lane in it. */
  readonly ranges: Partial<Record<StreamLane, readonly [first: number, last: number]>>;
  /** Messages per lane. */
  readonly counts: Partial<Record<Lane, number>>;
  /** Characters of each lane's messages in the payload, with the commas between them: frames are cut and merged by these. */
  readonly characters: Partial<Record<Lane, number>>;
  /** Messages shed since the last frame that reported any; viewers get this as a gap. */
  readonly shed?: Partial<Record<Lane, number>>;
  /** Messages of this frame's time that were shed and only their senders still see: user id and the message as JSON. */
  readonly senderOnly?: readonly (readonly [user: string, message: string])[];
  /** Ids of its messages that ask for receipts. */
  readonly receipts?: readonly string[];
  /** Ids of messages that its messages recall. */
  readonly recalls?: readonly string[];
  /** In a room of users: the recipient of each message, in the order of the payload. */
  readonly to?: readonly string[];
  /** Message id and trace id of its traced messages (`isTraced`). */
  readonly traces: readonly (readonly [id: string, trace: string])[];
}

export interface RoomSubscriber {
  /** A frame of the room, in the order in which the relay published them. */
  frame(frame: BusFrame): void;
  /** The connection was away and frames may be missing: compare heads and read the hole from the streams. */
  resumed(): void;
}

/**
 * Order: one subscriber gets the frames of a room in the order of their commits. A new owner of the shard publishes only after its
 * first commit, which fences the one before.
 *
 * Loss: at most once. Frames that were committed while the connection was away never arrive, and `resumed` reports it. A hole between the
 * ranges of two frames shows any other loss, and so does a pulse (`Presence.report`). The messages of stream lanes are then read with
 * `Streams.since`; those of the ambient lane are gone.
 */
export interface Frames {
  /** Resolves when every frame that is committed from now on will arrive. A subscriber that throws affects no other. */
  subscribe(room: string, subscriber: RoomSubscriber): Promise<Subscription>;
  /**
   * Whether any process is subscribed to the room. After false, a later subscriber finds in the streams whatever was committed before
   * this call. True also when the store does not allow the question.
   */
  subscribed(room: string): Promise<boolean>;
}
