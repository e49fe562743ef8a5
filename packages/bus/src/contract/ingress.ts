// The contract of the ingress: a queue for each shard and lane, into which every publication goes first and from which the relay that
// owns the shard reads. It stores and delivers bytes; it knows neither the types of messages nor the viewers.
import type { Lane } from '@danmux/protocol';
import type { Subscription } from './subscription.ts';

/** One message on its way in. */
export interface Publication {
  readonly room: string;
  readonly lane: Lane;
  readonly id: string;
  /**
   * The message as a JSON object without `lane` and `offset`, in the layout of message-text.ts. Encoded once where it is accepted; the
   * relay puts lane and offset in front and parses nothing.
   */
  readonly body: string;
  /** Trace id, in the logs of every hop. */
  readonly trace: string;
  /**
   * When set, a second publication with the same room and key inside `dedupeMs` is not stored; its result names the id of the first.
   * Absent on messages that the publisher cannot send twice.
   */
  readonly dedupeKey?: string;
  /** On gifts that belong to a combo: the combo's name in the room. */
  readonly combo?: string;
  /** On lanes that may be shed. */
  readonly weight?: Weight;
  readonly marks?: Marks;
}

/** What relay and edge must know of a message besides its lane, without parsing it. */
export interface Marks {
  /** Viewers are asked to acknowledge it. */
  readonly receipt?: true;
  /** It is not sent after this time, milliseconds since 1970; the ledger counts it as shed (`expired`). */
  readonly expires_at?: number;
  /** It recalls the message of this id, wherever that has arrived. */
  readonly recalls?: string;
  /** The publisher asked for a trace, though the lane is not traced. */
  readonly traced?: true;
  /** Only for connections of this user; only in the rooms of user-room.ts. */
  readonly to?: string;
}

/** What a relay weighs a message by when a tick has no room for all. */
export interface Weight {
  /** User id; empty when the message names no sender. */
  readonly sender: string;
  /** Level and roles as one number. */
  readonly rank: number;
  /** A hash of the data: the same for the same text. */
  readonly content: number;
}

export interface PublishResult {
  /** The id under which the message is known; that of the first one when this was a duplicate. */
  readonly id: string;
  readonly duplicate: boolean;
}

/** A publication that waits in the ingress of a shard. */
export interface Pending extends Publication {
  /** Its place in the ingress of shard and lane; grows in the order of acceptance. */
  readonly entry: string;
}

/** Where to continue reading an ingress: the last entry read per lane; `{}` reads from the oldest that is not committed. */
export type IngressCursor = Partial<Record<Lane, string>>;

/**
 * Order: entries of one room and lane leave in the order in which they were stored, and those of one `publish` call in the order of the
 * call. Nothing is promised between lanes, rooms or concurrent calls.
 *
 * Atomicity: each publication is stored with its dedupe key and its ledger count in one step; the publications of one call are not one step.
 *
 * Loss: a resolved result without an error is stored as `redis.ack` says (`replicated`: on a guaranteed lane it survives the loss of the
 * master). Entries stay until a commit removes them, however often they are read. At a lane's cap a guaranteed lane refuses the new
 * publication; any other drops its oldest entry, which the ledger counts as shed (`ingress_full`). When a call rejects or a result is
 * `unavailable`, the publication may have been stored all the same: publish it again with the same dedupe key.
 */
export interface Ingress {
  /** One result per publication, in order: what was stored, or the error that refused this one (`lane_full`, `unavailable`). */
  publish(publications: readonly Publication[]): Promise<readonly (PublishResult | Error)[]>;
  /**
   * For writes that must be acknowledged and are no publication. Resolves when everything written before this call into the hash slot of
   * `key` is as safe as a publication on a guaranteed lane: at once under `redis.ack: local`, when replicas have it under `replicated`.
   * Rejects with `unavailable` when they do not confirm in time.
   */
  confirm(key: string): Promise<void>;
  /** Up to `limit` entries after the entry `after` (undefined: from the oldest), oldest first. Reading removes nothing. */
  read(shard: number, lane: Lane, after: string | undefined, limit: number): Promise<readonly Pending[]>;
  /**
   * Calls `notify` soon after a publication was stored in the shard. It may be called for nothing, and is not called for what arrived
   * while the connection was away: then `resumed` is called (`notify` when absent), and the store may be another one. Read anyway
   * from time to time.
   */
  listen(shard: number, notify: () => void, resumed?: () => void): Promise<Subscription>;
}
