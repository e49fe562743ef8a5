// One room of a viewer: joins with its positions after every reconnect, emits each message once and in order, recovers gaps in the guaranteed
// lanes, removes recalled messages, and acknowledges messages that request a receipt. It opens no connection.
import {
  DanmuxError,
  errors,
  type Frame,
  type Gap,
  isStreamLane,
  type JoinReply,
  type JoinRequest,
  type Lane,
  type MembersReply,
  type Msg,
  type Notice,
  type Positions,
  personalRoom,
  type RoomModes,
  type SendReply,
  type StreamLane,
  streamLanes,
} from '@danmux/protocol';
import type { Connection } from './connection.ts';
import { delayAfter } from './delay.ts';
import { Emitter } from './emitter.ts';
import { type HistoryQuery, readHistory } from './history.ts';
import { type EmitRoomEvent, Inbox } from './inbox.ts';
import type { DataOf } from './message.ts';
import type { ClientOptions } from './options.ts';
import type { JoinOptions, RoomEvents, SendOptions } from './room-events.ts';
import { Sending } from './sending.ts';
import { StreamPositions } from './stream-positions.ts';

/** Milliseconds. No timer for the next join is set after a longer refusal, because setTimeout fires immediately for delays above 2^31 - 1 ms. */
const longestTimerMs = 2 ** 31 - 1_000;
/** Number of latest messages requested when joining again, for lanes that the server cannot recover from the positions. */
const freshHistory = 50;

