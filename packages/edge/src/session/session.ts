// One connected viewer: its identity, its rooms, its outbox and its request limits. It uses its own socket and no other session.

import { personalRoom } from '@danmux/bus';
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
import { BoundedMap, type Runtime, TokenBucket } from '@danmux/runtime';
import type { Socket } from 'socket.io';
import type { Recalled } from '../frame/recalls.ts';
import { Backlog } from '../outbox/backlog.ts';
import { type EncodedFrame, encodeEvent } from '../outbox/encoded-frame.ts';
import { HeldFrames } from '../outbox/held-frames.ts';
import { Outbox, type OutboxParts } from '../outbox/outbox.ts';
import { type EngineConn, ViewerWire, type Wire } from '../outbox/wire.ts';
import type { Viewer } from '../viewer/viewer.ts';

/** Data on a socket: the viewer, set by the handshake, and the session, set once connected. */
export interface SocketData {
  viewer: Viewer;
  session?: Session;
}
export type ViewerSocket = Socket<ViewerEvents, ServerEvents, Record<string, never>, SocketData>;

/** Request limit per connection and kind of request; separate buckets, so a flood of likes does not block other requests. */
const requestsPerMinute = 1_200;
const requestsBurst = 60;
/** Maximum concurrent history reads per connection; their replies are the largest. */
const maxReads = 4;
/** Cap of frames held back until a join is answered; past it, or past the bytes of an outbox, the viewer is disconnected as slow. */
const maxHeldFrames = 1_000;
/** Cap of remembered ids of personal messages, for a viewer that has not joined its personal room. */
const personalRemembered = 200;
/** Unread replies past this multiple of the outbox cap end the connection; past the outbox cap itself, further requests are refused. */
const answersCap = 8;

export class Session {
  readonly id: string;
  #viewer: Viewer;
  readonly #rooms = new Set<string>();
  /** Connect time in milliseconds of this process's clock. */
  readonly connectedAt: number;
  /** A small number, unique among the current connections of this edge. */
  readonly connectionId: number;
  #joinedPersonal = false;
  /** Ids of personal messages written before the viewer joined its personal room. */
  #personalSeen: BoundedMap<string, true> | undefined;
  readonly #socket: ViewerSocket;
  readonly #wire: Wire;
  readonly #outbox: Outbox;
  readonly #parts: OutboxParts;
  /** Frames held back until the join of their room is answered and its backlog written, by room. */
  #heldFrames: Map<string, HeldFrames> | undefined;
  /** Positions from other epochs in the viewer's join requests, by room. */
  #joinedFrom: Map<string, Positions> | undefined;
  #requests: Map<string, TokenBucket> | undefined;
  #reads = 0;

  constructor(runtime: Runtime, socket: ViewerSocket, parts: OutboxParts, connectionId: number) {
    const { edge } = runtime.config;
    this.id = socket.id;
    this.connectionId = connectionId;
    this.connectedAt = runtime.clock.now();
    this.#viewer = socket.data.viewer;
    this.#socket = socket;
    this.#parts = parts;
    this.#wire = new ViewerWire(socket.conn as unknown as EngineConn, edge.direct_writes);
    this.#outbox = new Outbox(this.#wire, parts, this);
  }

  /** The viewer of the current token. Read it at every check, because a renewal replaces it. */
  get viewer(): Viewer {
    return this.#viewer;
  }

  /** Replaces the rights and the expiry. The caller has checked that it is the same login, and removes the session from forbidden rooms. */
  renew(viewer: Viewer): void {
    this.#viewer = viewer;
  }

  get rooms(): ReadonlySet<string> {
    return this.#rooms;
  }

  /** Only Hub may call this and `removeRoom`, because a session's rooms and a room's sessions must change together. */
  addRoom(room: string): void {
    this.#rooms.add(room);
  }

  removeRoom(room: string): void {
    this.#rooms.delete(room);
  }

  get queuedBytes(): number {
    return this.#outbox.bytes;
  }

