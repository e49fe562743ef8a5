// One room a viewer is in: joins it again after every reconnect with its positions, gives each message once and in order,
// notices a hole in what may not be lost and has it filled, takes back what was recalled, and answers messages that ask for it.
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
  type Notice,
  ownRoom,
  type Position,
  type Positions,
  type RoomModes,
  type SendReply,
  type StreamLane,
  streamLanes,
} from '@danmux/protocol';
import type { Connection } from './connection.ts';
import { retryDelay } from './delay.ts';
import { Emitter } from './emitter.ts';
import { Inbox, type Tell } from './inbox.ts';
import type { ClientOptions } from './options.ts';
import type { JoinOptions, RoomEvents, SendOptions } from './room-events.ts';
import { Sending } from './sending.ts';

/** What a timer can wait. */
const longestTimerMs = 2 ** 31 - 1_000;
/** Asked for when positions turned out to be of no use. */
const freshHistory = 50;

export class Room extends Emitter<RoomEvents> {
  readonly name: string;
  readonly #connection: Connection;
  readonly #options: ClientOptions & JoinOptions;
  readonly #onLeave: () => void;
  readonly #inbox: Inbox;
  readonly #sending: Sending;
  #refusal: DanmuxError | undefined;
  #positions: Partial<Record<StreamLane, Position>> = {};
  #online = 0;
  #joined = false;
  #joining = false;
  #joinAgain = false;
  #attempt = 0;
  #left = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(name: string, connection: Connection, options: ClientOptions & JoinOptions, onLeave: () => void) {
    super();
    this.name = name;
    this.#connection = connection;
    this.#options = options;
    this.#onLeave = onLeave;
    const tell: Tell = (event, payload) => this.emit(event, payload);
    this.#inbox = new Inbox(name, tell, (ids) => connection.request('receipt', { room: name, ids }));
    this.#sending = new Sending(this, connection, tell, options.sendDeadlineMs ?? 20_000);
  }

  get online(): number {
    return this.#online;
  }

  get joined(): boolean {
    return this.#joined;
  }

  /** The server's time, milliseconds since 1970, whatever the page's clock says. */
  serverTime(): number {
    return this.#connection.time.now();
  }

  /** How long ago a message came, when it came as it happened; how old it is by the server's time when it was there before us. */
  ageMs(msg: Msg): number {
    return this.#connection.time.ageMs(msg);
  }

  /** How the room may be talked in, as far as it was told; empty limits nothing. */
  get modes(): RoomModes {
    return this.#inbox.modes;
  }

  /** Why this viewer is not let in; absent while it is, or may yet be. */
  get refusal(): DanmuxError | undefined {
    return this.#refusal;
  }

  /** Where this viewer is in each lane. */
  get positions(): Positions {
    return this.#positions;
  }

  /**
   * Sends a message; resolves with its id when it is accepted, and with `held` when it waits for a moderator. It is sent again with
   * the same cid after a lost connection, so it is one message. Throws a DanmuxError: `rate_limited` or `slow_mode` with
   * retryAfterMs, `muted`, `content_blocked`, …, `unavailable` when the deadline passed. The events `sending`, `sent` and `unsent`
   * tell the same, for a list that shows one's own message at once.
   */
  send(type: string, data: unknown, { cid }: SendOptions = {}): Promise<SendReply> {
    return this.#sending.send(type, data, cid);
  }

  /**
   * Who is in the room, highest level first: a page of at most 100 (50 when `limit` is absent). Give its `cursor` for the next
   * one; null follows the last. When `complete` is false the room is large, `users` an estimate and the members a part.
   */
  async members(query: { cursor?: string; limit?: number } = {}): Promise<MembersReply> {
    const { online, users, members, cursor, complete } = await this.#connection.request<MembersReply>('members', { room: this.name, ...query });
    return { online, users, members, cursor, complete };
  }

  /** Older messages, lowest offset first, without those that were recalled. */
  async history(query: { lane?: StreamLane; before?: number; limit?: number } = {}): Promise<{ msgs: Msg[]; more: boolean }> {
    for (let before = query.before; ; ) {
      const from = before === undefined ? {} : { before };
      const { msgs, more } = await this.#connection.request<HistoryReply>('history', { room: this.name, ...query, ...from });
      const standing = msgs.flatMap((msg) => this.#inbox.standing(msg) ?? []);
      before = msgs[0]?.offset;
      // A page of recalled messages only would leave the caller nowhere to go on from.
      if (standing.length > 0 || !more || before === undefined) return { msgs: standing, more };
    }
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
    this.#refusal = new DanmuxError('unavailable', { message: 'The room was left.' });
    this.#out();
    this.#sending.wake();
    this.removeAll();
  }

  /** The connection stands: join, again if it was so before; for the client. */
  connected(): void {
    this.#attempt = 0;
    this.#refusal = undefined;
    this.#join();
  }

  /** Asks where it is and what time it is; for the client. */
  joinAgain(): void {
    this.#join();
  }

  /** The connection ended; for the client. */
  disconnected(): void {
    const joined = this.#joined;
    this.#out();
    if (joined) this.emit('away', { state: this.#connection.state });
  }

  /** A frame of this room; for the client. */
  frame(frame: Frame): void {
    // Before the answer to a join nothing is known to compare with; the server sends frames after it.
    if (!this.#joined) return;
    for (const msg of frame.msgs) {
      this.#connection.time.arrived(msg);
      this.#take(msg);
    }
  }

  gap(gap: Gap): void {
    const { lane, reason, position } = gap;
    if (reason === 'history_lost' && this.#joined) {
      // A server of an older version does not say where the new epoch begins: a new join does.
      if (!position || !isStreamLane(lane)) this.#join();
      // One that joined in the new epoch knows it already.
      else if (this.#positions[lane]?.epoch !== position.epoch) this.#positions[lane] = position;
    }
    this.emit('gap', gap);
  }

  /** Whether anybody looks; for the client. */
  looked(at: boolean): void {
    if (at) this.#inbox.show();
    else this.#inbox.hide();
  }

  presence(online: number): void {
    this.#online = online;
    this.emit('online', online);
  }

  /** A notice of this room; for the client. */
  notice(notice: Notice): void {
    const { code, message, until } = notice;
    if (code === 'kicked' || code === 'banned')
      this.#refuse(new DanmuxError('banned', { message }), until === undefined ? undefined : until - this.serverTime());
    this.emit('notice', notice);
    if (code === 'unbanned' && this.#refusal) this.connected();
  }

  /** Not let in; tried again after a time that is known. */
  #refuse(refusal: DanmuxError, afterMs?: number): void {
    this.#refusal = refusal;
    this.#out();
    if (afterMs !== undefined && afterMs < longestTimerMs) this.#timer = setTimeout(() => this.connected(), Math.max(0, afterMs) + retryDelay(1));
    this.#sending.wake();
  }

  #out(): void {
    this.#joined = false;
    clearTimeout(this.#timer);
    this.#inbox.receipts.pause();
  }

  #take(msg: Msg): void {
    const { lane, offset } = msg;
    const position = isStreamLane(lane) ? this.#positions[lane] : undefined;
    if (position && offset !== undefined && isStreamLane(lane)) {
      if (offset <= position.offset) return;
      // A user's own messages stand among those of others: only the edge can see a hole there.
      if (offset > position.offset + 1 && lanes[lane].guaranteed && this.name !== ownRoom) {
        // Never past a hole: a join with the old position brings this message too.
        this.#join();
        return;
      }
      this.#positions[lane] = { epoch: position.epoch, offset };
    }
    this.#inbox.give(msg);
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
      const { time } = this.#connection;
      const asked = time.monotonic();
      const reply = await this.#connection.request<JoinReply>('join', request);
      if (reply.now !== undefined) time.learn(reply.now, asked);
      this.#entered(reply);
    } catch (error) {
      if (error instanceof DanmuxError) this.#notEntered(error);
      else throw error;
    }
  }

  #entered(reply: JoinReply): void {
    if (this.#left || this.#refusal) return;
    this.#attempt = 0;
    const recovered = (lane: Lane) => isStreamLane(lane) && reply.recovered[lane] === true;
    // Where nothing was recovered the server's position counts, and its messages are the last ones rather than the next.
    for (const lane of streamLanes) if (!recovered(lane)) this.#restart(lane, reply);
    for (const msg of reply.msgs) {
      if (recovered(msg.lane)) this.#take(msg);
      else this.#inbox.give(msg);
    }
    if (reply.modes && JSON.stringify(reply.modes) !== JSON.stringify(this.modes)) this.#inbox.setModes(reply.modes);
    // What lies between is for others, and need not be gone through again.
    if (this.name === ownRoom) this.#positions = { ...this.#positions, ...reply.positions };
    this.#joined = true;
    this.#online = reply.online;
    this.emit('online', reply.online);
    this.emit('joined', reply);
    this.#inbox.receipts.resume();
    this.#sending.wake();
  }

  #restart(lane: StreamLane, reply: JoinReply): void {
    const before = this.#positions[lane];
    const after = reply.positions[lane];
    if (!after) return;
    this.#positions[lane] = after;
    if (!before) return;
    const count = before.epoch === after.epoch && this.name !== ownRoom ? Math.max(0, after.offset - before.offset) : 0;
    this.emit('gap', { room: this.name, lane, count, reason: 'not_recovered' });
  }

  #notEntered(error: DanmuxError): void {
    if (this.#left || this.#connection.state !== 'online') return;
    if (!errors[error.code].retryable) {
      this.#refuse(error, error.retryAfterMs);
      this.emit('error', error);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#join(), Math.max(error.retryAfterMs ?? 0, retryDelay(++this.#attempt)));
  }
}
