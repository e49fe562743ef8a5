// The bus: the contract between the roles, and the only way they meet. Publications go in by `publish`, are taken by the
// relay that owns the shard (`read`, `commit`), and come out as frames and as history. Two engines keep this contract,
// memory and redis, and one conformance suite holds both to it. The bus knows rooms, lanes and bytes; never meaning.
import type { Lane, Positions, StreamLane } from '@danmux/protocol';
import type { Audience } from './audience/audience.ts';
import type { MemberList } from './audience/member-list.ts';
import type { Cursors } from './contract/cursors.ts';
import type { EventLog } from './contract/events.ts';
import type { BusFrame } from './contract/frames.ts';
import type { Lease } from './contract/leases.ts';
import type { Logs } from './contract/logs.ts';
import type { Receipts } from './contract/receipts.ts';
import type { Records } from './contract/records.ts';
import type { Traces } from './contract/traces.ts';
import type { Traffic } from './contract/traffic.ts';

export type { Lease } from './contract/leases.ts';

/** One message on its way in. */
export interface Publication {
  readonly room: string;
  readonly lane: Lane;
  readonly id: string;
  /**
   * The message as a JSON object without `lane` and `offset`: `{"id":…,"type":…,"data":…,"ts":…}`. Encoded once by who
   * accepts it; the relay puts lane and offset in front and parses nothing.
   */
  readonly body: string;
  /** Trace id, in the logs of every hop. */
  readonly trace: string;
  /**
   * When set, a second publication with the same room and key inside `dedupeMs` is not stored; its receipt names the
   * first one's id. Absent on messages whose publisher cannot send them twice.
   */
  readonly dedupeKey?: string;
  /** On gifts that belong to a combo: its name in the room. */
  readonly combo?: string;
  /** On lanes that may be shed. */
  readonly weight?: Weight;
  readonly marks?: Marks;
}

/** What relay and edge must know of a message besides its lane, without parsing it. */
export interface Marks {
  /** Viewers are asked to say that they have it. */
  readonly receipt?: true;
  /** It is not sent after this time, milliseconds since 1970; the ledger counts it as shed (`expired`). */
  readonly expires_at?: number;
  /** It takes the message of this id back, from whoever has it. */
  readonly recalls?: string;
  /** The publisher wants to know its way, though its lane is not traced. */
  readonly traced?: true;
  /** For the connections of this user alone; only in the rooms of user-room.ts. */
  readonly to?: string;
}

/** What a relay weighs a message by, when not all of a tick can be sent. */
export interface Weight {
  /** User id; empty when nobody is named. */
  readonly sender: string;
  /** Level and roles as one number. */
  readonly rank: number;
  /** A hash of what it says: the same for the same text. */
  readonly content: number;
}

export interface Receipt {
  /** The id under which the message is known; of the first one when this was a duplicate. */
  readonly id: string;
  readonly duplicate: boolean;
}

/** A publication that waits in a shard's ingress. */
export interface Pending extends Publication {
  /** Its place in the ingress of shard and lane; grows in the order of acceptance. */
  readonly entry: string;
}

/** Where to read an ingress from: the last entry read per lane; `{}` reads from the oldest that is not committed. */
export type IngressCursor = Partial<Record<Lane, string>>;

/** The state of a room's streams: one epoch, and the last offset per lane (0 before the first). */
export interface Heads {
  readonly epoch: string;
  readonly offsets: Readonly<Record<StreamLane, number>>;
  /** The epochs this one continues, newest first, at most eight (lineage.ts); absent when it began with nothing, and in a pulse. */
  readonly forks?: readonly Fork[];
}

/** An epoch that ended, and up to which offsets its messages are still in the streams. */
export interface Fork {
  readonly epoch: string;
  readonly offsets: Readonly<Record<StreamLane, number>>;
}