/** A joined room, from `client.join`: joins again after reconnects, emits each message once, and recovers guaranteed lanes or emits `gap`. */
export class Room extends Emitter<RoomEvents> {
  readonly name: string;
  readonly #connection: Connection;
  readonly #options: ClientOptions & JoinOptions;
  readonly #onLeave: () => void;
  readonly #inbox: Inbox;
  readonly #sending: Sending;
  readonly #positions: StreamPositions;
  #refusal: DanmuxError | undefined;
  #online = 0;
  #joined = false;
  #joining = false;
  #joinAgain = false;
  #attempt = 0;
  /** Number of messages that still follow the last join reply in frames. They are history, not live. Negative once live messages have arrived. */
  #following = 0;
  #left = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(name: string, connection: Connection, options: ClientOptions & JoinOptions, onLeave: () => void) {
    super();
    this.name = name;
    this.#connection = connection;
    this.#options = options;
    this.#onLeave = onLeave;
    this.#positions = new StreamPositions(name === personalRoom);
    const emit: EmitRoomEvent = (event, payload) => this.emit(event, payload);
    this.#inbox = new Inbox(name, emit, (ids) => connection.request('receipt', { room: name, ids }));
    this.#sending = new Sending(this, connection, emit, options.sendDeadlineMs ?? 20_000);
  }

  get online(): number {
    return this.#online;
  }
  get joined(): boolean {
    return this.#joined;
  }

  /** The server's time, milliseconds since 1970, independent of the page's clock. */
  serverTime(): number {
    return this.#connection.time.now();
  }

  /** Age of a message in milliseconds. Live message: time since it arrived. Message from history: the server's time minus its `ts`. */
  ageMs(msg: Msg): number {
    return this.#connection.time.ageMs(msg);
  }

  /** The room's modes as last received; an empty object means no restriction. */
  get modes(): RoomModes {
    return this.#inbox.modes;
  }

  /** The error that refused this viewer or ended the room; undefined while the room is joined or a join is pending. */
  get refusal(): DanmuxError | undefined {
    return this.#refusal;
  }

  /** This viewer's position (epoch and offset) in each stream lane; empty before the first join. */
  get positions(): Positions {
    return this.#positions.values;
  }

  /**
   * Sends a message. Resolves with its id when the server accepts it, and with `held` when it waits for a moderator. After a lost connection it
   * is sent again with the same cid, and the server accepts it once. Rejects with a DanmuxError: `rate_limited`, `slow_mode`, `muted`,
   * `content_blocked`, …, or `unavailable` when the deadline passed. The events `sending`, `sent` and `unsent` report the same.
   */
  send<Type extends string>(type: Type, data: DataOf<Type>, { cid }: SendOptions = {}): Promise<SendReply> {
    return this.#sending.send(type, data, cid);
  }

  /**
   * Returns a page of the room's members, highest level first: at most 100, or 50 when `limit` is absent. Pass its `cursor` for the next
   * page; null marks the last one. When `complete` is false the room is large: `users` is an estimate and the members are a sample.
   */
  async members(query: { cursor?: string; limit?: number } = {}): Promise<MembersReply> {
    const { online, users, members, cursor, complete } = await this.#connection.request<MembersReply>('members', { room: this.name, ...query });
    return { online, users, members, cursor, complete };
  }

  /** Returns messages below offset `before` (absent: the latest), lowest offset first, without recalled ones. `unavailable` when not connected. */
  async history(query: HistoryQuery = {}): Promise<{ msgs: Msg[]; more: boolean }> {
    return readHistory(this.#connection, this.name, query, (msg) => this.#inbox.read(msg));
  }

  /** Leaves the room and removes its listeners; the room cannot be used again. Queued messages fail. */
  async leave(): Promise<void> {
    if (this.#left) return;
    this.end();
    this.#onLeave();
    if (this.#connection.state === 'online') await this.#connection.request('leave', { room: this.name });
  }

  /** Leaves without a request to the server. Called by the client only. */
  end(): void {
    this.#left = true;
    this.#refusal = new DanmuxError('unavailable', { message: 'The room was left.' });
    this.#setNotJoined();
    this.#sending.wake();
    this.removeAll();
  }

  /** Joins, after the client has connected or a refusal has ended. Called by the client and this class only. */
  connected(): void {
    this.#attempt = 0;
    this.#refusal = undefined;
    this.#join();
  }

  /** Joins again to learn the current positions and the server's time. Called by the client only. */
  joinAgain(): void {
    this.#join();
  }

  /** Records that the connection was lost; emits `away` if the room was joined. Called by the client only. */
  disconnected(): void {
    const was = this.#joined;
    this.#setNotJoined();
    if (was) this.emit('away', { state: this.#connection.state });
  }

  /** Receives a frame of this room. Called by the client only. */
  frame(frame: Frame): void {
    // The edge sends frames only after the join reply. A frame of a room that is not joined, for example after a kick, is ignored.
    if (!this.#joined) return;
    for (const msg of frame.msgs) {
      if (--this.#following < 0) this.#connection.time.arrived(msg);
      this.#receive(msg);
    }
  }

  /** Receives a gap reported by the edge. Called by the client only. */
  gap(gap: Gap): void {
    const { lane, reason, position } = gap;
    if (reason === 'history_lost' && this.#joined) {
      // Older servers do not send the position of the new epoch; a join returns it.
      if (!position || !isStreamLane(lane)) this.#join();
      else {
        this.#inbox.newEpoch(lane);
        this.#positions.startEpoch(lane, position);
      }
    }
    this.emit('gap', gap);
  }

  /** Buffers chat while the page is hidden, and delivers it when the page is visible. Called by the client only. */
  setVisible(visible: boolean): void {
    if (visible) this.#inbox.show();
    else this.#inbox.hide();
  }

  /** Receives the number of connections in the room. Called by the client only. */
  presence(online: number): void {
    this.#online = online;
    this.emit('online', online);
  }

  /** Receives a notice about this room. Called by the client only. */
  notice(notice: Notice): void {
    const { code, message, until } = notice;
    if (code === 'kicked' || code === 'banned' || code === 'room_forbidden')
      this.#refuse(new DanmuxError(code === 'room_forbidden' ? code : 'banned', { message }), until === undefined ? undefined : until - this.serverTime());
    this.emit('notice', notice);
    if (code === 'unbanned' && this.#refusal) this.connected();
  }

  /** Records that this viewer is not admitted; joins again after `afterMs` when it is given and short enough for a timer. */
  #refuse(refusal: DanmuxError, afterMs?: number): void {
    this.#refusal = refusal;
    this.#setNotJoined();
    if (afterMs !== undefined && afterMs < longestTimerMs) this.#timer = setTimeout(() => this.connected(), delayAfter(Math.max(0, afterMs), 1));
    this.#sending.wake();
  }

  #setNotJoined(): void {
    this.#joined = false;
    clearTimeout(this.#timer);
    this.#inbox.receipts.pause();
  }

  #receive(msg: Msg): void {
    const place = this.#positions.advance(msg);
    if (place === 'next') this.#inbox.receive(msg);
    else if (place === 'gap') this.#join();
  }

  #join(): void {
    if (this.#left || this.#connection.state !== 'online') return;
    if (this.#joining) {
      this.#joinAgain = true;
      return;
    }
    this.#joining = true;
    void this.#requestJoin().finally(() => {
      this.#joining = false;
      if (!this.#joinAgain) return;
      this.#joinAgain = false;
      this.#join();
    });
  }

  async #requestJoin(): Promise<void> {
    const known = !this.#positions.empty;
    const history = known ? freshHistory : this.#options.history;
    const request: JoinRequest = {
      room: this.name,
      ...(known ? { positions: { ...this.#positions.values } } : {}),
      ...(history === undefined ? {} : { history }),
    };
    try {
      const requestedAt = this.#connection.time.monotonic();
      await this.#connection.request<JoinReply>('join', request, (reply) => this.#onJoined(reply, requestedAt));
    } catch (error) {
      if (error instanceof DanmuxError) this.#onJoinFailed(error);
      else throw error;
    }
  }

  #onJoined(reply: JoinReply, requestedAt: number): void {
    if (reply.now !== undefined) this.#connection.time.learn(reply.now, requestedAt);
    if (this.#left || this.#refusal) return;
    this.#attempt = 0;
    const recovered = (lane: Lane) => isStreamLane(lane) && reply.recovered[lane] === true;
    // A lane that was not recovered continues at the server's position: the reply has its latest messages, not those after the viewer's position.
    for (const lane of streamLanes) if (!recovered(lane)) this.#restart(lane, reply);
    for (const msg of reply.msgs) {
      if (recovered(msg.lane)) this.#receive(msg);
      else this.#inbox.receive(msg);
    }
    if (reply.modes && JSON.stringify(reply.modes) !== JSON.stringify(this.modes)) this.#inbox.setModes(reply.modes);
    this.#positions.skipTo(reply.positions);
    this.#following = reply.following ?? 0;
    this.#joined = true;
    this.#online = reply.online;
    this.emit('online', reply.online);
    this.emit('joined', reply);
    this.#inbox.receipts.resume();
    this.#sending.wake();
  }

  #restart(lane: StreamLane, { positions }: JoinReply): void {
    const position = positions[lane];
    const before = this.#positions.values[lane];
    if (before && before.epoch !== position?.epoch) this.#inbox.newEpoch(lane);
    const count = position ? this.#positions.reset(lane, position) : null;
    if (count !== null) this.emit('gap', { room: this.name, lane, count, reason: 'not_recovered' });
  }

  #onJoinFailed(error: DanmuxError): void {
    if (this.#left || this.#connection.state !== 'online') return;
    if (!errors[error.code].retryable) {
      this.#refuse(error, error.retryAfterMs);
      this.emit('error', error);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#join(), delayAfter(error.retryAfterMs, ++this.#attempt));
  }
}
