// One room a viewer is in: joins it again after every reconnect with its positions, gives each message once and in order,
// notices a hole in what may not be lost and has it filled, and sends with one cid until there is an answer.
import {
  DanmuxError,
  errors,
  type Frame,
  type Gap,
  type HistoryReply,
  isStreamLane,
  type JoinReply,
  type JoinRequest,
  type Lane,
  lanes,
  type MembersReply,
  type Msg,
  type Position,
  type Positions,
  type SendReply,
  type StreamLane,
  streamLanes,
} from '@danmux/protocol';
import type { Connection } from './connection.ts';
import { retryDelay } from './delay.ts';
import { Emitter } from './emitter.ts';
import type { ClientOptions } from './options.ts';
import { Seen } from './seen.ts';

export interface RoomEvents {
  /** Each message once, in the order of its lane. */
  message: Msg;
  /** What this viewer was not sent. */
  gap: Gap;
  /** Connections in the room. */
  online: number;
  /** After every join; the first and those after a reconnect. */
  joined: JoinReply;
  /** The room cannot be joined and will not be tried again. */
  error: DanmuxError;
}

export interface JoinOptions {
  /** Messages to get at the first join; the server's default (50) when absent. */
  readonly history?: number;
}

const rememberedIds = 2_000;
const queuedSends = 100;
/** Asked for when positions turned out to be of no use. */
const freshHistory = 50;