/** What a process knows of a room's heads, by which the store sees that it went back. */
export interface HeadsClaim {
  /** The furthest it has seen. */
  readonly known?: Heads;
  /** Epochs it has seen end. */
  readonly ended?: readonly string[];
}

/** A room at one moment. */
export interface RoomPulse {
  /** Connections over all edges. */
  readonly online: number;
  /** Null when the room has none. */
  readonly heads: Heads | null;
  /** Version of the reporting edge's member list that the store has; absent when it has none. */
  readonly list?: string;
}

/** The users of one room on one edge. */
export interface Roster {
  /** Distinct ones. */
  readonly users: number;
  /** Absent when it is the one the store has. */
  readonly list?: MemberList;
}

/** What a relay writes in one atomic step for one room. */
export interface Commit {
  readonly room: string;
  /** The lease under which it writes; a lost one writes nothing. */
  readonly lease: Lease;
  /** The heads the messages were numbered from; others in the store refuse the commit. */
  readonly expected: Heads;
  /** Numbered messages per lane, in order, as the JSON a viewer gets; offsets follow `expected` without holes. */
  readonly messages: Partial<Record<StreamLane, readonly string[]>>;
  /** Ingress entries these messages came from (shed ones too); they leave the ingress. */
  readonly entries: Partial<Record<Lane, readonly string[]>>;
  /** What is published to the edges that hold the room; null publishes nothing (all was shed). */
  readonly frame: BusFrame | null;
  /** Counted into the ledger with the commit. */
  readonly counts: LedgerCounts;
  /** Appended to the shard's event log. */
  readonly events?: readonly string[];
}

export type CommitResult =
  | { readonly ok: true }
  /** `fenced`: another owner holds the shard. `moved`: the store's heads are not `expected`; read them again. */
  | { readonly ok: false; readonly reason: 'fenced' | 'moved' };

export interface RoomSubscriber {
  /** A frame of the room, in the order the relay published them. */
  frame(frame: BusFrame): void;
  /** Frames may have been missed (the connection was away); compare heads and read the hole from history. */
  resumed(): void;
}

export interface Subscription {
  close(): Promise<void>;
}

export interface Page {
  /** Messages as the JSON a viewer gets, lowest offset first. */
  readonly msgs: readonly string[];
  readonly more: boolean;
}

/** Counts per lane; `shed` per lane and reason. */
export interface LedgerCounts {
  readonly accepted?: Partial<Record<Lane, number>>;
  readonly sequenced?: Partial<Record<Lane, number>>;
  readonly shed?: Partial<Record<Lane, Readonly<Record<string, number>>>>;
}
export interface Ledger {
  readonly accepted: Record<Lane, number>;
  readonly sequenced: Record<Lane, number>;
  readonly shed: Record<Lane, Record<string, number>>;
}

/** A process of the cluster, as it announces itself. */
export interface Member {
  readonly id: string;
  readonly role: string;
  /** Where to reach it, `host:port`; empty when it listens nowhere. */
  readonly address: string;
  readonly version: string;
  /** 0 idle to 1 full. */
  readonly load: number;
  /** Absent of one of an older version. */
  readonly numbers?: MemberNumbers;
  /** What is wrong with it though it serves; absent when nothing is. */
  readonly degraded?: readonly { readonly code: string; readonly text: string }[];
}

/** What a process measures of itself, in the names of the admin API (`nodeSchema` says what each is); only what its role has. */
export interface MemberNumbers {
  readonly started_at?: number;
  readonly seen_at?: number;
  readonly lag_ms?: number;
  readonly cpu?: number;
  readonly rss_bytes?: number;
  readonly heap_bytes?: number;
  readonly connections?: number;
  readonly rooms?: number;
  readonly shards?: number;
  readonly waiting?: Readonly<Record<Lane, number>>;
  readonly waiting_viewers?: number;
  readonly waiting_bytes?: number;
  readonly per_second?: Readonly<Record<Lane, number>>;
  readonly out_bytes_per_second?: number;
}

