// The contract of the ingress: one queue per shard and lane. Every accepted publication is stored there first, and the relay that owns the
// shard reads from it. The ingress stores bytes; it does not interpret message types or users.
import type { Lane, RecallScope } from '@danmux/protocol';
import type { Subscription } from './subscription.ts';

/** An accepted message that has no offset yet. */
export interface Publication {
  readonly room: string;
  readonly lane: Lane;
  readonly id: string;
  /**
   * The message as a JSON object without `lane` and `offset`, in the layout of message-text.ts. Encoded once, on acceptance; the relay adds
   * lane and offset as text, without parsing.
   */
  readonly body: string;
  /** Trace id; every hop logs it. */
  readonly trace: string;
  /**
   * A second publication with the same room and key within `dedupeMs` is not stored; its result has the id of the first. Absent when the publisher
   * gave no id: a second attempt then stores the message twice.
   */
  readonly dedupeKey?: string;
  /**
   * Digest of the content (content-digest.ts), stored with the dedupe key. A second publication with the same key and another digest is refused as
   * `duplicate_id`. When at least one of the two has no digest, the second counts as a duplicate. Present only together with `dedupeKey`.
   */
  readonly digest?: string;
  /** Name of the combo to which a gift belongs, unique in the room; only on gifts of a combo. */
  readonly combo?: string;
  /** Only on lanes whose messages may be shed. */
  readonly weight?: Weight;
  readonly marks?: Marks;
}

/** Flags of a message that relay and edge read without parsing the message. */
export interface Marks {
  /** Viewers' clients must acknowledge the message. */
  readonly receipt?: true;
  /** Time after which the message is dropped, milliseconds since 1970; the ledger counts it as shed (`expired`). */
  readonly expires_at?: number;
  /** Id of an earlier message that this one recalls from queues and viewers. */
  readonly recalls?: string;
  /**
   * A bulk recall: all earlier messages of this scope (a user or the room) are recalled from queues and viewers. The relay adds the last recalled
   * positions.
   */
  readonly recall_of?: RecallScope;
  /** The publisher requested a trace on a lane that is not traced by default. */
  readonly traced?: true;
  /** Recipient's user id; only in user rooms (user-room.ts). */
  readonly to?: string;
}

/** Values by which a relay chooses the messages to keep when it must shed some. */
export interface Weight {
  /** User id of the sender; empty when there is none. */
  readonly sender: string;
  /** Sum of the sender's level and role weights; higher is kept first. */
  readonly rank: number;
  /** Hash of the data, to detect repeated texts. */
  readonly content: number;
}

/** The result of a stored publication. A publication that is not stored has an error instead. */
export interface PublishResult {
  /** Id of the stored message: the id of the first publication when this one was a duplicate. */
  readonly id: string;
  readonly duplicate: boolean;
}

/** A stored publication that is not committed yet. */
export interface Pending extends Publication {
  /** Entry id in the ingress of its shard and lane; increases in order of acceptance. */
  readonly entry: string;
}

/** Read position in an ingress: the last entry id read per lane. `{}` reads from the oldest uncommitted entry. */
export type IngressCursor = Partial<Record<Lane, string>>;

/**
 * Order: entries of one room and lane are read in the order in which they were stored; publications of one call are stored in the order of
 * the array. There is no order between lanes, rooms or concurrent calls.
 *
 * Atomicity: each publication is stored with its dedupe key and its ledger count in one step; the publications of one call are not one step.
 *
 * Loss: when a result is not an Error, the publication is stored with the durability of `redis.ack` (`replicated`: on guaranteed lanes it
 * survives the loss of the master). At its cap, a guaranteed lane refuses the new publication, and its entries stay until a commit removes them.
 * Any other lane drops its oldest entry at the cap, and the ledger counts it as shed (`ingress_full`). When a call rejects or a result is
 * `unavailable`, the publication may have been stored: publish it again with the same dedupe key.
 */
export interface Ingress {
  /** Returns one result per publication, in order: the stored id, or the error that refused it (`duplicate_id`, `lane_full`, `unavailable`). */
  publish(publications: readonly Publication[]): Promise<readonly (PublishResult | Error)[]>;
  /**
   * Waits until all earlier writes to the hash slot of `key` are as durable as a guaranteed publication. With `redis.ack` set to `local` it resolves
   * immediately; with `replicated` it resolves when replicas confirm. Rejects with `unavailable` when the replicas do not confirm in time.
   */
  confirm(key: string): Promise<void>;
  /** Returns up to `limit` entries after the entry id `after` (undefined: from the oldest), oldest first. Removes nothing. */
  read(shard: number, lane: Lane, after: string | undefined, limit: number): Promise<readonly Pending[]>;
  /**
   * Calls `notify` soon after a publication was stored in the shard. Calls may be spurious, and calls are lost while disconnected. After a reconnect,
   * possibly to another store, `resumed` is called (by default it is `notify`). Also poll from time to time.
   */
  listen(shard: number, notify: () => void, resumed?: () => void): Promise<Subscription>;
}