export class Room extends Emitter<RoomEvents> {
  readonly name: string;
  readonly #connection: Connection;
  readonly #options: ClientOptions & JoinOptions;
  readonly #onLeave: () => void;
  readonly #seen = new Seen(rememberedIds);
  readonly #waiting = new Set<() => void>();
  #positions: Partial<Record<StreamLane, Position>> = {};
  #online = 0;
  #joined = false;
  #joining = false;
  #joinAgain = false;
  #attempt = 0;
  #left = false;
  #sending = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(name: string, connection: Connection, options: ClientOptions & JoinOptions, onLeave: () => void) {
    super();
    this.name = name;
    this.#connection = connection;
    this.#options = options;
    this.#onLeave = onLeave;
  }

  get online(): number {
    return this.#online;
  }

  get joined(): boolean {
    return this.#joined;
  }

  /** Where this viewer is in each lane. */
  get positions(): Positions {
    return this.#positions;
  }

  /**
   * Sends a message; resolves with its id when it is accepted. It is sent again with the same cid after a lost connection,
   * so it is one message. Throws a DanmuxError: `rate_limited` with retryAfterMs, `unavailable` when the deadline passed.
   */
  async send(type: string, data: unknown): Promise<{ id: string }> {
    if (this.#sending >= queuedSends)
      throw new DanmuxError('rate_limited', { message: `${queuedSends} messages wait to be sent already.`, retryAfterMs: 1_000 });
    this.#sending++;
    try {
      return await this.#sendUntil(Date.now() + (this.#options.sendDeadlineMs ?? 20_000), { room: this.name, type, data, cid: newCid() });
    } finally {
      this.#sending--;
    }
  }

  /**
   * Who is in the room, highest level first: a page of at most 100 (50 when `limit` is absent). Give its `cursor` for the next
   * one; null follows the last. When `complete` is false the room is large, `users` an estimate and the members a part.
   */
  async members(query: { cursor?: string; limit?: number } = {}): Promise<MembersReply> {
    const { online, users, members, cursor, complete } = await this.#connection.request<MembersReply>('members', { room: this.name, ...query });
    return { online, users, members, cursor, complete };
  }

  /** Older messages, lowest offset first. */
  async history(query: { lane?: StreamLane; before?: number; limit?: number } = {}): Promise<{ msgs: Msg[]; more: boolean }> {
    const { msgs, more } = await this.#connection.request<HistoryReply>('history', { room: this.name, ...query });
    return { msgs, more };
  }

  async leave(): Promise<void> {
    if (this.#left) return;
    this.end();
    this.#onLeave();
    if (this.#connection.state === 'online') await this.#connection.request('leave', { room: this.name });
  }

  /** Stops everything of this room without telling the server; for the client. */
  end(): void {
    this.#left = true;
    this.#joined = false;
    clearTimeout(this.#timer);
    this.#wake();
    this.removeAll();
  }

  /** The connection stands: join, again if it was so before; for the client. */
  connected(): void {
    this.#attempt = 0;
    this.#join();
  }

  /** The connection ended; for the client. */
  disconnected(): void {
    this.#joined = false;
    clearTimeout(this.#timer);
  }

  /** A frame of this room; for the client. */
  frame(frame: Frame): void {
    // Before the answer to a join nothing is known to compare with; the server sends frames after it.
    if (!this.#joined) return;
    for (const msg of frame.msgs) this.#take(msg);
  }

  gap(gap: Gap): void {
    this.emit('gap', gap);
    // Offsets begin again: only a new join tells from where.
    if (gap.reason === 'history_lost' && this.#joined) this.#join();
  }

  presence(online: number): void {
    this.#online = online;
    this.emit('online', online);
  }

  #take(msg: Msg): void {
    const { lane, offset } = msg;
    const position = isStreamLane(lane) ? this.#positions[lane] : undefined;
    if (position && offset !== undefined && isStreamLane(lane)) {
      if (offset <= position.offset) return;
      if (offset > position.offset + 1 && lanes[lane].guaranteed) {
        // Never past a hole: a join with the old position brings this message too.
        this.#join();
        return;
      }
      this.#positions[lane] = { epoch: position.epoch, offset };
    }
    this.#give(msg);
  }

  #give(msg: Msg): void {
    if (this.#seen.add(msg.id)) this.emit('message', msg);
  }

  #join(): void {
    if (this.#left || this.#connection.state !== 'online') return;
    if (this.#joining) {
      this.#joinAgain = true;
      return;
    }
    this.#joining = true;
    void this.#askToJoin().finally(() => {
      this.#joining = false;
      if (!this.#joinAgain) return;
      this.#joinAgain = false;
      this.#join();
    });
  }

  async #askToJoin(): Promise<void> {
    const known = Object.keys(this.#positions).length > 0;
    const history = known ? freshHistory : this.#options.history;
    const request: JoinRequest = { room: this.name, ...(known ? { positions: { ...this.#positions } } : {}), ...(history === undefined ? {} : { history }) };
    try {
      this.#entered(await this.#connection.request<JoinReply>('join', request));
    } catch (error) {
      if (error instanceof DanmuxError) this.#notEntered(error);
      else throw error;
    }
  }

  #entered(reply: JoinReply): void {
    if (this.#left) return;
    this.#attempt = 0;
    const recovered = (lane: Lane) => isStreamLane(lane) && reply.recovered[lane] === true;
    // Where nothing was recovered the server's position counts, and its messages are the last ones rather than the next.
    for (const lane of streamLanes) if (!recovered(lane)) this.#restart(lane, reply);
    for (const msg of reply.msgs) {
      if (recovered(msg.lane)) this.#take(msg);
      else this.#give(msg);
    }
    this.#joined = true;
    this.#online = reply.online;
    this.emit('online', reply.online);
    this.emit('joined', reply);
    this.#wake();
  }

  #restart(lane: StreamLane, reply: JoinReply): void {
    const before = this.#positions[lane];
    const after = reply.positions[lane];
    if (!after) return;
    this.#positions[lane] = after;
    if (!before) return;
    const count = before.epoch === after.epoch ? Math.max(0, after.offset - before.offset) : 0;
    this.emit('gap', { room: this.name, lane, count, reason: 'not_recovered' });
  }

  #notEntered(error: DanmuxError): void {
    if (this.#left || this.#connection.state !== 'online') return;
    if (!errors[error.code].retryable) {
      this.emit('error', error);
      this.#wake();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#join(), Math.max(error.retryAfterMs ?? 0, retryDelay(++this.#attempt)));
  }

  async #sendUntil(deadline: number, request: { room: string; type: string; data: unknown; cid: string }): Promise<{ id: string }> {
    for (let attempt = 1; ; attempt++) {
      await this.#untilJoined(deadline);
      try {
        const { id } = await this.#connection.request<SendReply>('send', request);
        return { id };
      } catch (error) {
        // A limit is for the person to know; an outage is waited out.
        const waits = error instanceof DanmuxError && errors[error.code].status === 503;
        if (!waits || Date.now() > deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, retryDelay(attempt)));
    }
  }

  async #untilJoined(deadline: number): Promise<void> {
    while (!this.#joined) {
      const left = deadline - Date.now();
      if (this.#left || left <= 0) throw new DanmuxError('unavailable', { message: this.#left ? 'The room was left.' : 'Not connected in time.' });
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#waiting.add(wake);
      });
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

function newCid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