export type IdempotencyState =
  | { readonly state: 'started' }
  | { readonly state: 'in_flight' }
  /** The same key was used with another body. */
  | { readonly state: 'mismatch' }
  | { readonly state: 'done'; readonly answer: string };

/**
 * Every method rejects with a DanmuxError: `unavailable` when the store cannot be reached, `lane_full` where said. A
 * rejected `publish` may have been stored (the answer was lost): publish again with the same dedupeKey.
 */
export interface Bus {
  readonly engine: 'memory' | 'redis';

  /**
   * Connects in the background, and resolves when the store's time is known or a second has passed; `health` tells whether the
   * store is there.
   */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the store answers. */
  health(): Promise<void>;

  /**
   * Stores publications in their shards' ingress; a resolved entry is stored. One result per publication, in order: a
   * receipt, or the error that refused this one. Publications of one call to one room and lane keep their order. At a
   * lane's cap a guaranteed lane refuses with `lane_full`, another drops its oldest entry and counts it as shed
   * (`ingress_full`).
   */
  publish(publications: readonly Publication[]): Promise<readonly (Receipt | Error)[]>;

  /**
   * Resolves when what was written beside `key` (in its hash slot) before this call survives as `redis.ack` asks: at once under `local`,
   * when replicas have it under `replicated`; rejects with `unavailable` when they do not. For what is acknowledged and is no publication.
   */
  confirm(key: string): Promise<void>;

  /** Reads up to `limit` entries of a lane of a shard's ingress, oldest first, after the cursor. Reading removes nothing. */
  read(shard: number, lane: Lane, after: string | undefined, limit: number): Promise<readonly Pending[]>;
  /**
   * Calls `ring` soon after something was put into the ingress of a shard; may ring for nothing, may miss during an outage. Calls
   * `resumed` when the connection was away and is back: the store may be another one.
   */
  listen(shard: number, ring: () => void, resumed?: () => void): Promise<Subscription>;
  /**
   * One atomic step: checks lease and heads, appends to the streams, removes the ingress entries, adds to the ledger and
   * publishes the frame. Either all of it happened or none.
   */
  commit(commit: Commit): Promise<CommitResult>;

  /** Resolves when frames published from now on arrive. Frames are at most once; the streams are the truth. */
  subscribe(room: string, subscriber: RoomSubscriber): Promise<Subscription>;

