// One connected viewer: who it is, which rooms it is in, its outbox and its limits. It knows its socket and nothing of
// other sessions.

import {
  type ClosingReason,
  DanmuxError,
  type Msg,
  type Position,
  type Positions,
  type ServerEvents,
  type StreamLane,
  type ViewerEvents,
} from '@danmux/protocol';
import { type Runtime, TokenBucket } from '@danmux/runtime';
import type { Socket } from 'socket.io';
import { type EncodedFrame, encodeEvent } from '../outbox/encoded-frame.ts';
import { Outbox, type OutboxParts } from '../outbox/outbox.ts';
import { type EngineConn, ViewerWire, type Wire } from '../outbox/wire.ts';
import type { Viewer } from '../viewer/viewer.ts';

/** What a socket carries: who it is, from the handshake on, and its session once it is connected. */
export interface SocketData {
  viewer: Viewer;
  session?: Session;
}
export type ViewerSocket = Socket<ViewerEvents, ServerEvents, Record<string, never>, SocketData>;

/** Requests of one viewer, with a bucket for each kind, so that a flood of likes leaves room for the rest. */
const requestsPerMinute = 1_200;
const requestsBurst = 60;
/** Reads of history one viewer may have under way: their answers are the largest there are. */
const readsAtOnce = 4;
/** Frames held back for a viewer while its join is answered; past it the viewer is disconnected as slow. */
const maxHeldFrames = 1_000;
/** Ids of personal messages remembered for a viewer that has not joined them. */
const personalRemembered = 200;
/** Answers nobody reads end the connection when they are so many times the outbox. Fewer refuse further requests. */
const answersCap = 8;

export class Session {
  readonly id: string;
  readonly viewer: Viewer;
  readonly #rooms = new Set<string>();
  /** When it connected, milliseconds by this process's clock. */
  readonly connectedAt: number;
  /** A small number that no other connection of this edge has now. */
  readonly connectionId: number;
  #joinedPersonal = false;
  /** Ids of personal messages written to it before it joined them. */
  #personalSeen: Set<string> | undefined;
  readonly #socket: ViewerSocket;
  readonly #wire: Wire;
  readonly #outbox: Outbox;
  readonly #parts: OutboxParts;
  /** Frames held back, by room, until its join is answered. */
  #heldFrames: Map<string, EncodedFrame[]> | undefined;
  /** Positions of other epochs its joins named, by room. */
  #joinedFrom: Map<string, Positions> | undefined;
  #requests: Map<string, TokenBucket> | undefined;
  #reads = 0;

  constructor(runtime: Runtime, socket: ViewerSocket, parts: OutboxParts, connectionId: number) {
    const { edge } = runtime.config;
    this.id = socket.id;
    this.connectionId = connectionId;
    this.connectedAt = runtime.clock.now();
    this.viewer = socket.data.viewer;
    this.#socket = socket;
    this.#parts = parts;
    this.#wire = new ViewerWire(socket.conn as unknown as EngineConn, edge.direct_writes);
    this.#outbox = new Outbox(this.#wire, parts, this);
  }

  get rooms(): ReadonlySet<string> {
    return this.#rooms;
  }

  /** Only Hub calls this and `removeRoom`: the rooms of a session and the sessions of a room change together. */
  addRoom(room: string): void {
    this.#rooms.add(room);
  }

  removeRoom(room: string): void {
    this.#rooms.delete(room);
  }

  get queuedBytes(): number {
    return this.#outbox.bytes;
  }

  /** True when the viewer asks and does not read the answers; one that goes on for long is cut off. */
  get behind(): boolean {
    const { waiting } = this.#wire;
    if (waiting > answersCap * this.#parts.cap) this.close('slow');
    return waiting > this.#parts.cap;
  }

  get closed(): boolean {
    return !this.#socket.connected;
  }

  /** 0 when one more request of this kind may be made now, else milliseconds to wait. Each kind has as many; there must be few. */
  spendRequest(kind: string, now: number): number {
    this.#requests ??= new Map();
    const bucket = this.#requests.get(kind) ?? new TokenBucket(requestsPerMinute, requestsBurst, now);
    this.#requests.set(kind, bucket);
    return bucket.take(now);
  }

  /** The outbox is full. */
  overflow(): void {
    this.close('slow');
  }

  /** Runs `read`; rejects with `rate_limited` when too many reads of this viewer are under way. */
  async limitReads<T>(read: () => Promise<T>): Promise<T> {
    if (this.#reads >= readsAtOnce) throw new DanmuxError('rate_limited', { message: `Only ${readsAtOnce} reads at once.`, retryAfterMs: 200 });
    this.#reads++;
    try {
      return await read();
    } finally {
      this.#reads--;
    }
  }

  /** A frame of a room: written at once, or after the answer to a join that is under way. True when it was written. */
  deliver(room: string, encoded: EncodedFrame): boolean {
    const held = this.#heldFrames?.get(room);
    if (!held) return this.#outbox.write(encoded);
    if (held.push(encoded) > maxHeldFrames) this.close('slow');
    return false;
  }

  emit<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0]): void {
    this.#outbox.write(encodeEvent(event, payload));
  }

