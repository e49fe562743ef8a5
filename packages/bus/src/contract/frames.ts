// The contract of frames: message batches that a relay publishes to the edges subscribed to a room. A frame has a head, which the edge reads,
// and a payload, which the edge forwards to viewers without parsing. Messages of stream lanes are also stored in the streams.
import type { Lane, StreamLane } from '@danmux/protocol';
import type { Subscription } from './subscription.ts';

/** A batch of messages of one room. An edge reads the head and forwards the payload. */
export interface BusFrame {
  readonly head: FrameHead;
  /** Payload of the viewers' `frame` event, JSON: `{"room":…,"msgs":[…]}`. */
  readonly payload: string;
}

/** Describes the messages of a frame, so that an edge can route, split and merge frames without parsing their payload. */
export interface FrameHead {
  readonly room: string;
  readonly epoch: string;
  /** First and last offset per stream lane with messages in this frame. */
  readonly ranges: Partial<Record<StreamLane, readonly [first: number, last: number]>>;
  /** Number of messages per lane. */
  readonly counts: Partial<Record<Lane, number>>;
  /** Characters per lane in the payload, including the commas between messages; an edge uses them to split and merge frames. */
  readonly characters: Partial<Record<Lane, number>>;
  /** Number of messages shed per lane since the last frame that reported such numbers; viewers get them in a `gap` event. */
  readonly shed?: Partial<Record<Lane, number>>;
  /** Shed messages that are delivered only to their sender: user id and the message as JSON. */
  readonly senderOnly?: readonly (readonly [user: string, message: string])[];
  /** Ids of messages in this frame that request receipts. */
  readonly receipts?: readonly string[];
  /** Ids of earlier messages that messages in this frame recall. */
  readonly recalls?: readonly string[];
  /** Only in user rooms: the recipient of each message, in payload order. */
  readonly to?: readonly string[];
  /** Message id and trace id of the traced messages in this frame (`isTraced`). */
  readonly traces: readonly (readonly [id: string, trace: string])[];
}

/**
 * Receives the frames of one room. Frames are not stored: a subscriber misses the frames published during an outage, and `resumed` reports the
 * outage.
 */
export interface RoomSubscriber {
  /** Called with each frame, in the order in which the relay published them. */
  frame(frame: BusFrame): void;
  /** Called after a reconnect: frames may have been lost. Compare heads and read missed messages from the streams. */
  resumed(): void;
}

/**
 * Order: one subscriber gets the frames of a room in the order of their commits. A commit checks the lease and publishes its frame
 * in one step, so no frame of a previous owner of the shard follows one of the new owner.
 *
 * Loss: delivery is at most once. Frames committed while disconnected are lost, and `resumed` reports it. A gap between the ranges of two
 * frames, or newer heads in a pulse (`Presence.report`), shows any other loss. Read lost messages of stream lanes with `Streams.since`;
 * those of the ambient lane cannot be recovered.
 */
export interface Frames {
  /** Resolves when the subscription is active and will get the frames of later commits. A subscriber that throws does not affect others. */
  subscribe(room: string, subscriber: RoomSubscriber): Promise<Subscription>;
  /**
   * Whether any process is subscribed to the room. When the answer is false, every later subscriber can read the messages committed before this call
   * from the streams. The answer is also true when the store does not allow the query.
   */
  subscribed(room: string): Promise<boolean>;
}