  /** True when bytes sent but not yet read by the viewer exceed the outbox cap. Closes the connection when they exceed `answersCap` times the cap. */
  get behind(): boolean {
    const { waiting } = this.#wire;
    if (waiting > answersCap * this.#parts.cap) this.close('slow');
    return waiting > this.#parts.cap;
  }

  get closed(): boolean {
    return !this.#socket.connected;
  }

  /** Takes one request from the bucket of its kind: 0 when allowed, else milliseconds to wait. Every kind keeps a bucket, so kinds must be few. */
  spendRequest(kind: string, now: number): number {
    this.#requests ??= new Map();
    const bucket = this.#requests.get(kind) ?? new TokenBucket(requestsPerMinute, requestsBurst, now);
    this.#requests.set(kind, bucket);
    return bucket.take(now);
  }

  /** Called by the outbox when it overflows; disconnects the viewer as slow. */
  overflow(): void {
    this.close('slow');
  }

  /** Runs `read`; rejects with `rate_limited` while too many reads of this connection are pending. */
  async limitReads<T>(read: () => Promise<T>): Promise<T> {
    if (this.#reads >= maxReads) throw new DanmuxError('rate_limited', { message: `At most ${maxReads} reads may run at the same time.`, retryAfterMs: 200 });
    this.#reads++;
    try {
      return await read();
    } finally {
      this.#reads--;
    }
  }

  /** Writes a frame of a room, or holds it until the pending join of the room is answered. True when it was written immediately. */
  deliver(room: string, encoded: EncodedFrame): boolean {
    const held = this.#heldFrames?.get(room);
    if (!held) return this.#outbox.write(encoded);
    held.add(encoded);
    if (held.frames.length > maxHeldFrames || held.bytes > this.#parts.cap) this.close('slow');
    return false;
  }

  /** Holds a frame from before a repeated join that is not answered yet. It is written only when that join fails. */
  deliverFormer(room: string, encoded: EncodedFrame): void {
    this.#heldFrames?.get(room)?.addFormer(encoded);
  }

  emit<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0]): void {
    this.#outbox.write(encodeEvent(event, payload));
  }

  /** True after the viewer joined its personal room and so knows its positions there. */
  get joinedPersonal(): boolean {
    return this.#joinedPersonal;
  }

  joinPersonal(): void {
    this.#joinedPersonal = true;
    this.#personalSeen = undefined;
  }

  /** Call when a new token does not allow personal messages: drops those that are held back. */
  leavePersonal(): void {
    this.#joinedPersonal = false;
    this.dropFrames(personalRoom);
  }

  /** Remembers personal messages written before the join of the personal room, so that the join does not repeat them. */
  notePersonal(msgs: readonly Msg[]): void {
    if (this.#joinedPersonal) return;
    this.#personalSeen ??= new BoundedMap(personalRemembered);
    for (const { id } of msgs) this.#personalSeen.set(id, true);
  }

  /** True for a personal message written before the join of the personal room. */
  hasPersonal(id: string): boolean {
    return this.#personalSeen?.has(id) === true;
  }

  /** Remembers the positions of a join when one is from another epoch than the room's `epoch`; `hasSeen` uses them. */
  joinedFrom(room: string, positions: Positions, epoch: string): void {
    const same = Object.values(positions).every((position) => position?.epoch === epoch);
    this.#setJoinedFrom(room, same ? undefined : positions);
  }

  #setJoinedFrom(room: string, positions: Positions | undefined): void {
    this.#joinedFrom?.delete(room);
    if (!positions) return;
    this.#joinedFrom ??= new Map();
    this.#joinedFrom.set(room, positions);
  }

  /** True when the join's positions show that the viewer already has the message at this position of an ended epoch. */
  hasSeen(room: string, lane: StreamLane, { epoch, offset }: Position): boolean {
    const position = this.#joinedFrom?.get(room)?.[lane];
    return position?.epoch === epoch && position.offset >= offset;
  }

  /** Holds the room's frames back until `releaseFrames`, `restoreFrames` or `dropFrames`. Pauses the backlog of an earlier join of the room. */
  holdFrames(room: string): void {
    const frames = this.#heldFrames?.get(room)?.frames ?? [];
    const former = { backlog: this.#outbox.takeBacklog(room), frames, positions: this.#joinedFrom?.get(room) };
    this.#heldFrames ??= new Map();
    this.#heldFrames.set(room, new HeldFrames(former));
  }

  /** Ends an answered join: writes the messages that did not fit into the reply, then the room's held frames, and stops holding. */
  releaseFrames(room: string, rest: readonly Msg[] = []): void {
    const held = this.#heldFrames?.get(room);
    if (!held) return;
    for (const encoded of held.replaceFormer()) this.#parts.ledger.undeliverable(encoded);
    this.#writeHeld(room, rest.length > 0 ? new Backlog(room, rest, this.#parts.frameBytes, () => this.#writeHeld(room)) : undefined);
  }

  /** Ends a failed join: continues as if the room had not been joined again, with the backlog and the frames of the earlier join. */
  restoreFrames(room: string): void {
    const held = this.#heldFrames?.get(room);
    if (!held) return;
    const { backlog, positions } = held.restoreFormer();
    this.#setJoinedFrom(room, positions);
    this.#writeHeld(room, backlog);
  }

  /** Writes the room's held frames after the backlog, and stops holding. */
  #writeHeld(room: string, backlog?: Backlog): void {
    if (backlog) {
      this.#outbox.addBacklog(backlog);
      return;
    }
    const frames = this.#heldFrames?.get(room)?.frames ?? [];
    this.#endHold(room);
    for (const encoded of frames) if (this.#outbox.write(encoded)) this.#parts.ledger.delivered(encoded, 1);
  }

  /** Replaces recalled messages in the room's held and queued frames with tombstones. */
  recall(room: string, recalled: Recalled): void {
    this.#heldFrames?.get(room)?.recall(recalled);
    this.#outbox.recall(room, recalled);
  }

  /** Drops the room's backlog and its held frames, and counts the frames as undeliverable. */
  dropFrames(room: string): void {
    this.#outbox.takeBacklog(room);
    const held = this.#heldFrames?.get(room);
    if (!held) return;
    for (const encoded of [...held.replaceFormer(), ...held.frames]) this.#parts.ledger.undeliverable(encoded);
    this.#endHold(room);
  }

  #endHold(room: string): void {
    this.#heldFrames?.delete(room);
    if (this.#heldFrames?.size === 0) this.#heldFrames = undefined;
  }

  /** Call when the connection has ended: queued frames count as undeliverable. */
  ended(): void {
    this.#outbox.close();
  }

  /** Why danmux closed the connection; undefined when the client or the network did. */
  closedBecause: ClosingReason | undefined;

  /** Closes the connection below socket.io, so a standard client reconnects by itself. */
  close(reason: ClosingReason<'transport'>): void {
    this.closedBecause ??= reason;
    this.#wire.close(reason === 'slow');
  }

  /** Disconnects through socket.io; a standard client does not reconnect by itself. */
  disconnect(reason: ClosingReason<'disconnect'>): void {
    this.closedBecause ??= reason;
    this.#socket.disconnect(true);
  }
}