  /**
   * The heads of a room. A room that has none gets a new epoch, which every later call returns too: heads live as long as
   * history would, and at least as long as an edge reports presence in the room.
   *
   * With a claim (`{}` of a process that knows nothing) the room begins a new epoch, in the same step, when the store is not what
   * it was: its heads are behind the known ones of the same epoch, its epoch is one that has ended, or it restarted or failed over
   * since the room's heads were last claimed and cannot prove that it kept all it had acknowledged. What survived stays in the
   * streams, offsets go on from there, and `forks` says so. Never claim what a viewer says: it would fork the room at will.
   */
  heads(room: string, claim?: HeadsClaim): Promise<Heads>;
  /** Messages with `after < offset <= upTo`, lowest first, at most `limit`; fewer than asked at the start when history was trimmed. */
  since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): Promise<readonly string[]>;
  /** The newest `limit` messages with an offset below `before` (absent: the newest), lowest first. */
  history(room: string, lane: StreamLane, before: number | undefined, limit: number): Promise<Page>;

  /** Takes a free or expired lease; null when another owner has it. The same owner gets its own one again. */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null>;
  /** False when it is lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /** Calls `freed` soon after a lease was released (not when one expired). */
  onFreed(freed: (name: string) => void): Promise<Subscription>;

  /**
   * Sets how many connections this edge has per room (0 removes it) and returns each room's pulse: its online count over all
   * edges, and its heads, so that an edge sees a frame that was lost even when no other follows. An edge that does not report
   * again within `ttlMs` is counted out, its users and its list with it. `rosters` says who they are, of the rooms it names;
   * the others keep theirs. A pulse's `list` tells whether the store has the one that was sent.
   */
  reportPresence(
    edge: string,
    counts: ReadonlyMap<string, number>,
    ttlMs: number,
    rosters?: ReadonlyMap<string, Roster>,
  ): Promise<ReadonlyMap<string, RoomPulse>>;
  /**
   * Takes a message out of the room's history and keeps its id out of the room for as long as history lasts; in its place stands
   * a tombstone of the same offset (`tombstone`), by which it is found again. `found` is false when history does not have it: it may
   * wait in the ingress, be of a lane without history, or never have been. Tells nobody: publish one with the mark `recalls` besides.
   */
  recall(room: string, id: string): Promise<{ readonly found: boolean }>;
  /** The ids recalled in a room. */
  recalled(room: string): Promise<readonly string[]>;

  /** Connections in a room over all edges. */
  online(room: string): Promise<number>;
  /**
   * Whether anybody is subscribed to the room's frames now. False: who subscribes later finds what was written before this call. True
   * also when the store may not be asked.
   */
  subscribed(room: string): Promise<boolean>;
  /** Connections of every room that has one, over all edges; not the rooms of user-room.ts. All who ask this process within a second share one read. */
  onlineRooms(): Promise<ReadonlyMap<string, number>>;
  /**
   * Connections, distinct users and members of a room over all edges. All who ask this process within a second share one read,
   * so it may be a second old. A read costs what the edges named, never what they hold.
   */
  audience(room: string): Promise<Audience>;
  /** The number of those rooms and the sum of their connections. */
  presenceTotals(): Promise<{ readonly rooms: number; readonly online: number }>;

  /** Announces a member; it is gone `ttlMs` after the last announcement, or at `leave`. */
  announce(member: Member, ttlMs: number): Promise<void>;
  leave(memberId: string): Promise<void>;
  members(): Promise<readonly Member[]>;

  /** Forgets what dead edges and members left behind; returns how many rows. Nothing depends on it but memory and totals. */
  sweep(): Promise<{ readonly presence: number; readonly members: number }>;

  /** What was accepted, sequenced and shed since the store began. */
  ledger(): Promise<Ledger>;

  /**
   * Claims a key for one request: `started` means run it, then `finish` or `forget`. `claim` is the request's own id: the same
   * one again is `started` again until it is finished, since a call may reach the store twice. An unfinished claim ends by
   * itself after 10 s.
   */
  begin(key: string, bodyHash: string, claim: string): Promise<IdempotencyState>;
  /** Keeps the answer for `ttlMs`; does nothing when another claim has the key by now. */
  finish(key: string, bodyHash: string, claim: string, answer: string, ttlMs: number): Promise<void>;
  /** Gives up an unfinished claim; an answer, and another's claim, stay. */
  forget(key: string, claim: string): Promise<void>;
  /** Takes a key for `ttlMs`: 0 when nobody had it, else how many milliseconds it is still taken (at least 1). */
  once(key: string, ttlMs: number): Promise<number>;

  readonly records: Records;
  readonly cursors: Cursors;
  readonly events: EventLog;
  readonly logs: Logs;
  readonly receipts: Receipts;
  readonly traces: Traces;
  readonly traffic: Traffic;
}

/** What stands in a stream where a message was recalled; `recalled` is its type. */
export function tombstone(lane: StreamLane, offset: number, id: string, ts: number): string {
  return `{"lane":"${lane}","offset":${offset},"id":${JSON.stringify(id)},"type":"recalled","data":null,"ts":${ts}}`;
}

/** What a room's stream positions look like to a viewer. */
export function positionsOf(heads: Heads): Positions {
  return Object.fromEntries(Object.entries(heads.offsets).map(([lane, offset]) => [lane, { epoch: heads.epoch, offset }]));
}
