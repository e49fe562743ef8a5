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

/** Requests one viewer may make, those of a kind of their own apart: a flood of likes leaves room for the rest. */
const callsPerMinute = 1_200;
const callsBurst = 60;
/** Reads of history one viewer may have under way: their answers are the largest there are. */
const readsAtOnce = 4;
/** Frames kept for a viewer while its join is answered; past it the connection is too slow to be kept. */
const heldFrames = 1_000;
/** Own messages remembered of a viewer that has not asked for them. */
const ownRemembered = 200;
/** Answers nobody reads end the connection when they are so many times the outbox. Fewer refuse further requests. */
const answersCap = 8;

export class Session {
  readonly id: string;
  readonly viewer: Viewer;
  readonly rooms = new Set<string>();
  /** When it connected, milliseconds by this process's clock. */
  readonly connectedAt: number;
  /** Small, and of this connection alone on this edge; Sessions gives it. */
  number = -1;
  /** It asked for its own messages, and knows its positions in them. */
  joinedOwn = false;
  /** Ids of its own messages it was given before it asked for them. */
  ownShown: Set<string> | undefined;
  readonly #socket: ViewerSocket;
  readonly #wire: Wire;
  readonly #outbox: Outbox;
  readonly #parts: OutboxParts;
  /** Rooms whose join is not answered yet, with the frames that came since. */
  #held: Map<string, EncodedFrame[]> | undefined;
  /** Positions of other epochs it came with, by room. */
  #cameFrom: Map<string, Positions> | undefined;
  #calls: Map<string, TokenBucket> | undefined;
  #reads = 0;

  constructor(runtime: Runtime, socket: ViewerSocket, parts: OutboxParts) {
    const { edge } = runtime.config;
    this.id = socket.id;
    this.connectedAt = runtime.clock.now();
    this.viewer = socket.data.viewer;
    this.#socket = socket;
    this.#parts = parts;
    this.#wire = new ViewerWire(socket.conn as unknown as EngineConn, edge.direct_writes);
    this.#outbox = new Outbox(this.#wire, parts, this);
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
  takeCall(kind: string, now: number): number {
    this.#calls ??= new Map();
    const calls = this.#calls.get(kind) ?? new TokenBucket(callsPerMinute, callsBurst, now);
    this.#calls.set(kind, calls);
    return calls.take(now);
  }

  /** The outbox is full. */
  overflow(): void {
    this.close('slow');
  }

  /** Runs `read`, unless too many are under way for this viewer. */
  async oneOfFew<T>(read: () => Promise<T>): Promise<T> {
    if (this.#reads >= readsAtOnce) throw new DanmuxError('rate_limited', { message: `Only ${readsAtOnce} reads at once.`, retryAfterMs: 200 });
    this.#reads++;
    try {
      return await read();
    } finally {
      this.#reads--;
    }
  }

  /** A frame of a room: written at once, or after the answer to a join that is under way. True when it was written. */
  deliver(room: string, prepared: EncodedFrame): boolean {
    const held = this.#held?.get(room);
    if (!held) return this.#outbox.write(prepared);
    if (held.push(prepared) > heldFrames) this.close('slow');
    return false;
  }

  emit<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0]): void {
    this.#outbox.write(encodeEvent(event, payload));
  }

  /** It is given these own messages; when it asks for them later they are no news. */
  showOwn(msgs: readonly Msg[]): void {
    if (this.joinedOwn) return;
    this.ownShown ??= new Set();
    for (const { id } of msgs) this.ownShown.add(id);
    for (const oldest of this.ownShown) {
      if (this.ownShown.size <= ownRemembered) break;
      this.ownShown.delete(oldest);
    }
  }

  /** It joins with these positions, while the room is in `epoch`. */
  cameFrom(room: string, positions: Positions, epoch: string): void {
    this.#cameFrom?.delete(room);
    if (Object.values(positions).every((position) => position?.epoch === epoch)) return;
    this.#cameFrom ??= new Map();
    this.#cameFrom.set(room, positions);
  }

  /** True when its positions in the room say that it was shown what was there. */
  had(room: string, lane: StreamLane, { epoch, offset }: Position): boolean {
    const position = this.#cameFrom?.get(room)?.[lane];
    return position?.epoch === epoch && position.offset >= offset;
  }

  /** Keeps the room's frames back until `release`. */
  hold(room: string): void {
    this.discardHeld(room);
    this.#held ??= new Map();
    this.#held.set(room, []);
  }

  /** Writes what was kept back. */
  release(room: string): void {
    const held = this.#held?.get(room) ?? [];
    this.#unhold(room);
    for (const prepared of held) if (this.#outbox.write(prepared)) this.#parts.ledger.delivered(prepared, 1);
  }

  /** Of what waits for the viewer, these are not to be shown any more. */
  recall(room: string, ids: ReadonlySet<string>): void {
    const held = this.#held?.get(room);
    if (held)
      this.#held?.set(
        room,
        held.map((prepared) => prepared.without(ids)),
      );
    this.#outbox.recall(room, ids);
  }

  discardHeld(room: string): void {
    for (const prepared of this.#held?.get(room) ?? []) this.#parts.ledger.undeliverable(prepared);
    this.#unhold(room);
  }

  #unhold(room: string): void {
    this.#held?.delete(room);
    if (this.#held?.size === 0) this.#held = undefined;
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
