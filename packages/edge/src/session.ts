// One connected viewer: who it is, which rooms it is in, its outbox and its limits. It knows its socket and nothing of
// other sessions.

import type { ServerEvents, ViewerEvents } from '@danmux/protocol';
import { type Runtime, TokenBucket } from '@danmux/runtime';
import type { Socket } from 'socket.io';
import { Outbox, type Wire } from './outbox.ts';
import { type Prepared, prepare } from './prepared.ts';
import type { Viewer } from './viewer.ts';

export type ViewerSocket = Socket<ViewerEvents, ServerEvents, Record<string, never>, { viewer: Viewer }>;

/** Requests of any kind one viewer may make. */
const callsPerMinute = 1_200;
const callsBurst = 60;
/** Frames kept for a viewer while its join is answered; past it the connection is too slow to be kept. */
const heldFrames = 1_000;

export class Session {
  readonly id: string;
  readonly viewer: Viewer;
  readonly rooms = new Set<string>();
  readonly sends: TokenBucket;
  readonly calls: TokenBucket;
  readonly #socket: ViewerSocket;
  readonly #outbox: Outbox;
  /** Rooms whose join is not answered yet, with the frames that came since. */
  readonly #held = new Map<string, Prepared[]>();

  constructor(runtime: Runtime, socket: ViewerSocket) {
    const { edge } = runtime.config;
    const now = runtime.clock.now();
    this.id = socket.id;
    this.viewer = socket.data.viewer;
    this.sends = new TokenBucket(edge.send_per_minute, edge.send_burst, now);
    this.calls = new TokenBucket(callsPerMinute, callsBurst, now);
    this.#socket = socket;
    this.#outbox = new Outbox(socket.conn as unknown as Wire, edge.outbox_bytes, () => this.close('slow'));
  }

  get queuedBytes(): number {
    return this.#outbox.bytes;
  }

  /** True when the viewer asks and does not read the answers. */
  get behind(): boolean {
    return this.#outbox.behind;
  }

  get closed(): boolean {
    return !this.#socket.connected;
  }

  /** A frame of a room: written at once, or after the answer to a join that is under way. */
  deliver(room: string, prepared: Prepared): void {
    const held = this.#held.get(room);
    if (!held) this.#outbox.write(prepared);
    else if (held.push(prepared) > heldFrames) this.close('slow');
  }

  write(prepared: Prepared): void {
    this.#outbox.write(prepared);
  }

  emit<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0]): void {
    this.#outbox.write(prepare(event, payload));
  }

  /** Keeps the room's frames back until `release`. */
  hold(room: string): void {
    this.#held.set(room, []);
  }

  /** Writes what was kept back. */
  release(room: string): void {
    const held = this.#held.get(room) ?? [];
    this.#held.delete(room);
    for (const prepared of held) this.#outbox.write(prepared);
  }

  discardHeld(room: string): void {
    this.#held.delete(room);
  }

  /** Why danmux closed it; the socket's own reason when it did not. */
  closedBecause: string | undefined;

  /** Cuts the connection below socket.io, so that a stock client connects again by itself. */
  close(reason: string): void {
    this.closedBecause ??= reason;
    this.#socket.conn.close(reason === 'slow');
  }

  /** Ends the session for good: a stock client does not come back by itself. */
  disconnect(reason: string): void {
    this.closedBecause ??= reason;
    this.#socket.disconnect(true);
  }
}