  /** True from its join of its personal messages on: it knows its positions in them. */
  get joinedPersonal(): boolean {
    return this.#joinedPersonal;
  }

  joinPersonal(): void {
    this.#joinedPersonal = true;
    this.#personalSeen = undefined;
  }

  /** Remembers personal messages that are written to it before its join, so that the join does not repeat them. */
  notePersonal(msgs: readonly Msg[]): void {
    if (this.#joinedPersonal) return;
    this.#personalSeen ??= new Set();
    for (const { id } of msgs) this.#personalSeen.add(id);
    for (const oldest of this.#personalSeen) {
      if (this.#personalSeen.size <= personalRemembered) break;
      this.#personalSeen.delete(oldest);
    }
  }

  /** True of a personal message that was written to it before its join. */
  hasPersonal(id: string): boolean {
    return this.#personalSeen?.has(id) === true;
  }

  /** It joins with these positions while the room is in `epoch`; only positions of another epoch are remembered. */
  joinedFrom(room: string, positions: Positions, epoch: string): void {
    this.#joinedFrom?.delete(room);
    if (Object.values(positions).every((position) => position?.epoch === epoch)) return;
    this.#joinedFrom ??= new Map();
    this.#joinedFrom.set(room, positions);
  }

  /** True when the positions of its join show that it has the message that was at this position, in an epoch that ended. */
  hasSeen(room: string, lane: StreamLane, { epoch, offset }: Position): boolean {
    const position = this.#joinedFrom?.get(room)?.[lane];
    return position?.epoch === epoch && position.offset >= offset;
  }

  /** Holds the room's frames back until `releaseFrames` or `dropFrames`. */
  holdFrames(room: string): void {
    this.dropFrames(room);
    this.#heldFrames ??= new Map();
    this.#heldFrames.set(room, []);
  }

  /** Writes the frames that were held back. */
  releaseFrames(room: string): void {
    const held = this.#heldFrames?.get(room) ?? [];
    this.#endHold(room);
    for (const encoded of held) if (this.#outbox.write(encoded)) this.#parts.ledger.delivered(encoded, 1);
  }

  /** Replaces recalled messages in the room's frames that wait for this viewer with tombstones. */
  recall(room: string, ids: ReadonlySet<string>): void {
    const held = this.#heldFrames?.get(room);
    if (held)
      this.#heldFrames?.set(
        room,
        held.map((encoded) => encoded.without(ids)),
      );
    this.#outbox.recall(room, ids);
  }

  /** Drops the frames that were held back, and counts them as undeliverable. */
  dropFrames(room: string): void {
    for (const encoded of this.#heldFrames?.get(room) ?? []) this.#parts.ledger.undeliverable(encoded);
    this.#endHold(room);
  }

  #endHold(room: string): void {
    this.#heldFrames?.delete(room);
    if (this.#heldFrames?.size === 0) this.#heldFrames = undefined;
  }

  /** The connection is gone: what waits cannot be delivered. */
  ended(): void {
    this.#outbox.close();
  }

  /** Why danmux closed it; the socket's own reason when it did not. */
  closedBecause: ClosingReason | undefined;

  /** Cuts the connection below socket.io, so that a stock client connects again by itself. */
  close(reason: ClosingReason): void {
    this.closedBecause ??= reason;
    this.#wire.close(reason === 'slow');
  }

  /** Ends the session for good: a stock client does not come back by itself. */
  disconnect(reason: ClosingReason): void {
    this.closedBecause ??= reason;
    this.#socket.disconnect(true);
  }
}
